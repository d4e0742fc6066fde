-- Fills the view of the ledger: what the production company has on the row that mirrors ours, of what is uncovered here.
-- Stands in place of elsewhere_by_part.sql, where nothing said whether goods that left there have come.
--
-- A row counts in its own unit where both have the same, else in the base unit of the part that both are of; what can't
-- be compared counts for nothing, so it stays short. What has left there is under way until its arrival is reported,
-- which promises it to the row (links of the rule "transfer"), or until as much is delivered here. Of what is uncovered
-- here what is under way comes first: it is the other company's to bring, and only the rest is still to be made.
-- Of a fictitious part each part is compared with the same part there, or with the row where that is one part there; a
-- part that is not below the row there is made by nobody. Packaging is never made there.

create or replace view linkage_elsewhere as
with pairs as (
  select d.id demand_id, d.uncovered, d.quantity needed, t.id there_id,
    greatest(d.done, (
      select coalesce(sum(l.quantity), 0) from linkage_orderlink l where l.demand_id = d.id and l.rule = 'transfer')) came,
    d.quantity * case
      when here.unit_id = mirrored.unit_id then mirrored.quantity / here.quantity
      when d.part_id = t.part_id then t.quantity / d.quantity
      else 0 end asked,
    case when t.status in ('closed', 'cancelled') then least(t.done, t.quantity) else t.quantity - t.cancelled end
      / nullif(t.quantity, 0) kept,
    t.done / nullif(t.quantity, 0) delivered
  from sales_transfer f
  join sales_salesorderrow here on here.id = f.row_id
  join sales_salesorderrow mirrored on mirrored.id = f.there_id
  join sales_salesorderrow ours on (ours.id = here.id or ours.parent_id = here.id) and ours.role in ('', 'part')
  join linkage_demand d on d.id = ours.demand_id and d.status in ('planned', 'firm', 'started') and d.uncovered > 0
  cross join lateral (
    select x.* from sales_salesorderrow r join linkage_demand x on x.id = r.demand_id
    where (r.id = mirrored.id or r.parent_id = mirrored.id) and r.role in ('', 'part')
      and (x.part_id = d.part_id or r.id = mirrored.id or ours.id = here.id)
    order by x.part_id = d.part_id desc, r.parent_id is not null, r.id limit 1) t
  where here.quantity > 0 and d.quantity > 0),
figures as (
  select demand_id, there_id, uncovered, came, coalesce(asked * delivered, 0) left_there,
    greatest(coalesce(asked * kept, 0), coalesce(asked * delivered, 0)) made
  from pairs)
select demand_id, there_id, round(least(uncovered, made - least(came, left_there)), 6) quantity,
  round(least(uncovered, made - least(came, left_there)) - least(uncovered, left_there - least(came, left_there)), 6)
    to_come
from figures where round(least(uncovered, made - least(came, left_there)), 6) > 0;
