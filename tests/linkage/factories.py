"""The plainest valid rows of the ledger. ``allocated`` and ``done`` are the guard's: never set here."""

from datetime import date
from decimal import Decimal

import factory

from linkage import models
from linkage.models.links import LinkKind
from linkage.models.positions import DocumentKind
from linkage.operation import settle
from linkage.operations import adjust_stock, balance_of
from tests.factories import CompanyFactory, Factory, PartFactory, UserFactory, WarehouseFactory

TODAY = date(2026, 3, 2)
OF_THE_WAREHOUSE = factory.SelfAttribute("..warehouse.company")  # the database lets no order cross companies


class DocumentFactory(Factory):
    company = factory.SubFactory(CompanyFactory)
    kind = DocumentKind.SALES
    number = factory.Sequence(lambda n: f"S-{n}")
    serial = factory.Sequence(lambda n: n)
    ordered_on = TODAY

    class Meta:
        model = models.Document


class DemandFactory(Factory):
    """Ten of a part, needed on a sales order row."""

    document = factory.SubFactory(DocumentFactory, company=OF_THE_WAREHOUSE)
    position = 10
    kind = models.DemandKind.SALES
    part = factory.SubFactory(PartFactory)
    warehouse = factory.SubFactory(WarehouseFactory)
    quantity = Decimal(10)
    need_date = date(2026, 3, 20)

    class Meta:
        model = models.Demand


class SupplyFactory(Factory):
    """Ten of a part on a purchase order row."""

    document = factory.SubFactory(
        DocumentFactory,
        kind=DocumentKind.PURCHASE,
        number=factory.Sequence(lambda n: f"P-{n}"),
        company=OF_THE_WAREHOUSE,
    )
    position = 10
    kind = models.SupplyKind.PURCHASE
    part = factory.SubFactory(PartFactory)
    warehouse = factory.SubFactory(WarehouseFactory)
    quantity = Decimal(10)
    due_date = date(2026, 3, 18)
    status = models.Status.FIRM

    class Meta:
        model = models.Supply


class MadeSupplyFactory(SupplyFactory):
    """Ten of a part on a production order line."""

    document = factory.SubFactory(
        DocumentFactory,
        kind=DocumentKind.PRODUCTION,
        number=factory.Sequence(lambda n: f"M-{n}"),
        company=OF_THE_WAREHOUSE,
    )
    kind = models.SupplyKind.PRODUCTION


class LinkFactory(Factory):
    """A claimed link of four between a supply and a demand of ten."""

    supply = factory.SubFactory(SupplyFactory)
    demand = factory.SubFactory(
        DemandFactory,
        part=factory.SelfAttribute("..supply.part"),
        warehouse=factory.SelfAttribute("..supply.warehouse"),
    )
    part = factory.SelfAttribute("supply.part")
    warehouse = factory.SelfAttribute("supply.warehouse")
    quantity = Decimal(4)
    kind = LinkKind.CLAIMED
    created_by = factory.SubFactory(UserFactory)

    class Meta:
        model = models.OrderLink

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        """A link whose sums the guard has applied, as after a commit; both ends are read again."""
        link = super()._create(model_class, *args, **kwargs)
        settle()
        for end in (link.supply, link.demand):
            end.refresh_from_db()
        return link


def demand_for(supply, **facts):
    """A demand that the supply fits."""
    return DemandFactory(part=supply.part, warehouse=supply.warehouse, **facts)


def component_of(supply, **facts):
    """A component of the production order line that owns ``supply``."""
    return DemandFactory(
        kind=models.DemandKind.COMPONENT,
        document=supply.document,
        for_supply=supply,
        warehouse=supply.warehouse,
        **facts,
    )


def stock(part, warehouse, quantity, *, by=None):
    """So much of a part on hand, as one adjustment; returns the balance."""
    by = by or UserFactory()
    if quantity:
        adjust_stock(part=part, warehouse=warehouse, quantity=Decimal(quantity), by=by, effective_on=TODAY)
    return balance_of(part, warehouse)
