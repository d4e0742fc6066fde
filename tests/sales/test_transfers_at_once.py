"""Two companies at one row at once: who comes second waits and sees what the first did; and a row that is split."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from erp.exceptions import Gone, Refused
from linkage.models import Elsewhere, OrderLink
from linkage.operations import link
from sales import operations
from sales.drift import findings
from sales.models import SalesOrderRow, Transfer
from sales.operations import NewPart
from tests.linkage.factories import SupplyFactory, stock
from tests.races import run_before_commit
from tests.sales.crossing import DAY, LATER, mirror_of, sold
from tests.sales.factories import again

SOONER = date(2026, 12, 11)


def split(row, *parts, by):
    return operations.split_row(
        row=row, parts=[NewPart(quantity=Decimal(n), delivery_date=day) for n, day in parts], by=by
    )


def figures(rows):
    return [(row.quantity, row.delivery_date, row.customer_row_position) for row in rows]


def test_a_split_row_is_split_there_too_and_each_part_has_its_own_date(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)

    rows = split(row, (6, SOONER), (4, LATER), by=seller)
    operations.change_row(row=rows[1], delivery_date=DAY, by=seller)

    mirrored = [mirror_of(one) for one in rows]
    assert figures(mirrored) == [(6, SOONER, "10"), (4, DAY, str(rows[1].position))]
    assert (mirrored[0].pk, {one.order_id for one in mirrored}) == (there.pk, {there.order_id})
    made = Elsewhere.objects.order_by("demand").values_list("quantity", flat=True)
    assert ([*made], [*findings()]) == ([6, 4], [])


def test_links_of_the_row_there_go_with_its_parts(bike, shop, seller, planner):
    _order, [row], [there] = sold(bike, shop, seller)
    supply = SupplyFactory(part=bike, warehouse=there.warehouse, quantity=8)
    link(demand=there.demand, supply=supply, quantity=Decimal(8), by=planner)

    rows = split(row, (6, None), (4, None), by=seller)

    linked = [sum(one.open for one in OrderLink.objects.filter(demand=mirror_of(row).demand)) for row in rows]
    assert linked == [6, 2]


@pytest.mark.parametrize("why", ["delivered", "of another quantity"])
def test_a_row_there_that_cannot_be_split_stays_whole_with_the_first_part(bike, shop, seller, why):
    _order, [row], [there] = sold(bike, shop, seller)
    if why == "delivered":
        stock(bike, there.warehouse, 10)
        operations.deliver(row=there, quantity=Decimal(8), by=seller)
    else:
        operations.change_row(row=there, quantity=Decimal(12), by=seller)
    before = again(there).quantity

    rows = split(row, (6, None), (4, None), by=seller)

    assert [mirror_of(one) and mirror_of(one).quantity for one in rows] == [before, None]
    assert Transfer.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_delete_here_while_there_is_delivered_waits_and_is_refused(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)
    stock(bike, there.warehouse, 10)

    waited, outcome = run_before_commit(
        lambda: operations.deliver(row=there, quantity=Decimal(3), by=seller),
        lambda: operations.delete_row(row=row, by=seller),
    )

    assert (waited, str(outcome)) == (True, f"3 pcs of {there} are delivered; the row cannot be deleted.")
    assert (again(there).delivered, mirror_of(row), [*findings()]) == (3, there, [])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_deliver_there_while_the_row_is_deleted_here_waits_and_finds_it_gone(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)
    stock(bike, there.warehouse, 10)

    waited, outcome = run_before_commit(
        lambda: operations.delete_row(row=row, by=seller),
        lambda: operations.deliver(row=there, quantity=Decimal(3), by=seller),
    )

    assert (waited, isinstance(outcome, Gone | Refused)) == (True, True)
    assert not SalesOrderRow.objects.filter(pk__in=[row.pk, there.pk]).exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_date_there_while_the_row_is_split_here_counts_for_the_first_part(bike, shop, seller):
    _order, [row], [there] = sold(bike, shop, seller)

    waited, _outcome = run_before_commit(
        lambda: split(row, (6, None), (4, None), by=seller),
        lambda: operations.change_row(row=there, delivery_date=LATER, by=seller),
    )

    rows = SalesOrderRow.objects.filter(order=row.order_id).order_by("position")
    assert (waited, [one.delivery_date for one in rows], [*findings()]) == (True, [LATER, DAY], [])


def test_check_ledger_names_rows_whose_dates_went_apart_and_mirrors_that_are_cancelled(bike, shop, seller):
    _order, [first, second], [there, gone] = sold(bike, shop, seller, 10, 4)
    SalesOrderRow.objects.filter(pk=there.pk).update(delivery_date=LATER)
    SalesOrderRow.objects.filter(pk=gone.pk).update(called_off=True, closed_at=timezone.now())

    assert [(found.row, found.what) for found in findings()] == [
        (f"sales row {first.pk}", f"delivery date {DAY}, of row {there.pk} that mirrors it {LATER}"),
        (f"sales row {second.pk}", f"transferred to row {gone.pk}, which is cancelled"),
    ]
