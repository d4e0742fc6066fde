"""The plainest valid BOM. Orders are made by operations, not by factories: their positions belong to the ledger."""

import factory

from production import models
from tests.factories import Factory, MadePartFactory, PartFactory


class BomFactory(Factory):
    part = factory.SubFactory(MadePartFactory)

    class Meta:
        model = models.Bom


class BomRowFactory(Factory):
    """One bought component each."""

    bom = factory.SubFactory(BomFactory)
    position = factory.LazyAttribute(lambda row: 10 + 10 * row.bom.rows.count())
    component = factory.SubFactory(PartFactory)
    quantity_per = 1

    class Meta:
        model = models.BomRow


def bom_of(part, *rows, **facts):
    """The BOM of a part; its rows by position, ``(component, quantity)`` or ``(component, quantity, facts)`` each."""
    bom = BomFactory(part=part, **facts)
    for component, quantity, *more in rows:
        BomRowFactory(bom=bom, component=component, quantity_per=quantity, **(more[0] if more else {}))
    return bom
