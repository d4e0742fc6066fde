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
  p.id part_id, p.number part_number, p.name part_name, u.code unit, w.code warehouse, w.id warehouse_id
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
    return _chain(demands=[demand.pk])


def chain_of_supply(supply):
    """The lines below a supply: its components and what is linked to them, and so on."""
    return _chain(supplies=[supply.pk])


def chain_of_document(document):
    """The lines below all positions of an order, in their order; a shared order is opened once."""
    demands = document.demands.filter(for_supply=None).order_by("position", "pk").values_list("pk", flat=True)
    supplies = document.supplies.order_by("position", "pk").values_list("pk", flat=True)
    return _chain(demands=list(demands), supplies=list(supplies))


def users_of_supply(supplies):
    """The lines above supplies: the demands they are promised to, what those make, up to the customer."""
    starts = [supply.pk for supply in supplies]
    edges = named_rows("Edge", UP, {"supplies": starts})
    by_supply = _group(edges, "supply_id")
    lines, seen = [], set()
    for start in starts:
        _climb(by_supply, start, level=1, seen=seen, lines=lines)
    return lines


def _chain(*, demands=(), supplies=()):
    edges = named_rows("Edge", DOWN, {"demands": list(demands), "supplies": list(supplies)})
    by_order = _group([edge for edge in edges if edge.for_supply_id is not None], "for_supply_id")
    by_demand = _group(edges, "demand_id") if demands else {}
    lines, opened = [], set()
    for start in demands:
        _descend(by_order, by_demand.get(start, []), lines=lines, opened=opened)
    for start in supplies:
        if start not in opened:
            opened.add(start)
            _descend(by_order, by_order.get(start, []), lines=lines, opened=opened)
    return lines


def _descend(by_order, first, *, lines, opened):
    """Depth first without recursion: a stack of lines to show next."""
    stack = [Line(1, edge) for edge in reversed(first)]
    while stack:
        line = stack.pop()
        supply = line.edge.supply_id
        below = by_order.get(supply, ()) if supply is not None else ()
        repeated = bool(below) and supply in opened
        lines.append(replace(line, repeated=True) if repeated else line)
        if below and not repeated:
            opened.add(supply)
            stack.extend(Line(line.level + 1, edge) for edge in reversed(below))


def _climb(by_supply, start, *, level, seen, lines):
    stack = [Line(level, edge) for edge in reversed(by_supply.get(start, []))]
    while stack:
        line = stack.pop()
        above = by_supply.get(line.edge.for_supply_id, ()) if line.edge.for_supply_id is not None else ()
        repeated = bool(above) and line.edge.for_supply_id in seen
        lines.append(replace(line, repeated=True) if repeated else line)
        if above and not repeated:
            seen.add(line.edge.for_supply_id)
            stack.extend(Line(line.level + 1, edge) for edge in reversed(above))


def _group(edges, column):
    groups = {}
    for edge in edges:
        groups.setdefault(getattr(edge, column), []).append(edge)
    return groups
