-- What is on pick lists of a demand lies on the shelf for it, whoever writes: a pick, a link, a receipt taken back.
-- Checked once the transaction settles, under the lock of the demand, so that two who write at once see each other.

create function sales_pick_guard_check(picked_demand bigint) returns void language plpgsql set search_path=pg_catalog,public,pg_temp as $$
declare picked numeric; shelf numeric; lists text; label text; begin
  if picked_demand is null then return; end if;
  perform 1 from linkage_demand where id = picked_demand for no key update;
  select sum(open) into picked from sales_pickrow where demand_id = picked_demand and open > 0;
  if picked is null then return; end if;
  select coalesce(sum(on_shelf), 0) into shelf from linkage_orderlink where demand_id = picked_demand and on_shelf > 0;
  if picked <= shelf then return; end if;
  select string_agg(distinct l.number, ', ' order by l.number) into lists
    from sales_pickrow p join sales_picklist l on l.id = p.pick_list_id where p.demand_id = picked_demand and p.open > 0;
  select d.number || '/' || n.position into label
    from linkage_demand n join linkage_document d on d.id = n.document_id where n.id = picked_demand;
  raise exception '% of % are on pick list %, and only % would lie on the shelf for it: deliver them, or change the pick list first',
    trim_scale(picked), label, lists, trim_scale(shelf) using errcode = '23514', constraint = 'pick_within_shelf';
end $$;

create function sales_pick_guard_picked() returns trigger language plpgsql set search_path=pg_catalog,public,pg_temp as $$ begin
  perform sales_pick_guard_check(new.demand_id); return null; end $$;
create constraint trigger pick_guard after insert or update on sales_pickrow
  deferrable initially deferred for each row execute function sales_pick_guard_picked();
create constraint trigger pick_guard after update on linkage_orderlink
  deferrable initially deferred for each row when (new.received - new.issued < old.received - old.issued)
  execute function sales_pick_guard_picked();
