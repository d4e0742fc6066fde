-- On a balance lie no more pieces with a number than there are on hand, and only pieces of its part, whoever writes a
-- number or a movement. Checked once the transaction settles, under the lock of the balance.

-- Balances on which pieces were put: counted once for each, not once for each of ten thousand pieces.
create unlogged table linkage_guard_shelf(
  txid xid8 not null default pg_current_xact_id(), shelf bigint not null, primary key (txid, shelf))
  with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=500);

create function linkage_guard_pieces(balance bigint) returns void language plpgsql security definer set search_path=pg_catalog,public,pg_temp as $$
declare named bigint; there numeric; part text; place text; begin
  if not exists (select from linkage_serialnumber where shelf_id = balance) then return; end if;
  perform 1 from linkage_supply where id = balance for no key update;
  select count(*) into named from linkage_serialnumber where shelf_id = balance;
  select s.quantity, p.number, w.code into there, part, place from linkage_supply s
    join register_part p on p.id = s.part_id join register_warehouse w on w.id = s.warehouse_id where s.id = balance;
  if named > there then
    raise exception '% pieces of % in % have a serial number, and only % would be on hand: name the pieces that leave', named, part, place, trim_scale(there)
      using errcode = '23514', constraint = 'pieces_within_stock'; end if;
end $$;

create function linkage_guard_pieces_put() returns trigger language plpgsql security definer set search_path=pg_catalog,public,pg_temp as $$ begin
  if exists (select from n left join linkage_supply s on s.id = n.shelf_id and s.kind = 'stock' and s.part_id = n.part_id
             where n.shelf_id is not null and s.id is null) then
    raise exception 'A piece lies on a balance of its part' using errcode = '23514', constraint = 'piece_lies_on_its_part'; end if;
  insert into linkage_guard_shelf(shelf) select distinct shelf_id from n where shelf_id is not null on conflict do nothing;
  return null; end $$;
create trigger guard_pieces_put after insert on linkage_serialnumber
  referencing new table as n for each statement execute function linkage_guard_pieces_put();
create trigger guard_pieces_changed after update on linkage_serialnumber
  referencing new table as n for each statement execute function linkage_guard_pieces_put();

create function linkage_guard_pieces_counted() returns trigger language plpgsql security definer set search_path=pg_catalog,public,pg_temp as $$ begin
  delete from linkage_guard_shelf where txid = new.txid and shelf = new.shelf;
  perform linkage_guard_pieces(new.shelf); return null; end $$;
create constraint trigger guard_pieces_counted after insert on linkage_guard_shelf
  deferrable initially deferred for each row execute function linkage_guard_pieces_counted();

create function linkage_guard_pieces_stay() returns trigger language plpgsql security definer set search_path=pg_catalog,public,pg_temp as $$ begin
  perform linkage_guard_pieces(new.id); return null; end $$;
create constraint trigger guard_pieces_stay after update of quantity on linkage_supply
  deferrable initially deferred for each row when (new.kind = 'stock' and new.quantity < old.quantity) execute function linkage_guard_pieces_stay();
