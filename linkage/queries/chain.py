"""The chain of a row or order, down to what is bought and up to the customer, as lines of a tree.

The edges are read once by one recursive statement; UNION ends on circles and diamonds. Level and tree are made here:
a shared order is shown with its own chain once, and named again where else it is used.
"""

from collections import defaultdict
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from linkage.queries import past
from linkage.queries.sql import array, row_type, rows, rows_with_columns

COLUMNS = """
  d.id demand_id, d.kind demand_kind, d.for_supply_id, d.position demand_position, d.line demand_below,
  d.quantity needed, d.uncovered, d.need_date, d.part_id, d.warehouse_id,
  l.id link_id, l.open, l.received, l.issued, l.to_come, l.contract,
  s.id supply_id, s.kind supply_kind, s.position supply_position, s.due_date, s.lead_time, s.status supply_status,
  d.document_id demand_document_id, s.document_id supply_document_id
"""
USED = "(l.open > 0 or l.issued > 0)"


@dataclass(frozen=True)
class Ledger:
    """Where the statements read from: the ledger as it is, or as it was (``past.py``).

    ``offset 0`` keeps each step an index look-up: the planner cannot know how few rows a chain has, and reads tables.
    """

    links: str = f"lateral (select * from linkage_orderlink l where l.demand_id = d.id and {USED} offset 0) l"
    promises: str = f"lateral (select * from linkage_orderlink l where l.supply_id = r.supply_id and {USED} offset 0) l"
    demand: str = "lateral (select * from linkage_demand where id = {id} offset 0) d"
    supply: str = "lateral (select * from linkage_supply where id = l.supply_id offset 0) s"

    @property
    def down(self):
        return DOWN.format(
            components=COMPONENTS, links=self.links, demand=self.demand.format(id="n.id"), ends=self._ends
        )

    @property
    def up(self):
        demand = self.demand.format(id="l.demand_id")
        return UP.format(promises=self.promises, demand=demand, ends=self._ends)

    @property
    def _ends(self):
        return f"left join {self.supply} on true"


COMPONENTS = "cross join lateral (select id from linkage_demand where for_supply_id = r.supply_id offset 0) d"
DOWN = f"""
with recursive roots(id) as (select unnest(%(demands)s::bigint[])),
reach(supply_id) as (
  select l.supply_id from roots d cross join {{links}}
  union select unnest(%(supplies)s::bigint[])
  union select l.supply_id from reach r {{components}} cross join {{links}}),
needs as (
  select id from roots
  union select d.id from reach r {{components}})
select {COLUMNS} from needs n cross join {{demand}} left join {{links}} on true {{ends}}
where d.status <> 'cancelled' order by d.position, d.line, d.id, s.due_date nulls first, l.id
"""
UP = f"""
with recursive reach(supply_id) as (
  select unnest(%(supplies)s::bigint[])
  union
  select d.for_supply_id from reach r cross join {{promises}} cross join {{demand}} where d.for_supply_id is not null)
select {COLUMNS} from reach r cross join {{promises}} cross join {{demand}} {{ends}}
order by d.need_date nulls last, d.id, l.id
"""
NOW = Ledger()
THEN = Ledger(links=past.LINKS, promises=past.PROMISES, demand=past.DEMAND, supply=past.SUPPLY)
# Names come in a statement of their own: planning a join of twelve tables takes longer than walking a chain.
NAMES = """
select 'document', id, number, null, null from linkage_document where id = any(%(documents)s)
union all select 'part', p.id, p.number, p.name, u.code from register_part p join register_unit u on u.id = p.unit_id
  where p.id = any(%(parts)s)
union all select 'warehouse', id, code, null, null from register_warehouse where id = any(%(warehouses)s)
union all select 'line', id, position::text, null, null from linkage_supply where id = any(%(lines)s)
"""
# What a row refers to: its columns, the kind of name, and how many words that has.
REFERS_TO = {
    "demand_document_id": "document",
    "supply_document_id": "document",
    "for_supply_id": "line",
    "part_id": "part",
    "warehouse_id": "warehouse",
}
WORDS = {"document": 1, "line": 1, "part": 3, "warehouse": 1}
NAMED = ("demand_number", "supply_number", "demand_line", "part_number", "part_name", "unit", "warehouse")


