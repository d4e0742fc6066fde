-- A position stands in a warehouse of the company of its order. A link holds supply, demand and shelf in one warehouse
-- (guard.sql), and a warehouse is of one company: so no link can join two companies, whoever writes it.
-- What crosses companies is a transfer of sales rows.

create function linkage_guard_companies() returns trigger language plpgsql security definer set search_path=pg_catalog,public,pg_temp as $$
declare wrong text;
begin
  select o.number || '/' || p.position into wrong from arrived p join linkage_document o on o.id = p.document_id
    join register_warehouse w on w.id = p.warehouse_id where w.company_id <> o.company_id limit 1;
  if wrong is not null then
    raise exception 'The warehouse of % is of another company than its order', wrong
      using errcode='check_violation', constraint='position_in_its_company';
  end if;
  return null;
end $$;
create function linkage_guard_company_moved() returns trigger language plpgsql security definer set search_path=pg_catalog,public,pg_temp as $$
begin
  if exists (select from linkage_document o join register_warehouse w on w.id = new.warehouse_id
             where o.id = new.document_id and o.company_id <> w.company_id) then
    raise exception 'The warehouse of %/% is of another company than its order',
      (select number from linkage_document where id = new.document_id), new.position
      using errcode='check_violation', constraint='position_in_its_company';
  end if;
  return null;
end $$;
create function linkage_guard_company_stays() returns trigger language plpgsql as $$
begin
  raise exception 'A % stays with its company', case tg_table_name when 'linkage_document' then 'document' else 'warehouse' end
    using errcode='check_violation', constraint='stays_in_its_company';
end $$;
create trigger supply_companies after insert on linkage_supply referencing new table as arrived for each statement execute function linkage_guard_companies();
create trigger demand_companies after insert on linkage_demand referencing new table as arrived for each statement execute function linkage_guard_companies();
create trigger supply_company_moved after update of document_id, warehouse_id on linkage_supply for each row
  when (new.document_id is distinct from old.document_id or new.warehouse_id <> old.warehouse_id) execute function linkage_guard_company_moved();
create trigger demand_company_moved after update of document_id, warehouse_id on linkage_demand for each row
  when (new.document_id is distinct from old.document_id or new.warehouse_id <> old.warehouse_id) execute function linkage_guard_company_moved();
create trigger document_company_stays before update of company_id on linkage_document for each row when (new.company_id <> old.company_id) execute function linkage_guard_company_stays();
create trigger warehouse_company_stays before update of company_id on register_warehouse for each row when (new.company_id <> old.company_id) execute function linkage_guard_company_stays();
