"""The plainest supplier terms; orders are made by operations, because their positions belong to the ledger."""

from datetime import date
from decimal import Decimal

import factory

from purchasing import models, operations
from tests.factories import CompanyFactory, Factory, PartFactory, SupplierFactory, UserFactory, WarehouseFactory
from tests.linkage.factories import TODAY, DemandFactory, DocumentFactory, MadeSupplyFactory, component_of

DUE = date(2026, 3, 18)


class SupplierTermFactory(Factory):
    """Whole pieces at 2.50, any quantity, on any day, in five work days."""

    part = factory.SubFactory(PartFactory)
    supplier = factory.SubFactory(SupplierFactory)
    unit = factory.SelfAttribute("part.unit")
    price = Decimal("2.5")
    lead_time = 5
    is_default = True

    class Meta:
        model = models.SupplierTerm


class PriceBreakFactory(Factory):
    """From 100 on 2.00, always."""

    term = factory.SubFactory(SupplierTermFactory)
    from_quantity = 100
    price = Decimal(2)

    class Meta:
        model = models.PriceBreak


def linked_part(**facts):
    """A bought part that is order-oriented: each need has supply of its own."""
    return PartFactory(lot_sizing="LR", **facts)


def bought(demand, **terms):
    """Supplier terms for the demand's part; returns the demand."""
    SupplierTermFactory(part=demand.part, **terms)
    return demand


def purchase_order(*, by=None, **facts):
    """A draft without rows."""
    by = by or UserFactory()
    company = facts.pop("company", None) or CompanyFactory()
    supplier = facts.pop("supplier", None) or SupplierFactory()
    return operations.create_order(company=company, supplier=supplier, ordered_on=TODAY, by=by, **facts)


def purchase_row(*, quantity=100, sent=False, by=None, order=None, part=None, warehouse=None, **facts):
    """A row of a draft, or of an order that was sent."""
    by = by or UserFactory()
    warehouse = warehouse or WarehouseFactory(**({"company": order.document.company} if order else {}))
    order = order or purchase_order(company=warehouse.company, by=by)
    row = operations.add_row(
        order=order,
        part=part or PartFactory(),
        quantity=Decimal(quantity),
        warehouse=warehouse,
        by=by,
        **{"due_date": DUE, **facts},
    )
    if sent:
        operations.send(order=order, by=by)
    return again(row)


def again(row):
    """The row as the database has it now."""
    return models.PurchaseOrderRow.objects.for_list().get(pk=row.pk)


def demand_of(row, **facts):
    """A sales demand that the row fits; ``order``: facts of its document."""
    if "order" in facts:
        facts["document"] = DocumentFactory(company=row.supply.warehouse.company, **facts.pop("order"))
    return DemandFactory(part=row.supply.part, warehouse=row.supply.warehouse, **facts)


def component_for(row, *, line=None, **facts):
    """A component of a production order that the row fits."""
    line = line or MadeSupplyFactory(warehouse=row.supply.warehouse)
    return component_of(line, part=row.supply.part, **facts)
