"""The database itself refuses what a row of the register may not be."""

import pytest
from django.db import IntegrityError, connection, transaction

from erp.register.models import LotSizing, Part, PartType
from tests import factories as make

pytestmark = pytest.mark.django_db


def constraint_of(write):
    """The name of the constraint that refuses the write."""

    def write_and_settle():
        with transaction.atomic():
            write()
            connection.check_constraints()

    with pytest.raises(IntegrityError) as refusal:
        write_and_settle()
    return refusal.value.__cause__.diag.constraint_name


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"number": ""}, "part_number_sane"),
        ({"number": " P1"}, "part_number_sane"),
        ({"number": "P1\n"}, "part_number_sane"),
        ({"part_type": "imaginary"}, "part_choices_known"),
        ({"lot_sizing": "XX"}, "part_choices_known"),
        ({"order_minimum": -1}, "part_quantities_sane"),
        ({"order_multiple": 10**11}, "part_quantities_sane"),
        ({"standard_price": -1}, "part_standard_price_sane"),
        ({"over_production_tolerance": 101}, "part_over_production_tolerance_sane"),
        ({"lot_sizing": LotSizing.NONE}, "part_lot_sizing_given"),
        ({"lot_sizing": LotSizing.PERIOD}, "part_period_given"),
        ({"lot_sizing": LotSizing.FIXED}, "part_fixed_order_quantity_given"),
        ({"order_minimum": 5, "order_maximum": 4}, "part_order_maximum_not_below_minimum"),
    ],
)
def test_part_is_refused(facts, constraint):
    assert constraint_of(lambda: make.PartFactory(**facts)) == constraint


@pytest.mark.parametrize(
    ("column", "constraint"),
    [
        ("weight", "part_quantities_sane"),
        ("standard_price", "part_standard_price_sane"),
        ("over_production_tolerance", "part_over_production_tolerance_sane"),
    ],
)
def test_part_with_a_figure_that_is_no_number_is_refused(column, constraint):
    make.PartFactory()

    with connection.cursor() as cursor:
        refused = constraint_of(lambda: cursor.execute(f"update register_part set {column} = 'NaN'"))

    assert refused == constraint


@pytest.mark.parametrize("facts", [{"lot_sizing": LotSizing.LOT_FOR_LOT}, {"is_stock_updated": True}])
def test_service_with_lot_sizing_or_stock_is_refused(facts):
    refused = constraint_of(lambda: make.ServicePartFactory(**facts))

    assert refused == "part_service_has_no_lot_sizing_or_stock"


def test_active_revision_of_another_part_is_refused():
    part, foreign = make.PartFactory(), make.PartRevisionFactory()

    refused = constraint_of(lambda: Part.objects.filter(pk=part.pk).update(active_revision=foreign))

    assert refused == "part_active_revision_is_its_own"


def test_active_revision_of_the_part_is_kept():
    revision = make.PartRevisionFactory()

    Part.objects.filter(pk=revision.part_id).update(active_revision=revision)
    connection.check_constraints()

    assert Part.objects.get(pk=revision.part_id).active_revision == revision