class Line(NamedTuple):
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
            operation = "op" if edge.demand_kind == "subcontract" else ""
            return f"{edge.demand_number}/{edge.demand_line}/{operation}{edge.demand_position}"
        below = f".{edge.demand_below}" if edge.demand_below else ""
        return f"{edge.demand_number}/{edge.demand_position}{below}"

    @property
    def supply_label(self):
        edge = self.edge
        if edge.supply_id is None:
            return ""
        if edge.supply_kind == "stock":
            return f"stock {edge.warehouse}"
        return f"{edge.supply_number}/{edge.supply_position}"


def chain_of_demand(demand, *, at=None):
    """The lines below a demand: what is linked to it, what that needs, and so on; ``at`` a time: as it stood then."""
    return _chain(demands=[demand.pk], at=at)


def chain_of_supply(supply, *, at=None):
    """The lines below a supply: its components and what is linked to them, and so on."""
    return _chain(supplies=[supply.pk], at=at)


def chain_of_document(document, *, at=None):
    """The lines below all positions of an order, in their order; a shared order is opened once."""
    demands = document.demands.filter(for_supply=None).order_by("position", "pk").values_list("pk", flat=True)
    supplies = document.supplies.order_by("position", "pk").values_list("pk", flat=True)
    return _chain(demands=list(demands), supplies=list(supplies), at=at)


def users_of_supply(supplies, *, at=None):
    """The lines above supplies: the demands they are promised to, what those make, up to the customer."""
    starts = [supply.pk for supply in supplies]
    edges = _edges((THEN if at else NOW).up, {"supplies": starts, "at": at})
    by_supply = _group(edges, "supply_id")
    lines, seen = [], set()
    for start in starts:
        _climb(by_supply, start, level=1, seen=seen, lines=lines)
    return lines


def _chain(*, demands=(), supplies=(), at=None):
    edges = _edges((THEN if at else NOW).down, {"demands": list(demands), "supplies": list(supplies), "at": at})
    by_order = _group(edges, "for_supply_id")
    by_demand = _group(edges, "demand_id") if demands else {}
    lines, opened = [], set()
    for start in demands:
        _descend(by_order, by_demand.get(start, []), lines=lines, opened=opened)
    for start in supplies:
        if start not in opened:
            opened.add(start)
            _descend(by_order, by_order.get(start, []), lines=lines, opened=opened)
    return lines


def _edges(statement, parameters):
    """The rows of the chain with the names of what they refer to, each tuple made once: a chain may have thousands."""
    columns, found = rows_with_columns(statement, parameters)
    if not found:
        return []
    make = row_type("Edge", (*columns, *NAMED))._make
    names = _names(columns, found)
    (d, demands), (s, supplies), (f, lines), (p, parts), (w, places) = (
        (columns.index(column), names[kind]) for column, kind in REFERS_TO.items()
    )
    return [
        make(row + demands[row[d]] + supplies[row[s]] + lines[row[f]] + parts[row[p]] + places[row[w]]) for row in found
    ]


def _names(columns, found):
    """{kind: {id: words}} of all that the rows refer to."""
    ids = {kind: {None} for kind in WORDS}
    for column, kind in REFERS_TO.items():
        place = columns.index(column)
        ids[kind].update([row[place] for row in found])
    names = {kind: {None: (None,) * count} for kind, count in WORDS.items()}
    for kind, pk, *words in rows(NAMES, {f"{kind}s": array(ids[kind] - {None}) for kind in WORDS}):
        names[kind][pk] = tuple(words[: WORDS[kind]])
    return names


def _descend(by_order, first, *, lines, opened):
    """Depth first without recursion: a stack of lines to show next."""
    stack = [Line(1, edge) for edge in reversed(first)]
    while stack:
        line = stack.pop()
        supply = line.edge.supply_id
        below = by_order.get(supply, ()) if supply is not None else ()
        repeated = bool(below) and supply in opened
        lines.append(line._replace(repeated=True) if repeated else line)
        if below and not repeated:
            opened.add(supply)
            stack.extend(Line(line.level + 1, edge) for edge in reversed(below))


def _climb(by_supply, start, *, level, seen, lines):
    stack = [Line(level, edge) for edge in reversed(by_supply.get(start, []))]
    while stack:
        line = stack.pop()
        above = by_supply.get(line.edge.for_supply_id, ()) if line.edge.for_supply_id is not None else ()
        repeated = bool(above) and line.edge.for_supply_id in seen
        lines.append(line._replace(repeated=True) if repeated else line)
        if above and not repeated:
            seen.add(line.edge.for_supply_id)
            stack.extend(Line(line.level + 1, edge) for edge in reversed(above))


def _group(edges, column):
    groups, key = defaultdict(list), attrgetter(column)
    for edge in edges:
        groups[key(edge)].append(edge)
    return dict(groups)
