"""The plainest valid row of every register model. A test states what its assertion depends on, nothing else."""

import factory

from erp.register import models


class Factory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True


class UserFactory(Factory):
    username = factory.Sequence(lambda n: f"user{n}")
    first_name = "Ada"
    last_name = factory.Sequence(lambda n: f"Berg {n}")

    class Meta:
        model = models.User


class WorkCalendarFactory(Factory):
    """Monday to Friday, no days off."""

    name = factory.Sequence(lambda n: f"Calendar {n}")

    class Meta:
        model = models.WorkCalendar


class CalendarExceptionFactory(Factory):
    calendar = factory.SubFactory(WorkCalendarFactory)

    class Meta:
        model = models.CalendarException


class CompanyFactory(Factory):
    code = factory.Sequence(lambda n: f"C{n}")
    name = factory.Sequence(lambda n: f"Company {n}")
    calendar = factory.SubFactory(WorkCalendarFactory)

    class Meta:
        model = models.Company


class UnitFactory(Factory):
    """Whole pieces; the same unit for every part that names no other."""

    code = "pcs"
    name = "Pieces"

    class Meta:
        model = models.Unit
        django_get_or_create = ["code"]


class WarehouseFactory(Factory):
    code = factory.Sequence(lambda n: f"W{n}")
    name = factory.Sequence(lambda n: f"Warehouse {n}")
    company = factory.SubFactory(CompanyFactory)

    class Meta:
        model = models.Warehouse


class PartGroupFactory(Factory):
    code = factory.Sequence(lambda n: f"G{n}")
    name = "Parts alike"

    class Meta:
        model = models.PartGroup


class PartFactory(Factory):
    """A bought, stock-driven part counted in whole pieces."""

    number = factory.Sequence(lambda n: f"PART-{n}")
    name = factory.Sequence(lambda n: f"Part {n}")
    part_type = models.PartType.PURCHASED
    unit = factory.SubFactory(UnitFactory)

    class Meta:
        model = models.Part


class MadePartFactory(PartFactory):
    """A manufactured, order-oriented part."""

    part_type = models.PartType.MANUFACTURED
    lot_sizing = models.LotSizing.LINKED


class ServicePartFactory(PartFactory):
    part_type = models.PartType.SERVICE
    lot_sizing = models.LotSizing.NONE
    is_stock_updated = False


class PhantomPartFactory(PartFactory):
    part_type = models.PartType.FICTITIOUS
    is_stock_updated = False


class PartRevisionFactory(Factory):
    part = factory.SubFactory(PartFactory)
    code = factory.Sequence(lambda n: f"R{n}")

    class Meta:
        model = models.PartRevision


class UnitConversionFactory(Factory):
    """One box of twelve pieces, for every part."""

    unit = factory.SubFactory(UnitFactory, code="box", name="Box")
    base = factory.SubFactory(UnitFactory)
    numerator = 12

    class Meta:
        model = models.UnitConversion


class PartnerFactory(Factory):
    """A customer."""

    number = factory.Sequence(lambda n: f"{n + 10000}")
    name = factory.Sequence(lambda n: f"Partner {n}")
    is_customer = True

    class Meta:
        model = models.Partner


class SupplierFactory(PartnerFactory):
    is_customer = False
    is_supplier = True


class AddressFactory(Factory):
    partner = factory.SubFactory(PartnerFactory)
    kind = "delivery"
    lines = "Storgatan 1"
    city = "Lund"
    country = "SE"

    class Meta:
        model = models.Address


class NumberSeriesFactory(Factory):
    company = factory.SubFactory(CompanyFactory)
    kind = "sales"
    prefix = "S-"

    class Meta:
        model = models.NumberSeries
