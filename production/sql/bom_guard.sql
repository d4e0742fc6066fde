-- No part contains itself, at any level, on any date, whoever writes the BOM: operations, admin, COPY or SQL.
-- Row dates are left out on purpose: a circle that opens next year is refused today.

-- Everybody who changes the structure waits here. A check without it lets two sessions close a circle together.
create function production_bom_lock() returns void language sql as $$
  select pg_advisory_xact_lock(7038615226) $$;

-- The circle that the part hangs below: up from part to part, always to the deepest parent, until one comes again.
-- No circle on the way means that the structure is merely too deep.
create function production_bom_refuse(part bigint) returns void language plpgsql
  set search_path=pg_catalog,public,pg_temp as $$
declare walk bigint[] := array[part]; above bigint; path text; begin
  loop
    select b.part_id into above from production_bomrow r join production_bom b on b.id = r.bom_id and b.is_active
      left join production_partlevel l on l.part_id = b.part_id
      where r.component_id = walk[1] order by l.low_level_code desc nulls last, b.part_id limit 1;
    exit when above is null;
    if above = any(walk) then
      select string_agg(p.number, ' → ' order by w.n) into path
        from unnest((above || walk)[1:array_position(walk, above) + 1]) with ordinality w(id, n)
        join register_part p on p.id = w.id;
      raise exception 'A part cannot contain itself: %', path using errcode = '23514', constraint = 'bom_circle',
        table = 'production_bomrow', schema = 'public';
    end if;
    walk := above || walk;
  end loop;
  select string_agg(p.number, ' → ' order by w.n) into path
    from unnest(walk) with ordinality w(id, n) join register_part p on p.id = w.id;
  raise exception 'A structure has at most 50 levels: %', path using errcode = '23514', constraint = 'bom_depth',
    table = 'production_bomrow', schema = 'public';
end $$;

-- Push levels down from the parents until nothing changes. Levels only grow here, so they can be too high after rows
-- were taken out: more than 50 means to count once from scratch, and only then to refuse.
create function production_bom_push(parents bigint[], fresh boolean) returns void language plpgsql
  set search_path=pg_catalog,public,pg_temp as $$
declare changed bigint[] := parents; too_deep bigint; begin
  while changed is not null loop
    with wanted as (
      select r.component_id part_id, max(coalesce(l.low_level_code, 0) + 1) code
      from production_bom b join production_bomrow r on r.bom_id = b.id
      left join production_partlevel l on l.part_id = b.part_id
      where b.is_active and b.part_id = any(changed) group by 1),
    raised as (
      insert into production_partlevel as p (part_id, low_level_code) select part_id, least(code, 50) from wanted
      on conflict (part_id) do update set low_level_code = excluded.low_level_code
        where p.low_level_code < excluded.low_level_code
      returning part_id)
    select (select array_agg(part_id) from raised), (select min(part_id) from wanted where code > 50)
      into changed, too_deep;
    if too_deep is not null then
      if fresh then perform production_bom_refuse(too_deep); end if;
      update production_partlevel set low_level_code = 0;
      perform production_bom_push((select array_agg(part_id) from production_bom where is_active), true);
      return;
    end if;
  end loop;
end $$;

create function production_bom_rows_changed() returns trigger language plpgsql
  set search_path=pg_catalog,public,pg_temp as $$ begin
  perform production_bom_lock();
  perform production_bom_push(
    (select array_agg(distinct b.part_id) from n join production_bom b on b.id = n.bom_id where b.is_active), false);
  return null; end $$;
create trigger bom_guard_inserted after insert on production_bomrow
  referencing new table as n for each statement execute function production_bom_rows_changed();
create trigger bom_guard_updated after update on production_bomrow
  referencing new table as n for each statement execute function production_bom_rows_changed();

create function production_bom_changed() returns trigger language plpgsql
  set search_path=pg_catalog,public,pg_temp as $$ begin
  perform production_bom_lock();
  perform production_bom_push((select array_agg(distinct part_id) from n where is_active), false);
  return null; end $$;
create trigger bom_guard_updated after update on production_bom
  referencing new table as n for each statement execute function production_bom_changed();
