"""The chain that a change reaches, read in a constant number of statements: the orders below, and who holds them.

Links of other demands on the same orders come along, because a later order makes them late too. A stock balance
serves everybody and is never changed, so of its links only those of the chain are read.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from linkage.dates import work_days_of
from linkage.owners import owner_of_kind
from linkage.queries.sql import array, named_rows, rows
from linkage.recipes import Recipe

ZERO = Decimal(0)
REACHED = """
with recursive below(supply_id) as (
  (select supply_id from linkage_orderlink where demand_id = any(%(demands)s) and open > 0
   union select unnest(%(supplies)s::bigint[]))
  union
  select l.supply_id from below b
    join linkage_demand d on d.for_supply_id = b.supply_id
    join linkage_orderlink l on l.demand_id = d.id and l.open > 0)
select supply_id from below
"""
SUPPLIES = """
select s.id, s.kind, s.part_id, p.number part, p.part_type, p.standard_price price, s.warehouse_id, w.code warehouse,
  s.status, s.quantity, s.done, s.cancelled, s.free, s.due_date due, s.lead_time, p.safety_time, s.document_id,
  s.revision_id, r.code revision, s.variant,
  case when s.kind = 'stock' then 'stock ' || w.code else d.number || '/' || s.position end label
from linkage_supply s join register_part p on p.id = s.part_id join register_warehouse w on w.id = s.warehouse_id
left join linkage_document d on d.id = s.document_id left join register_partrevision r on r.id = s.revision_id
where s.id = any(%s)
"""
LINKS = """
select id, supply_id, demand_id, kind, contract, to_come, on_shelf, open from linkage_orderlink
where open > 0 and (supply_id = any(%(orders)s) or demand_id = any(%(demands)s)) order by id
"""
DEMANDS = """
select d.id, d.kind, d.part_id, p.part_type, d.warehouse_id, d.status, d.quantity, d.done, d.cancelled, d.allocated,
  d.need_date need, d.priority, d.for_supply_id, d.document_id, h.partner_id, p.number part, d.revision_id,
  r.code revision, d.variant,
  coalesce(h.number || case when f.id is null then '' else '/' || f.position end
    || case when d.kind = 'subcontract' then '/op' else '/' end || d.position
    || coalesce('.' || nullif(d.line, 0), ''), d.kind) label
