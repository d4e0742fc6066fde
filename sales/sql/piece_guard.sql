-- A piece that stands on a sales row leaves with a delivery only, whoever writes: what it is promised to would wait for it.

create function sales_piece_guard() returns trigger language plpgsql set search_path=pg_catalog,public,pg_temp as $$
declare piece text; label text; begin
  select n.number, d.number || '/' || p.position into piece, label
    from n join o on o.id = n.id and o.departure_id is null join linkage_stockmovement m on m.id = n.departure_id and m.kind <> 'delivery'
    join sales_rowserial g on g.serial_id = n.id join sales_salesorderrow r on r.id = g.row_id
    join linkage_demand p on p.id = r.demand_id join linkage_document d on d.id = p.document_id limit 1;
  if piece is not null then
    raise exception 'Serial number % is promised to %: take it from that row first', piece, label
      using errcode = '23514', constraint = 'piece_is_promised'; end if;
  return null; end $$;
create trigger piece_guard after update on linkage_serialnumber
  referencing new table as n old table as o for each statement execute function sales_piece_guard();
