"""Ticked purchase orders: sent and confirmed, each with its own answer."""

from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.register.models import Partner
from purchasing import operations
from purchasing.models import Dispatch, PurchaseOrder
from tests.access.hostile import VALUES
from tests.purchasing.factories import purchase_order, purchase_row
from tests.races import run_before_commit

pytestmark = pytest.mark.django_db
SEND, CONFIRM, LIST = (reverse(f"purchasing:{name}") for name in ("send_ticked", "confirm_ticked", "order_list"))


def statuses():
    return list(PurchaseOrder.objects.order_by("pk").values_list("status", flat=True))


def rows(*orders):
    return {"rows": [order.pk for order in orders]}


def test_send_orders_sends_each_or_says_why_not(buyer):
    full, empty = purchase_row(by=buyer).order, purchase_order(by=buyer)

    done, refused = operations.send_orders(orders=[empty, full], by=buyer)

    assert (done, refused) == ([full], [(empty, f"{empty} has no rows to send.")])
    assert statuses() == ["sent", "draft"]


def test_send_orders_writes_to_suppliers_with_an_address(buyer):
    mailed, filed = purchase_row(by=buyer).order, purchase_row(by=buyer).order
    Partner.objects.filter(pk=mailed.document.partner_id).update(order_email="orders@velo.example")

    operations.send_orders(orders=PurchaseOrder.objects.for_list(), by=buyer)

    ways = Dispatch.objects.order_by("order").values_list("order", "how", "address")
    assert list(ways) == [(mailed.pk, "email", "orders@velo.example"), (filed.pk, "file", "")]


def test_confirm_orders_confirms_all_rows_as_asked(buyer):
    row, draft = purchase_row(by=buyer, sent=True), purchase_row(by=buyer).order

    done, refused = operations.confirm_orders(orders=[row.order, draft], by=buyer)

    row.refresh_from_db()
    assert (done, row.confirmed_on) == ([row.order], row.supply.due_date)
    assert [order for order, _why in refused] == [draft]
    assert statuses() == ["confirmed", "draft"]


def test_a_second_press_answers_as_the_first_did(buyer):
    full, empty = purchase_row(by=buyer).order, purchase_order(by=buyer)
    once = {"orders": [full, empty], "by": buyer, "key": uuid4()}

    first, second = [operations.send_orders(**once) for _press in range(2)]

    assert (second[0], [tuple(refusal) for refusal in second[1]]) == first


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_send_orders_waits_for_who_cancels_one_of_them(buyer):
    first, second = purchase_row(by=buyer).order, purchase_row(by=buyer).order

    had_to_wait, outcome = run_before_commit(
        lambda: operations.cancel(order=second, by=buyer),
        lambda: operations.send_orders(orders=[first, second], by=buyer),
    )

    assert (had_to_wait, statuses()) == (True, ["sent", "cancelled"])
    assert [order for order, _why in outcome[1]] == [second]


def test_the_list_sends_and_confirms_the_ticked_orders(buyer_client, buyer):
    full, empty = purchase_row(by=buyer).order, purchase_order(by=buyer)

    sent = buyer_client.post(SEND, rows(full, empty), follow=True)
    confirmed = buyer_client.post(CONFIRM, rows(full, empty), follow=True)

    assert statuses() == ["confirmed", "draft"]
    assertContains(sent, "1 order is sent.")
    assertContains(sent, f"<li>{empty} has no rows to send.</li>")
    assertContains(confirmed, "1 order is confirmed.")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("server", "says"), [("tests.purchasing.test_sending.Broken", True), (None, False)])
def test_list_says_how_many_mails_have_not_gone_out(buyer_client, buyer, settings, server, says):
    settings.EMAIL_BACKEND = server or settings.EMAIL_BACKEND
    mailed, filed = purchase_row(by=buyer).order, purchase_row(by=buyer).order
    Partner.objects.filter(pk=mailed.document.partner_id).update(order_email="orders@velo.example")

    buyer_client.post(SEND, rows(mailed, filed))

    page = buyer_client.get(LIST)
    assertContains(page, "2 orders are sent.")
    assert ("1 mail has not gone out." in page.content.decode()) is says


def test_only_buyers_are_offered_it(buyer_client, planner_client, buyer):
    purchase_row(by=buyer)

    assertContains(buyer_client.get(LIST), f'formaction="{SEND}"')
    assertNotContains(planner_client.get(LIST), f'formaction="{SEND}"')
    assertNotContains(planner_client.get(LIST), "data-tick aria-label")


@pytest.mark.parametrize("url", [SEND, CONFIRM])
def test_nothing_ticked_is_refused_whatever_was_sent(buyer_client, url):
    answers = {buyer_client.post(url, {"rows": value}).status_code for value in VALUES.values()}

    assert answers <= {400, 409}
    assertContains(buyer_client.post(url), "Tick at least one order.", status_code=409)
