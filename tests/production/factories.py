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


class WorkCentreFactory(Factory):
    """An hour costs nothing unless a test says so."""

    code = factory.Sequence(lambda n: f"WC{n}")
    name = factory.Sequence(lambda n: f"Work centre {n}")

    class Meta:
        model = models.WorkCentre


def routing_of(part, *steps, **facts):
    """The routing of a part; ``(where, set-up minutes, minutes per piece)`` each, where is a work centre or a service.

    A service takes no minutes.
    """
    routing = models.Routing.objects.create(part=part, **facts)
    for number, (where, *minutes) in enumerate(steps, start=1):
        setup, run = (*minutes, 0, 0)[:2]
        place = {"work_centre": where} if isinstance(where, models.WorkCentre) else {"service_part": where}
        models.RoutingOperation.objects.create(
            routing=routing,
            position=10 * number,
            name=f"Step {number}",
            setup_minutes=setup,
            run_minutes=run,
            **place,
        )
    return routing
