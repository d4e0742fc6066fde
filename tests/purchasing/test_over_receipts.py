"""More came than the tolerance allows: the warehouse asks, a buyer posts it or declines; until then nothing counts."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused, Stale
from linkage.models import StockMovement
from linkage.operations import disconnect, link
from purchasing import operations, queries
from purchasing.models import OverReceipt
from tests.factories import ServicePartFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import SupplierTermFactory, again, demand_of, purchase_order, purchase_row
from tests.races import run_before_commit

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(buyer):
    """100 ordered, 10 % more allowed."""
    terms = SupplierTermFactory(over_tolerance=10)
    order = purchase_order(supplier=terms.supplier, by=buyer)
    return purchase_row(quantity=100, part=terms.part, order=order, sent=True, by=buyer)


def ask(row, by, quantity=120, reason="Full pallet", **facts):
    return operations.ask_over_receipt(
        row=again(row), quantity=Decimal(quantity), reason=reason, effective_on=TODAY, by=by, **facts
    )


def approve(asked, by, quantity=120, reason="Cheaper than sending back", **facts):
    return operations.approve_over_receipt(
        over_receipt=asked, quantity=Decimal(quantity), reason=reason, effective_on=TODAY, by=by, **facts
    )


def page(name, *args):
    return reverse(f"purchasing:{name}", args=args)


def test_asking_keeps_the_receipt_and_counts_nothing(row, warehouse_keeper):
    asked = ask(row, warehouse_keeper, reference="D-7", final=True)

    assert (asked.status, asked.quantity, asked.reason, asked.reference, asked.final, asked.created_by) == (
        "waiting", Decimal(120), "Full pallet", "D-7", True, warehouse_keeper,
    )  # fmt: skip
    assert (again(row).supply.done, StockMovement.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"reason": ""}, r"Give the reason for taking in more than was ordered\."),
        ({"quantity": 110}, r"110 pcs of P-1001/10 are within the 10 % that are allowed: post the receipt\."),
        ({"quantity": 1101}, r"1001 pcs is more than ten times what P-1001/10 ordered\."),
    ],
)
def test_asking_is_refused(row, warehouse_keeper, facts, sentence):
    with pytest.raises(Refused, match=sentence):
        ask(row, warehouse_keeper, **facts)


def test_asking_for_a_draft_is_refused(warehouse_keeper):
    with pytest.raises(Refused, match=r"P-1001 is draft; send it before goods are received\."):
        ask(purchase_row(quantity=100), warehouse_keeper)


def test_asking_on_figures_that_moved_is_refused(row, warehouse_keeper):
    with pytest.raises(Stale, match="has moved since this was shown"):
        ask(row, warehouse_keeper, seen={0: Decimal(70)})


def test_one_receipt_of_a_row_waits(row, warehouse_keeper, buyer):
    asked = ask(row, warehouse_keeper)

    with pytest.raises(Refused, match=r"asked already: the receipt of 120 pcs on P-1001/10 waits for a buyer\."):
        ask(row, warehouse_keeper, quantity=130)
    operations.decline_over_receipt(over_receipt=asked, by=buyer, reason="Send it back")
    assert ask(row, warehouse_keeper, quantity=130).is_waiting


def test_approved_it_is_posted_by_the_receipt_itself(row, warehouse_keeper, buyer):
    made = link(demand=demand_of(row, quantity=100), supply=row.supply, quantity=Decimal(100), by=buyer)
    asked = ask(row, warehouse_keeper)

    received = approve(asked, buyer)

    asked.refresh_from_db()
    made.refresh_from_db()
    assert (asked.status, asked.decided_by, asked.verdict) == ("approved", buyer, "Cheaper than sending back")
    assert (received.supply.done, made.on_shelf, received.order.status) == (120, 100, "received")
    assert list(StockMovement.objects.order_by("pk").values_list("quantity", "link")) == [(100, made.pk), (20, None)]


def test_approval_is_refused_when_the_links_moved_since_the_buyer_looked(row, warehouse_keeper, buyer):
    made = link(demand=demand_of(row, quantity=30), supply=row.supply, quantity=Decimal(30), by=buyer)
    asked = ask(row, warehouse_keeper)
    looked = {made.pk: Decimal(30), 0: Decimal(70)}
    disconnect(link=made, quantity=Decimal(10), by=buyer)

    with pytest.raises(Stale):
        approve(asked, buyer, seen=looked)

    assert (OverReceipt.objects.get().status, StockMovement.objects.count()) == ("waiting", 0)


def test_only_a_buyer_decides(row, warehouse_keeper):
    asked = ask(row, warehouse_keeper)

    for decide in (approve, lambda asked, by: operations.decline_over_receipt(over_receipt=asked, by=by, reason="No")):
        with pytest.raises(Refused, match=r"Only a buyer decides about more than was ordered\."):
            decide(asked, warehouse_keeper)


def test_declined_it_is_never_counted_and_says_why(row, warehouse_keeper, buyer):
    asked = ask(row, warehouse_keeper)

    with pytest.raises(Refused, match="Say why it is declined"):
        operations.decline_over_receipt(over_receipt=asked, by=buyer, reason="")
    operations.decline_over_receipt(over_receipt=asked, by=buyer, reason="Send it back")

    asked.refresh_from_db()
    assert (asked.status, asked.verdict, asked.decided_by) == ("declined", "Send it back", buyer)
    assert (again(row).supply.done, StockMovement.objects.count()) == (0, 0)
    with pytest.raises(Refused, match=rf"The receipt of 120 pcs on P-1001/10 is declined by {buyer}\."):
        approve(asked, buyer)


def test_who_asked_withdraws_the_question_and_may_ask_again(row, warehouse_keeper, buyer):
    asked = ask(row, warehouse_keeper)

    operations.withdraw_over_receipt(over_receipt=asked, by=warehouse_keeper, reason="Counted wrong")

    asked.refresh_from_db()
    assert (asked.status, asked.verdict, asked.decided_by) == ("withdrawn", "Counted wrong", warehouse_keeper)
    assert (again(row).supply.done, StockMovement.objects.count()) == (0, 0)
    with pytest.raises(Refused, match=rf"The receipt of 120 pcs on P-1001/10 is withdrawn by {warehouse_keeper}\."):
        approve(asked, buyer)
    assert ask(row, warehouse_keeper, quantity=115).is_waiting


def test_nobody_else_withdraws_a_question_and_nobody_once_it_is_decided(row, warehouse_keeper, buyer):
    asked = ask(row, warehouse_keeper)

    with pytest.raises(Refused, match=rf"{warehouse_keeper} asked about the .*: nobody else takes that back"):
        operations.withdraw_over_receipt(over_receipt=asked, by=buyer)
    approve(asked, buyer)
    with pytest.raises(Refused, match=rf"The receipt of 120 pcs on P-1001/10 is approved by {buyer}\."):
        operations.withdraw_over_receipt(over_receipt=asked, by=warehouse_keeper)


def test_recall_declines_what_waits_and_the_row_stays_in_sight_when_it_is_removed(row, warehouse_keeper, buyer):
    asked = ask(row, warehouse_keeper)
    operations.recall(order=row.order, by=buyer)

    operations.remove_row(row=again(row), by=buyer)

    asked.refresh_from_db()
    assert (asked.status, asked.verdict, asked.decided_by) == ("declined", "P-1001 was recalled", buyer)
    assert again(row).supply.status == "cancelled"


def test_nothing_more_than_ordered_of_a_service_or_a_drop_shipment_is_asked_for(warehouse_keeper, warehouse_client):
    service = purchase_row(part=ServicePartFactory(), quantity=3, sent=True)
    straight = purchase_order(drop_shipment=True, delivery_address="Hamburg")
    straight = purchase_row(order=straight, quantity=3, sent=True)

    with pytest.raises(Refused, match=r"is a service: nothing more than was ordered of P-1001/10 can be kept\."):
        ask(service, warehouse_keeper, quantity=4)
    with pytest.raises(Refused, match=r"P-1001 goes straight to the customer: nothing more than was ordered of"):
        ask(straight, warehouse_keeper, quantity=4)
    for one in (service, straight):
        assertNotContains(warehouse_client.get(page("receive", one.pk)), "Ask a buyer")


def test_database_keeps_what_was_decided_whole(row, warehouse_keeper):
    asked = ask(row, warehouse_keeper)

    with pytest.raises(IntegrityError, match="over_receipt_decided_whole"), transaction.atomic():
        OverReceipt.objects.filter(pk=asked.pk).update(status="approved")
    with pytest.raises(IntegrityError, match="over_receipt_one_waits"):
        OverReceipt.objects.create(
            row=row, quantity=1, effective_on=TODAY, reason="x", seen={}, created_by=warehouse_keeper
        )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_buyers_post_it_once(row, warehouse_keeper, buyer):
    asked = ask(row, warehouse_keeper)

    had_to_wait, outcome = run_before_commit(lambda: approve(asked, buyer), lambda: approve(asked, buyer))

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert again(row).supply.done == 120


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_question_is_withdrawn_or_approved_but_not_both(row, warehouse_keeper, buyer):
    asked = ask(row, warehouse_keeper)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.withdraw_over_receipt(over_receipt=asked, by=warehouse_keeper), lambda: approve(asked, buyer)
    )

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert again(row).supply.done == 0


def test_warehouse_asks_on_the_receipt_page_and_the_buyer_finds_it(row, warehouse_client, buyer_client):
    typed = {"quantity": "120", "effective_on": "2026-03-02", "ask_buyer": "1"}

    response = warehouse_client.post(page("receive", row.pk), typed)
    assertContains(response, "Give the reason for taking in more than was ordered.", status_code=422)
    response = warehouse_client.post(page("receive", row.pk), typed | {"reason": "Full pallet"}, follow=True)

    assertContains(response, "A buyer is asked; nothing is posted until it is approved.")
    assertContains(response, "Full pallet")
    assertNotContains(response, "Look and post")
    [asked] = OverReceipt.objects.all()
    assert queries.home_over_receipts()[1:4] == ("purchasing:over_list", "?status=waiting", 1)
    shown = buyer_client.get(page("over_list"), {"status": "waiting"})
    assertContains(shown, page("approve_over", asked.pk))
    assertNotContains(warehouse_client.get(page("over_list")), page("approve_over", asked.pk))


def test_rejected_goods_are_posted_by_themselves(row, warehouse_client):
    typed = {"quantity": "120", "effective_on": "2026-03-02", "reason": "x", "ask_buyer": "1"}

    response = warehouse_client.post(page("receive", row.pk), typed | {"rejected": "3", "code": "damaged"})

    assertContains(response, "Post what was rejected by itself", status_code=422)


def test_buyer_sees_the_receipt_rehearsed_on_todays_figures_and_posts_it(row, warehouse_keeper, buyer, buyer_client):
    made = link(demand=demand_of(row, quantity=30), supply=row.supply, quantity=Decimal(30), by=buyer)
    asked = ask(row, warehouse_keeper, reference="D-7")
    disconnect(link=made, quantity=Decimal(10), by=buyer)

    shown = buyer_client.get(page("approve_over", asked.pk))

    form = shown.context["form"]
    assert shown.context["rehearsal"].quantity == 120
    assert [form[name].value() for name in ("reference", "reason")] == ["D-7", "Full pallet"]
    assertContains(shown, "free: 80 now, 70 then")
    typed = {name: form[name].value() for name in ("reference", "reason", "effective_on")}
    typed |= {"quantity": "120", "seen": shown.context["seen"]}
    assertContains(
        buyer_client.post(page("approve_over", asked.pk), typed, follow=True), "120 pcs of P-1001/10 received."
    )
    assert again(row).supply.done == 120


def test_posting_on_figures_that_moved_shows_them_and_posts_nothing(row, warehouse_keeper, buyer_client):
    asked = ask(row, warehouse_keeper)
    typed = {"quantity": "120", "effective_on": "2026-03-02", "reason": "x", "seen": "0=70"}

    response = buyer_client.post(page("approve_over", asked.pk), typed)

    assertContains(response, "Nothing is posted", status_code=409)
    assert again(row).supply.done == 0


def test_buyer_declines_with_a_reason_on_the_page(row, warehouse_keeper, buyer_client):
    asked = ask(row, warehouse_keeper)

    assert buyer_client.post(page("decline_over", asked.pk), {"reason": ""}).status_code == 422
    buyer_client.post(page("decline_over", asked.pk), {"reason": "Send it back"})

    assertContains(buyer_client.get(page("order", row.order_id)), "Send it back")


def test_only_who_asked_is_offered_to_withdraw_and_does_on_the_page(
    row, warehouse_keeper, warehouse_client, buyer_client
):
    asked = ask(row, warehouse_keeper)
    places = [page("over_list"), page("order", row.order_id), page("receive", row.pk)]

    for place in places:
        assertContains(warehouse_client.get(place), page("withdraw_over", asked.pk))
        assertNotContains(buyer_client.get(place), page("withdraw_over", asked.pk))
    answer = warehouse_client.post(page("withdraw_over", asked.pk), {"reason": "Counted wrong"}, follow=True)

    assertContains(answer, "The question about the receipt of 120 pcs on P-1001/10 is withdrawn.")
    assertContains(warehouse_client.get(page("order", row.order_id)), "Counted wrong")


@pytest.mark.parametrize("count", [1, 3])
def test_over_list_query_count_does_not_grow(count, warehouse_keeper, buyer, buyer_client, django_assert_num_queries):
    for _ in range(count):
        ask(purchase_row(quantity=100, sent=True, by=buyer), warehouse_keeper)
    buyer_client.get(page("over_list"))

    with django_assert_num_queries(6):
        buyer_client.get(page("over_list"))
