"""The ledger as it stood at a time, for the chain: each row as its last event before then left it.

Links, and what a component feeds, never change their ends, and a position that was ever linked is never deleted; so the
rows of today say which events to look for, and every look-up goes by the index of the history (the row it tells of).
What the history leaves out is summed up: what was delivered or issued by then from the stock movements, what was linked
from the links' events.
"""

LATEST = """select * from {history} e where e.pgh_obj_id = {id} and e.pgh_created_at <= %(at)s
  order by e.pgh_id desc limit 1"""
LINK_EVENT = LATEST.format(history="linkage_orderlinkevent", id="n.id")
# The same columns as of today's table; a link counts when it was open or something of it was issued.
_LINKS = f"""lateral (
  select n.id, n.supply_id, n.demand_id, e.received, e.issued, e.contract,
    e.quantity - e.issued - e.released open, e.quantity - e.received - e.released to_come
  from linkage_orderlink n cross join lateral ({LINK_EVENT}) e
  where {{side}} and (e.quantity - e.released > e.issued or e.issued > 0) offset 0) l"""
LINKS = _LINKS.format(side="n.demand_id = d.id")
PROMISES = _LINKS.format(side="n.supply_id = r.supply_id")
DONE = """(select coalesce(sum(m.quantity), 0) from linkage_stockmovement m
  where m.demand_id = now.id and m.created_at <= %(at)s)"""
LINKED = f"""(select coalesce(sum(e.quantity - e.issued - e.released), 0)
  from linkage_orderlink n cross join lateral ({LINK_EVENT}) e where n.demand_id = w.id)"""
DEMAND = f"""lateral (
  select w.*, greatest(w.quantity - w.cancelled - w.done, 0) - {LINKED} uncovered
  from (
    select now.id, now.position, now.line, now.document_id, now.for_supply_id, e.kind, e.quantity, e.cancelled,
      e.need_date, e.status, e.part_id, e.warehouse_id, {DONE} done
    from linkage_demand now cross join lateral ({LATEST.format(history="linkage_demandevent", id="now.id")}) e
    where now.id = {{id}}) w offset 0) d"""
SUPPLY = f"""lateral (
  select now.id, now.position, now.document_id, e.kind, e.due_date, e.lead_time, e.status
  from linkage_supply now cross join lateral ({LATEST.format(history="linkage_supplyevent", id="now.id")}) e
  where now.id = l.supply_id offset 0) s"""
