"""The same production order again, from its BOM and from today on."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from linkage.models import Demand, OrderLink, Supply
from production import operations
from production.models import Bom, ProductionOrder
from tests.factories import PartnerFactory, PartRevisionFactory, WarehouseFactory
from tests.production.making import bought, made, order_of, promise

pytestmark = pytest.mark.django_db
NOW = date(2026, 3, 9)


def copy(order, by):
    return operations.copy_order(order=order, by=by, business_date=NOW)


def line_of(order):
    return order.lines.select_related("supply__part", "supply__warehouse").get()


def test_copy_order_makes_the_same_again_from_today_promised_to_nobody(planner):
    customer = PartnerFactory()
    order = order_of(made("BIKE", (bought("WHEEL"), 2), lead_time=3), 4, by=planner, customer=customer, note="Blue")
    promise(line_of(order), 4, planner)
    operations.release(order=order, by=planner)

    [again] = copy(order, planner)

    line = line_of(again)
    assert (again.status, again.customer, again.note, again.sales_document) == ("planned", customer, "Blue", None)
    assert (line.supply.part.number, line.supply.quantity, line.supply.free) == ("BIKE", 4, 4)
    assert (line.start_date, line.supply.due_date) == (NOW, date(2026, 3, 12))
    assert list(Demand.objects.filter(for_supply=line.supply).values_list("part__number", "quantity")) == [("WHEEL", 8)]
    assert OrderLink.objects.filter(supply=line.supply).count() == 0


def test_copy_order_makes_the_orders_below_it_too(planner):
    order = order_of(made("BIKE", (made("FRAME", (bought("TUBE"), 1)), 1)), 4, by=planner)

    again = copy(order, planner)

    assert [line_of(made_order).supply.part.number for made_order in again] == ["BIKE", "FRAME"]
    assert OrderLink.objects.filter(supply=line_of(again[1]).supply).values_list("open", flat=True).get() == Decimal(4)


def test_copy_order_keeps_a_revision_that_the_bom_for_all_revisions_makes(planner):
    part = made("BIKE", (bought("WHEEL"), 2))
    order = order_of(part, by=planner)
    revision = PartRevisionFactory(part=part, code="B")
    Supply.objects.filter(document=order.document).update(revision=revision)

    [again] = copy(order, planner)

    assert line_of(again).supply.revision == revision


def test_copy_order_leaves_out_what_was_cancelled_of_an_order_that_lives(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 4, by=planner)
    Supply.objects.filter(document=order.document).update(status="cancelled", cancelled=4)

    with pytest.raises(Refused, match=f"Nothing of {order} is left to copy"):
        copy(order, planner)


def test_copy_order_makes_a_cancelled_order_again(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 4, by=planner)
    operations.cancel(order=order, by=planner)
    order.refresh_from_db()

    [again] = copy(order, planner)

    assert line_of(again).supply.quantity == 4


def test_copy_order_refuses_what_is_made_at_another_site(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), 4, by=planner)
    order.site = WarehouseFactory(company=order.site.company)
    order.save(update_fields=["site"])

    with pytest.raises(Refused, match=f"is made in {order.site} and goes to"):
        copy(order, planner)


def test_copy_order_refuses_a_bom_that_is_no_longer_in_use(planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), by=planner)
    Bom.objects.update(is_active=False)

    with pytest.raises(Refused, match="The BOM of BIKE is not active"):
        copy(order, planner)


def test_the_button_names_all_orders_that_it_made(planner_client, planner):
    order = order_of(made("BIKE", (made("FRAME", (bought("TUBE"), 1)), 1)), 4, by=planner)

    answer = planner_client.post(reverse("production:copy", args=[order.pk]), follow=True)

    first, second = ProductionOrder.objects.order_by("-pk")[:2][::-1]
    assertContains(answer, f"{first}, {second} make the same again")


def test_the_button_opens_the_copy(planner_client, planner):
    order = order_of(made("BIKE", (bought("WHEEL"), 2)), by=planner)

    answer = planner_client.post(reverse("production:copy", args=[order.pk]), follow=True)

    assertContains(answer, f"{ProductionOrder.objects.last()} makes the same again")
    assert answer.context["order"] == ProductionOrder.objects.last()
    assert ProductionOrder.objects.count() == 2
