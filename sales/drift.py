"""What does not add up in picks, deliveries and transfers; asked by ``check_ledger``. No row: all is right."""

from django.db import connection

from linkage.drift import Finding

# The sums of sales/sql/pick_guard.sql, counted anew: what is picked of a demand lies on the shelf for it.
BEYOND_SHELF = """
select p.demand_id, p.picked, coalesce(l.shelf, 0) from (
  select demand_id, sum(open) picked from sales_pickrow where open > 0 and demand_id is not null group by demand_id
) p left join (
  select demand_id, sum(on_shelf) shelf from linkage_orderlink where on_shelf > 0 group by demand_id
) l on l.demand_id = p.demand_id
where p.picked > coalesce(l.shelf, 0) order by 1
"""
ENDED = """
select p.id, p.open, d.id, d.status from sales_pickrow p join linkage_demand d on d.id = p.demand_id
where p.open > 0 and d.status in ('closed', 'cancelled') order by 1
"""
DELIVERED = """
select p.id, p.delivered, coalesce(sum(r.base_quantity), 0) from sales_pickrow p
left join sales_deliveryrow r on r.pick_row_id = p.id and r.reversed_at is null
group by p.id having p.delivered > coalesce(sum(r.base_quantity), 0) order by 1
"""
LISTS = """
select l.id, l.status, count(p.id) filter (where p.open > 0) from sales_picklist l
left join sales_pickrow p on p.pick_list_id = l.id
group by l.id having (l.status = 'open') <> (count(p.id) filter (where p.open > 0) > 0) order by 1
"""
MOVED = """
select r.id, r.base_quantity, coalesce(sum(m.quantity), 0) from sales_deliveryrow r
join sales_salesorderrow o on o.id = r.row_id
left join sales_deliverymovement d on d.delivery_row_id = r.id
left join linkage_stockmovement m on m.id = d.movement_id
where r.reversed_at is null and o.demand_id is not null
group by r.id having r.base_quantity <> coalesce(sum(m.quantity), 0) order by 1
"""
# A row and the one that mirrors it have one date, while both can change.
DATES = """
select h.id, h.delivery_date, t.id, t.delivery_date from sales_transfer f
join sales_salesorderrow h on h.id = f.row_id join sales_salesorder ours on ours.id = h.order_id
join sales_salesorderrow t on t.id = f.there_id join sales_salesorder theirs on theirs.id = t.order_id
where h.closed_at is null and t.closed_at is null and h.delivery_date is distinct from t.delivery_date
  and ours.status not in ('closed', 'cancelled') and theirs.status not in ('closed', 'cancelled') order by 1
"""
GONE = """
select h.id, t.id from sales_transfer f
join sales_salesorderrow h on h.id = f.row_id join sales_salesorderrow t on t.id = f.there_id
left join linkage_demand d on d.id = t.demand_id
where h.closed_at is null and (t.called_off or d.status = 'cancelled') order by 1
"""


def findings():
    """Everything that is wrong with picks, delivery rows and transfers, question by question."""
    for demand, picked, shelf in _rows(BEYOND_SHELF):
        yield Finding(f"demand {demand}", f"picked {picked}, on the shelf for it {shelf}")
    for pick, still, demand, status in _rows(ENDED):
        yield Finding(f"pick {pick}", f"{still} are open, but demand {demand} is {status}")
    for pick, delivered, noted in _rows(DELIVERED):
        yield Finding(f"pick {pick}", f"delivered {delivered}, on delivery notes {noted}")
    for pick_list, status, count in _rows(LISTS):
        yield Finding(f"pick list {pick_list}", f"is {status} with {count} open rows")
    for row, quantity, moved in _rows(MOVED):
        yield Finding(f"delivery row {row}", f"quantity {quantity}, moved {moved}")
    for row, day, there, other in _rows(DATES):
        yield Finding(f"sales row {row}", f"delivery date {day}, of row {there} that mirrors it {other}")
    for row, there in _rows(GONE):
        yield Finding(f"sales row {row}", f"transferred to row {there}, which is cancelled")


def _rows(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
