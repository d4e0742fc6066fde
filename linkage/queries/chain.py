"""The chain of a row or order, down to what is bought and up to the customer, as lines of a tree.

The edges are read once by one recursive statement; UNION ends on circles and diamonds. Level and tree are made here:
a shared order is shown with its own chain once, and named again where else it is used.
"""

from dataclasses import dataclass, replace

from linkage.queries.sql import named_rows

COLUMNS = """
  d.id demand_id, d.kind demand_kind, d.for_supply_id, d.position demand_position, d.quantity needed, d.uncovered,
  d.need_date, d.status demand_status, dd.number demand_number, dp.name demand_partner, ds.position demand_line,
  l.id link_id, l.quantity linked, l.open, l.received, l.issued, l.to_come, l.on_shelf, l.kind link_kind, l.contract,
  s.id supply_id, s.kind supply_kind, s.position supply_position, s.quantity supplied, s.due_date,
  s.status supply_status, s.free, sd.number supply_number, sp.name supply_partner,
  p.id part_id, p.number part_number, p.name part_name, u.code unit, w.code warehouse
"""
JOINS = """
  left join linkage_supply s on s.id = l.supply_id
  left join linkage_document dd on dd.id = d.document_id left join register_partner dp on dp.id = dd.partner_id
  left join linkage_supply ds on ds.id = d.for_supply_id
  left join linkage_document sd on sd.id = s.document_id left join register_partner sp on sp.id = sd.partner_id
  join register_part p on p.id = d.part_id join register_unit u on u.id = p.unit_id
  join register_warehouse w on w.id = d.warehouse_id
"""
USED = "(l.open > 0 or l.issued > 0)"
DOWN = f"""
with recursive reach(supply_id) as (
  select supply_id from linkage_orderlink l where demand_id = any(%(demands)s) and {USED}
  union select unnest(%(supplies)s::bigint[])
  union
  select l.supply_id from reach r join linkage_demand d on d.for_supply_id = r.supply_id
    join linkage_orderlink l on l.demand_id = d.id and {USED}),
needs as (
  select id from linkage_demand where id = any(%(demands)s)
  union select d.id from reach r join linkage_demand d on d.for_supply_id = r.supply_id)
select {COLUMNS} from needs n join linkage_demand d on d.id = n.id
  left join linkage_orderlink l on l.demand_id = d.id and {USED}
{JOINS} where d.status <> 'cancelled' order by d.position, d.id, s.due_date nulls first, l.id
"""
UP = f"""
with recursive reach(supply_id) as (
  select unnest(%(supplies)s::bigint[])
  union
  select d.for_supply_id from reach r join linkage_orderlink l on l.supply_id = r.supply_id and {USED}
    join linkage_demand d on d.id = l.demand_id and d.for_supply_id is not null)
select {COLUMNS} from reach r join linkage_orderlink l on l.supply_id = r.supply_id and {USED}
  join linkage_demand d on d.id = l.demand_id
{JOINS} order by d.need_date nulls last, d.id, l.id
"""


@dataclass(frozen=True)
class Line:
    """One line of the tree: a demand and the supply linked to it, if any. ``repeated``: its chain is shown above."""

    level: int
    edge: object
    repeated: bool = False

    @property
    def demand_label(self):
        edge = self.edge
        if edge.demand_number is None:
            return edge.demand_kind
        if edge.for_supply_id is not None:
            return f"{edge.demand_number}/{edge.demand_line}/{edge.demand_position}"
        return f"{edge.demand_number}/{edge.demand_position}"

    @property
    def supply_label(self):
        edge = self.edge
        if edge.supply_id is None:
            return ""
        if edge.supply_kind == "stock":
            return f"stock {edge.warehouse}"
        return f"{edge.supply_number}/{edge.supply_position}"


def chain_of_demand(demand):
    """The lines below a demand: what is linked to it, what that needs, and so on."""
    edges = named_rows("Edge", DOWN, {"demands": [demand.pk], "supplies": []})
    return _walk(edges, start=demand.pk, key="demand_id")


def chain_of_supply(supply):
    """The lines below a supply: its components and what is linked to them, and so on."""
    edges = named_rows("Edge", DOWN, {"demands": [], "supplies": [supply.pk]})
    return _walk(edges, start=supply.pk, key="for_supply_id")


def users_of_supply(supplies):
    """The lines above supplies: the demands they are promised to, what those make, up to the customer."""
    starts = [supply.pk for supply in supplies]
    edges = named_rows("Edge", UP, {"supplies": starts})
    by_supply = _group(edges, "supply_id")
    lines, seen = [], set()
    for start in starts:
        _climb(by_supply, start, level=1, seen=seen, lines=lines)
    return lines


def _walk(edges, *, start, key):
    """Depth first without recursion: a stack of (line, supply to open next)."""
    by_order = _group([edge for edge in edges if edge.for_supply_id is not None], "for_supply_id")
    first = [edge for edge in edges if edge.demand_id == start] if key == "demand_id" else by_order.get(start, [])
    stack = [Line(1, edge) for edge in reversed(first)]
    lines, opened = [], set() if key == "demand_id" else {start}
    while stack:
        line = stack.pop()
        supply = line.edge.supply_id
        below = by_order.get(supply, ()) if supply is not None else ()
        repeated = bool(below) and supply in opened
        lines.append(replace(line, repeated=repeated))
        if below and not repeated:
            opened.add(supply)
            stack.extend(Line(line.level + 1, edge) for edge in reversed(below))
    return lines


def _climb(by_supply, start, *, level, seen, lines):
    stack = [Line(level, edge) for edge in reversed(by_supply.get(start, []))]
    while stack:
        line = stack.pop()
        above = by_supply.get(line.edge.for_supply_id, ()) if line.edge.for_supply_id is not None else ()
        repeated = bool(above) and line.edge.for_supply_id in seen
        lines.append(replace(line, repeated=repeated))
        if above and not repeated:
            seen.add(line.edge.for_supply_id)
            stack.extend(Line(line.level + 1, edge) for edge in reversed(above))


def _group(edges, column):
    groups = {}
    for edge in edges:
        groups.setdefault(getattr(edge, column), []).append(edge)
    return groups