from linkage_demand d join register_part p on p.id = d.part_id
left join linkage_document h on h.id = d.document_id left join linkage_supply f on f.id = d.for_supply_id
left join register_partrevision r on r.id = d.revision_id
where d.id = any(%(demands)s) or d.for_supply_id = any(%(supplies)s)
"""


class Revision(NamedTuple):
    """As what something is made: a revision of its part (or any), and a variant of that (or none)."""

    id: int | None = None
    code: str | None = None
    variant: str = ""

    def __str__(self):
        return self.words or "none"

    @property
    def words(self):
        return " ".join(filter(None, [self.code, self.variant]))

    def changed_to(self, other):
        """(what to call what differs, as it is here, as it is there): another variant is no other revision."""
        if self.id == other.id:
            return "variant", self.variant or "none", other.variant or "none"
        if self.variant == other.variant:
            return "revision", self.code or "none", other.code or "none"
        return "revision and variant", self, other

    def clashes(self, other):
        """Both name a revision, or both a variant, and not the same."""
        return any(self.clashing(other))

    def clashing(self, other):
        """(what to call it, as it is here, as it is there) of each that both name."""
        if _differ(self.id, other.id):
            yield "revision", self.code, other.code
        if _differ(self.variant, other.variant):
            yield "variant", self.variant, other.variant


def _differ(one, other):
    return bool(one and other and one != other)


ANY_REVISION = Revision()


class Node:
    """A position of the chain as it is (``row``), and what becomes of it."""

    __slots__ = ("row",)

    def __getattr__(self, name):
        return getattr(self.row, name)

    def __str__(self):
        return self.row.label


@dataclass(slots=True, eq=False)
class SupplyNode(Node):
    row: tuple
    links: list = field(default_factory=list)
    components: list = field(default_factory=list)
    depth: int = 0
    new_quantity: Decimal = ZERO
    new_due: date | None = None
    new_revision: Revision = ANY_REVISION
    recipe: Recipe | None = None
    is_supplied: bool = False
    is_cancelled: bool = False
    freed: Decimal = ZERO
    questions: list = field(default_factory=list)
    asked_above: list = field(default_factory=list)

    @property
    def pk(self):
        return self.row.id

    @property
    def is_stock(self):
        return self.row.kind == "stock"

    @property
    def is_bound(self):
        return any(link.row.kind == "bound" for link in self.links)

    @property
    def is_changed(self):
        moved = self.new_quantity != self.row.quantity or self.new_due != self.row.due
        return self.is_cancelled or moved or self.recipe is not None


@dataclass(slots=True, eq=False)
class DemandNode(Node):
    row: tuple
    links: list = field(default_factory=list)
    new_quantity: Decimal = ZERO
    new_need: date | None = None
    new_priority: int = 0
    new_revision: Revision = ANY_REVISION
    is_cancelled: bool = False
    questions: list = field(default_factory=list)

    @property
    def pk(self):
        return self.row.id

    @property
    def open(self):
        return max(self.row.quantity - self.row.done - self.row.cancelled, ZERO)

    @property
    def new_open(self):
        return ZERO if self.is_cancelled else max(self.new_quantity - self.row.done - self.row.cancelled, ZERO)

    @property
    def is_changed(self):
        return self.is_cancelled or self.new_quantity != self.row.quantity


@dataclass(slots=True, eq=False)
class LinkNode(Node):
    row: tuple
    supply: SupplyNode
    demand: DemandNode
    cut: Decimal = ZERO
    cut_shelf: Decimal = ZERO
    grown: Decimal = ZERO
    questions: list = field(default_factory=list)

    @property
    def pk(self):
        return self.row.id

    def __str__(self):
        return f"{self.supply} → {self.demand}"

    @property
    def new_open(self):
        return self.row.open - self.cut - self.cut_shelf + self.grown

    @property
    def waits(self):
        """Something is still to come, so a date matters."""
        return self.row.to_come - self.cut + self.grown > 0


@dataclass(slots=True)
class Tree:
    """Supplies and demands by id, and what the order apps know of them."""

    supplies: dict
    demands: dict
    requirements: dict
    arrivals: dict
    sizes: dict
    calendars: dict

    def downwards(self):
        """The supplies, each after all that it feeds; orders that feed nobody here come first."""
        waiting = {supply.pk: 0 for supply in self.supplies.values()}
        for supply in self.supplies.values():
            for below in _below(supply):
                waiting[below.pk] += 1
        ready = deque(supply for supply in self.supplies.values() if not waiting[supply.pk])
        while ready:
            supply = ready.popleft()
            yield supply
            for below in _below(supply):
                below.depth = max(below.depth, supply.depth + 1)
                waiting[below.pk] -= 1
                if not waiting[below.pk]:
                    ready.append(below)


def _below(supply):
    return [link.supply for component in supply.components for link in component.links]


def read_tree(*, demands=(), supplies=()):
    """The chain below these demands and supplies (ids), as it is now."""
    reached = [pk for (pk,) in rows(REACHED, {"demands": list(demands), "supplies": list(supplies)})]
    found = {row.id: SupplyNode(row) for row in named_rows("ChangedSupply", SUPPLIES, [array(reached)])}
    orders = [supply.pk for supply in found.values() if not supply.is_stock]
    roots = set(demands)
    below = {pk for (pk,) in rows("select id from linkage_demand where for_supply_id = any(%s)", [array(orders)])}
    links = named_rows("ChangedLink", LINKS, {"orders": array(orders), "demands": array(roots | below)})
    ends = roots | {link.demand_id for link in links}
    needed = named_rows("ChangedDemand", DEMANDS, {"demands": array(ends), "supplies": array(orders)})
    tree = Tree(found, {row.id: DemandNode(row) for row in needed}, {}, {}, {}, {})
    _join(tree, links)
    for kind in {supply.kind for supply in found.values()} - {"stock"}:
        ids, owner = [supply.pk for supply in found.values() if supply.kind == kind], owner_of_kind(kind)
        tree.requirements |= owner.requirements(ids)
        tree.arrivals |= owner.arrivals(ids)
        tree.sizes |= owner.sizes(ids)
    places = {node.warehouse_id for node in (*tree.supplies.values(), *tree.demands.values())}
    tree.calendars = work_days_of(places)
    return tree


def _join(tree, links):
    for supply in tree.supplies.values():
        supply.new_quantity, supply.new_due = supply.quantity, supply.due
        supply.new_revision = Revision(supply.revision_id, supply.row.revision, supply.row.variant)
    for demand in tree.demands.values():
        demand.new_quantity, demand.new_need = demand.quantity, demand.need
        demand.new_priority = demand.priority
        demand.new_revision = Revision(demand.revision_id, demand.row.revision, demand.row.variant)
        if demand.for_supply_id in tree.supplies and demand.status not in {"closed", "cancelled"}:
            tree.supplies[demand.for_supply_id].components.append(demand)
    for row in links:
        supply, demand = tree.supplies.get(row.supply_id), tree.demands[row.demand_id]
        if supply is None:  # another demand's stock, or an order beside the chain
            continue
        link = LinkNode(row, supply, demand)
        supply.links.append(link)
        demand.links.append(link)
