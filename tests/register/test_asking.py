"""What is asked of the register time and again is asked once a page or operation, and never kept for the next one."""

from decimal import Decimal

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from erp.register import settings_registry
from erp.register.asking import asked_once, forget, once
from erp.register.models import Setting, UnitConversion
from erp.register.operations import change_setting, set_day
from erp.register.units import Conversions
from linkage.dates import work_days_of
from linkage.operation import StartOver, operation
from sales.models import CustomerTerm
from sales.terms import terms_of
from sales.units import UnitsOfRows
from tests.factories import PartFactory, PartnerFactory, UnitConversionFactory, UnitFactory, WarehouseFactory
from tests.linkage.factories import TODAY

pytestmark = pytest.mark.django_db


def test_once_asks_anew_where_nothing_is_remembered():
    answers = iter([1, 2])

    assert [once("what", lambda: next(answers)) for _ in range(2)] == [1, 2]


def test_once_asks_once_until_the_outermost_ends():
    answers = iter([1, 2])

    with asked_once():
        with asked_once():
            inner = once("what", lambda: next(answers))
        outer = once("what", lambda: next(answers))
    with asked_once():
        later = once("what", lambda: next(answers))

    assert (inner, outer, later) == (1, 1, 2)


def test_forget_asks_everything_anew():
    answers = iter([1, 2])
    forget()

    with asked_once():
        first = once("what", lambda: next(answers))
        forget()
        second = once("what", lambda: next(answers))

    assert (first, second) == (1, 2)


def test_settings_are_read_once_and_a_change_counts_at_once(admin_user, django_assert_num_queries):
    with asked_once():
        with django_assert_num_queries(1):
            before = [settings_registry.get("price_decimals") for _ in range(3)]
        change_setting(name="price_decimals", value=2, by=admin_user)
        after = settings_registry.get("price_decimals")

    assert (before, after) == ([6, 6, 6], 2)


def test_setting_changed_by_somebody_else_counts_from_the_next_page_on():
    with asked_once():
        settings_registry.get("price_decimals")
        Setting.objects.create(name="price_decimals", value=3)
        meanwhile = settings_registry.get("price_decimals")

    assert (meanwhile, settings_registry.get("price_decimals")) == (6, 3)


def test_conversions_of_a_part_are_read_once(django_assert_num_queries):
    box = UnitFactory(code="box")
    part, other = PartFactory(), PartFactory()
    UnitConversionFactory(part=part, unit=box, base=part.unit, numerator=12, for_sales=True)

    with asked_once(), CaptureQueriesContext(connection) as asked:
        units = [UnitsOfRows(parts) for parts in ([part], [part, other], [other])]

    assert [one.default(part).code for one in units[:2]] == ["box", "box"]
    assert units[1].to_base(part=part, quantity=Decimal(2), unit=box) == Decimal(24)
    assert sum("register_unitconversion" in query["sql"] for query in asked) == 2
    assert not units[2].has(part=other, unit=box)


def test_conversion_given_since_counts_from_the_next_page_on():
    part, box = PartFactory(), UnitFactory(code="crate")

    with asked_once():
        before = UnitsOfRows([part]).has(part=part, unit=box)
        UnitConversion.objects.create(part=part, unit=box, base=part.unit, numerator=2)

    assert (before, UnitsOfRows([part]).has(part=part, unit=box)) == (False, True)


def test_work_days_are_read_once_a_warehouse_and_a_day_off_counts_at_once(planner, django_assert_num_queries):
    warehouse, other = WarehouseFactory(), WarehouseFactory()

    with asked_once():
        all_of_them = work_days_of()
        with django_assert_num_queries(0):
            days = work_days_of([warehouse.pk, other.pk])
        set_day(calendar=warehouse.company.calendar, date=TODAY, is_work_day=False, by=planner)
        after = work_days_of([warehouse.pk])[warehouse.pk]

    assert days == {pk: all_of_them[pk] for pk in (warehouse.pk, other.pk)}
    assert (days[warehouse.pk].is_work_day(TODAY), after.is_work_day(TODAY)) == (True, False)


def fail(execute, sql, params, many, context):
    raise OperationalError


def test_question_that_failed_is_asked_again():
    box, part = UnitFactory(code="box"), PartFactory()
    UnitConversionFactory(part=part, unit=box, base=part.unit, numerator=12)
    term = CustomerTerm.objects.create(customer=PartnerFactory())
    questions = [
        lambda: terms_of([term.customer_id]),
        lambda: Conversions([part]).to_base(part=part, quantity=Decimal(2), unit=box),
    ]

    with asked_once():
        for ask in questions:
            with pytest.raises(OperationalError), connection.execute_wrapper(fail):
                ask()
        answers = [ask() for ask in questions]

    assert answers == [{term.customer_id: term}, 24]


def test_operation_that_starts_over_asks_everything_anew(seller):
    answers, seen = iter([1, 2]), []

    @operation
    def work(*, by):
        seen.append(once("what", lambda: next(answers)))
        if len(seen) == 1:
            raise StartOver

    work(by=seller)

    assert seen == [1, 2]
