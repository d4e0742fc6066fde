"""A small company in which everything is linked, made by the apps' own operations, and how its ledger reads.

Two customer rows of a bicycle, each with its tree: an order for the bicycle, one for its frames, a purchase of tubes
for the frames. A third row waits, some bicycles and tubes are free. Revision B of the bicycle is made of two frames and
a tube, revision C of tubes alone.
"""

from dataclasses import dataclass
from decimal import Decimal

from linkage.models import Demand, DemandKind, OrderLink, Provenance, Supply
from linkage.operations import link
from production.operations import release
from purchasing.operations import link_to_component
from sales.models import SalesOrderRow
from sales.operations import create_production_orders
from tests.factories import PartFactory, PartnerFactory, PartRevisionFactory, WarehouseFactory
from tests.fixtures import user_with
from tests.linkage.factories import stock
from tests.production.factories import bom_of
from tests.production.making import made
from tests.purchasing.factories import SupplierTermFactory, purchase_row
from tests.sales.factories import order_with

SHOWN_DEMAND = ("quantity", "done", "cancelled", "allocated", "need_date", "status", "revision")
SHOWN_SUPPLY = ("quantity", "done", "cancelled", "allocated", "due_date", "status", "revision")
SHOWN_LINK = ("quantity", "received", "issued", "released", "kind", "contract")


@dataclass
class World:
    """The parts and the planner; orders and links are read when they are asked for, as they are then."""

    by: object
    bike: object
    frame: object
    tube: object
    warehouse: object
    customer: object
    other_site: object

    @property
    def parts(self):
        return [self.bike, self.frame, self.tube]

    def rows(self):
        return list(SalesOrderRow.objects.for_list().filter(part=self.bike).order_by("order", "position"))

    def links(self):
        found = OrderLink.objects.filter(part__in=self.parts, open__gt=0).with_ends()
        return list(found.order_by("supply__document__number", "supply__position", "demand_id", "pk"))

    def demands(self):
        return list(Demand.objects.filter(part__in=self.parts).for_list().order_by("document", "position", "pk"))

    def supplies(self):
        return list(Supply.objects.filter(part__in=self.parts).for_list().order_by("kind", "document", "position"))

    def __repr__(self):
        """The ledger, for a message that says where two ways came out differently."""
        return "\n".join(map(str, self.reading()))

    def reading(self):
        """Everything that matters, without ids: what demands and supplies are, and who is promised what."""
        demands = [(str(row.part), str(row), *_values(row, SHOWN_DEMAND)) for row in self.demands()]
        supplies = [(str(row.part), str(row), *_values(row, SHOWN_SUPPLY)) for row in self.supplies()]
        links = OrderLink.objects.filter(part__in=self.parts).with_ends()
        promises = [(str(row.supply), str(row.demand), *_values(row, SHOWN_LINK)) for row in links]
        facts = Provenance.objects.filter(supply__part__in=self.parts).select_related(
            "supply__document", "demand__document", "demand__for_supply"
        )
        made_for = [(str(fact.supply), str(fact.demand), str(fact.quantity)) for fact in facts]
        return [*sorted(demands), *sorted(supplies), *sorted(promises), *sorted(made_for)]

    def sums(self):
        """{part: (open demand, open supply, promised, made for)}: what moving promises about never changes.

        Without holds, which shrink as their goods go to somebody who needs them.
        """
        return {
            part.number: (
                sum(row.open for row in self.demands() if row.part_id == part.pk and row.kind != DemandKind.HOLD),
                sum(row.open for row in self.supplies() if row.part_id == part.pk),
                sum(link.open for link in self.links() if link.part_id == part.pk),
                sum(Provenance.objects.filter(supply__part=part).values_list("quantity", flat=True)),
            )
            for part in self.parts
        }


def _values(row, names):
    return [str(getattr(row, name)) for name in names]


def a_company():
    """See above; every order is planned but the first bicycle's, which is released."""
    by = user_with("planner", "buyer", "seller")
    home = WarehouseFactory()
    tube = PartFactory(default_warehouse=home)
    SupplierTermFactory(part=tube)
    frame = made(f"FRAME{tube.pk}", (tube, 3), default_warehouse=home)
    bike = made(f"BIKE{tube.pk}", (frame, 1), default_warehouse=home)
    for code, rows in (("B", [(frame, 2), (tube, 1)]), ("C", [(tube, 2)])):
        bom_of(bike, *rows, revision=PartRevisionFactory(part=bike, code=code))
    world = World(by, bike, frame, tube, home, PartnerFactory(), WarehouseFactory(company=home.company))
    order = order_with(12, 8, part=bike, warehouse=home, by=by)
    order_with(5, part=bike, warehouse=home, by=by)
    [first, *_] = create_production_orders(rows=list(order.rows.all()), by=by)
    release(order=first, by=by)
    _buy_tubes(world)
    stock(bike, home, 3, by=by)
    stock(tube, home, 10, by=by)
    return world


def _buy_tubes(world):
    """Of a purchase of 60 tubes 30 are under contract for one order's frames, 10 are promised to the other's."""
    row = purchase_row(part=world.tube, quantity=60, warehouse=world.warehouse, sent=True, by=world.by)
    [one, two] = Demand.objects.filter(part=world.tube).order_by("-quantity")
    link_to_component(row=row, component=one, quantity=Decimal(30), wider=True, by=world.by)
    link(demand=two, supply=row.supply, quantity=Decimal(10), accept_warnings=True, by=world.by)