@pytest.mark.parametrize(
    ("factory", "facts", "constraint"),
    [
        (make.UnitFactory, {"code": ""}, "unit_code_sane"),
        (make.UnitFactory, {"code": "t", "decimals": 7}, "unit_decimals_at_most_six"),
        (make.UnitConversionFactory, {"numerator": 0}, "unit_conversion_ratio_positive"),
        (make.UnitConversionFactory, {"denominator": 0}, "unit_conversion_ratio_positive"),
        (make.UnitConversionFactory, {"unit__code": "pcs"}, "unit_conversion_between_two_units"),
        (make.UnitConversionFactory, {"for_sales": True}, "unit_conversion_for_sales_of_a_part"),
        (make.PartnerFactory, {"number": ""}, "partner_number_sane"),
        (make.PartnerFactory, {"currency": "eur"}, "partner_currency_sane"),
        (make.PartnerFactory, {"is_customer": False}, "partner_customer_or_supplier"),
        (make.AddressFactory, {"kind": "moon"}, "address_kind_known"),
        (make.AddressFactory, {"country": "se"}, "address_country_sane"),
        (make.WarehouseFactory, {"code": ""}, "warehouse_code_sane"),
        (make.CompanyFactory, {"code": ""}, "company_code_sane"),
        (make.CompanyFactory, {"currency": "E"}, "company_currency_sane"),
        (make.WorkCalendarFactory, {"name": ""}, "work_calendar_name_sane"),
        (make.WorkCalendarFactory, {"country": "se"}, "work_calendar_country_sane"),
        (make.PartRevisionFactory, {"code": ""}, "part_revision_code_sane"),
        (make.NumberSeriesFactory, {"next_number": 0}, "number_series_starts_at_one"),
        (make.NumberSeriesFactory, {"kind": ""}, "number_series_kind_sane"),
    ],
)
def test_register_row_is_refused(factory, facts, constraint):
    assert constraint_of(lambda: factory(**facts)) == constraint


@pytest.mark.parametrize(
    ("factory", "fields", "constraint"),
    [
        (make.PartFactory, ["number"], "register_part_number_key"),
        (make.PartnerFactory, ["number"], "register_partner_number_key"),
        (make.WarehouseFactory, ["code"], "register_warehouse_code_key"),
        (make.CompanyFactory, ["code"], "register_company_code_key"),
        (make.PartRevisionFactory, ["part", "code"], "part_revision_code_once"),
        (make.NumberSeriesFactory, ["company", "kind"], "number_series_once"),
    ],
)
def test_register_row_twice_is_refused(factory, fields, constraint):
    row = factory()
    same = {field: getattr(row, field) for field in fields}

    assert constraint_of(lambda: factory(**same)) == constraint


def test_calendar_exception_twice_on_a_date_is_refused():
    row = make.CalendarExceptionFactory(date="2026-12-24")

    refused = constraint_of(lambda: make.CalendarExceptionFactory(calendar=row.calendar, date="2026-12-24"))

    assert refused == "calendar_exception_date_once"


def test_conversion_of_a_pair_the_other_way_round_is_refused():
    row = make.UnitConversionFactory()

    refused = constraint_of(lambda: make.UnitConversionFactory(unit=row.base, base=row.unit))

    assert refused == "unit_conversion_pair_once"


def test_second_default_unit_for_customer_orders_is_refused():
    row = make.UnitConversionFactory(part=make.PartFactory(), for_sales=True)

    refused = constraint_of(lambda: make.UnitConversionFactory(part=row.part, unit__code="bag", for_sales=True))

    assert refused == "unit_conversion_one_for_sales"


def test_second_default_address_of_a_kind_is_refused():
    row = make.AddressFactory(is_default=True)

    refused = constraint_of(lambda: make.AddressFactory(partner=row.partner, is_default=True))

    assert refused == "address_one_default_per_kind"


@pytest.mark.parametrize(
    ("part_type", "made", "bought", "phantom"),
    [
        (PartType.PURCHASED, False, True, False),
        (PartType.MANUFACTURED, True, False, False),
        (PartType.FICTITIOUS, False, False, True),
        (PartType.SERVICE, False, True, False),
    ],
)
def test_part_type_says_how_it_is_supplied(part_type, made, bought, phantom):
    part = Part(part_type=part_type)

    assert (part.is_made, part.is_bought, part.is_phantom) == (made, bought, phantom)


@pytest.mark.parametrize(("lot_sizing", "order_oriented"), [("LR", True), ("LL", False), ("FQ", False), ("PR", False)])
def test_part_is_order_oriented_by_its_lot_sizing(lot_sizing, order_oriented):
    assert Part(lot_sizing=lot_sizing).is_order_oriented is order_oriented
