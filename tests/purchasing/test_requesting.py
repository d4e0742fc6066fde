"""Changes after sending: counted from what the supplier knows, sent as a request, accepted or taken back."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.register.models import Setting
from linkage.models import OrderLink, UndecidedChange
from linkage.operations import link
from purchasing import operations
from purchasing.differences import differences
from purchasing.models import ChangeRequest, Dispatch, PurchaseOrder, PurchaseOrderRow
from tests.factories import PartFactory, SupplierFactory, UserFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import DUE, again, demand_of, purchase_order, purchase_row
from tests.races import run_before_commit

pytestmark = pytest.mark.django_db
EARLIER, LATER = date(2026, 3, 11), date(2026, 3, 27)


def sent_row(by, **facts):
    supplier = SupplierFactory(name="Nordhub AB", language="sv")
    order = purchase_order(supplier=supplier, by=by)
    return purchase_row(**{"quantity": 100, "price": Decimal("2.5"), "order": order, "sent": True, "by": by} | facts)


def raised(row, by, quantity=120, **facts):
    operations.change_row(row=again(row), quantity=Decimal(quantity), by=by, **facts)
    return again(row)


def asked(row, by):
    return operations.send_changes(order=again(row).order, how="other", by=by)


def told(row):
    """[(position, kind, {fact: (old, new)})] that the supplier has not been told of the row's order."""
    order = PurchaseOrder.objects.for_list().get(pk=row.order_id)
    rows = list(order.rows.for_list().order_by("position"))
    return [(one.row.position, str(one.kind), one.shown) for one in differences(order, rows)]


def page(name, *args):
    return reverse(f"purchasing:{name}", args=args)


def test_draft_has_nothing_to_tell(buyer):
    row = raised(purchase_row(by=buyer), buyer)

    assert told(row) == []


def test_changed_row_differs_from_what_the_supplier_knows(buyer):
    row = raised(sent_row(buyer), buyer, due_date=LATER, price=Decimal(3))

    assert told(row) == [
        (10, "changed", {"quantity": (100, 120), "on": (DUE, LATER), "price": (Decimal("2.5"), 3)}),
    ]


def test_added_removed_and_split_rows_are_changes(buyer):
    row = sent_row(buyer)
    place = {"order": row.order, "warehouse": row.supply.warehouse, "price": Decimal(1), "by": buyer}
    gone = purchase_row(quantity=7, part=PartFactory(), **place)
    operations.recall(order=row.order, by=buyer)
    operations.send(order=again(row).order, by=buyer)
    operations.short_close(row=again(gone), by=buyer)
    purchase_row(quantity=5, part=PartFactory(), **place)
    parts = [operations.NewPart(quantity=Decimal(60)), operations.NewPart(quantity=Decimal(40))]
    operations.split_row(row=again(row), parts=parts, by=buyer)

    assert [(position, kind, facts["quantity"]) for position, kind, facts in told(row)] == [
        (10, "changed", (100, 60)),
        (15, "added", (None, 40)),
        (20, "removed", (7, None)),
        (30, "added", (None, 5)),
    ]


def test_untold_rows_are_found_as_they_are_counted(buyer):
    same, changed, draft = sent_row(buyer), raised(sent_row(buyer), buyer), purchase_row(by=buyer)
    gone = sent_row(buyer)
    operations.short_close(row=gone, by=buyer)

    found = set(PurchaseOrderRow.objects.untold().values_list("pk", flat=True))

    assert found == {changed.pk, gone.pk}
    assert [bool(told(row)) for row in (same, changed, draft, gone)] == [False, True, False, True]


def test_what_arrived_is_no_change(buyer):
    row = sent_row(buyer)
    operations.receive(row=row, quantity=Decimal(90), by=buyer, effective_on=TODAY, final=True)

    assert told(row) == []
    assert not PurchaseOrderRow.objects.untold().exists()


def test_closed_order_leaves_nothing_to_tell(buyer):
    row = sent_row(buyer)
    other = purchase_row(order=row.order, quantity=5, warehouse=row.supply.warehouse, by=buyer)
    operations.recall(order=row.order, by=buyer)
    operations.send(order=again(row).order, by=buyer)
    operations.receive(row=again(row), quantity=Decimal(100), by=buyer, effective_on=TODAY)

    operations.short_close(row=again(other), by=buyer)

    assert (again(row).order.status, told(row)) == ("closed", [])
    assert not PurchaseOrderRow.objects.untold().exists()


def test_paper_after_a_short_close_orders_what_has_arrived(buyer):
    row = sent_row(buyer)
    other = purchase_row(order=row.order, quantity=5, warehouse=row.supply.warehouse, price=Decimal(1), by=buyer)
    operations.receive(row=row, quantity=Decimal(40), by=buyer, effective_on=TODAY, final=True)

    texts = asked(other, buyer).dispatch.texts

    assert [line["quantity"] for line in texts["data"]] == ["40", "5"]
    assert [line["quantity"] for line in texts["rows"]] == ["40 st", "5 st"]
    assert (texts["data"][0]["amount"], texts["total"]) == ("100", "105,00 EUR")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("server", "says"),
    [
        ("tests.purchasing.test_sending.Broken", "P-1001, change 1 is made, but its mail has not gone out;"),
        (None, "P-1001, change 1 waits for the supplier&#x27;s answer;"),
    ],
)
def test_request_says_whether_its_mail_went_out(buyer, buyer_client, settings, server, says):
    row = raised(sent_row(buyer), buyer)
    settings.EMAIL_BACKEND = server or settings.EMAIL_BACKEND

    typed = {"how": "email", "address": "orders@nordhub.example"}
    buyer_client.post(page("send_changes", row.order_id), typed)

    assertContains(buyer_client.get(page("order", row.order_id)), says)


def test_send_changes_makes_a_numbered_request_with_old_and_new(buyer):
    row = raised(sent_row(buyer), buyer, due_date=LATER)

    request = asked(row, buyer)

    texts = request.dispatch.texts
    assert (request.number, request.status, request.dispatch.version) == (1, "waiting", 2)
    assert texts["title"] == "Orderändring P-1001/1"
    assert [(line["what"], line["was"], line["is_now"]) for line in texts["changes"]] == [
        ("Antal", "100 st", "120 st"),
        ("Leveransdatum", "2026-03-18", "2026-03-27"),
    ]
    assert (again(row).wanted_quantity, again(row).wanted_on) == (120, LATER)


def test_send_changes_twice_asks_from_what_was_agreed_and_replaces_the_first(buyer):
    row = raised(sent_row(buyer), buyer)
    first = asked(row, buyer)
    raised(row, buyer, quantity=150)

    second = asked(row, buyer)

    first.refresh_from_db()
    [line] = second.lines.all()
    assert (first.status, second.number, line.old_quantity, line.new_quantity) == ("replaced", 2, 100, 150)


def test_send_changes_without_any_is_refused(buyer):
    row = sent_row(buyer)

    with pytest.raises(Refused, match=r"The supplier knows P-1001 as it is; there is no change to send\."):
        asked(row, buyer)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_buyers_send_the_same_changes_one_after_the_other(mailoutbox):
    ours, theirs = UserFactory(), UserFactory()
    row = raised(sent_row(ours), ours)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.send_changes(order=row.order, how="other", by=ours),
        lambda: operations.send_changes(order=row.order, how="other", by=theirs),
    )

    assert had_to_wait
    assert (outcome.number, list(ChangeRequest.objects.order_by("number").values_list("status", flat=True))) == (
        2,
        ["replaced", "waiting"],
    )


def test_accepted_change_is_known_and_confirmed(buyer):
    row = raised(sent_row(buyer), buyer, due_date=LATER)
    request = asked(row, buyer)

    operations.answer_changes(request=request, by=buyer, supplier_reference="OC-9")

    request.refresh_from_db()
    row = again(row)
    assert (request.status, request.supplier_reference, told(row)) == ("accepted", "OC-9", [])
    assert (row.is_confirmed, row.agreed_quantity, row.confirmed_on, row.order.status) == (
        True,
        120,
        LATER,
        "confirmed",
    )


def test_accepted_cancellation_is_forgotten(buyer):
    row = sent_row(buyer)
    operations.short_close(row=row, by=buyer)
    request = asked(row, buyer)

    operations.answer_changes(request=request, by=buyer)

    assert (told(row), again(row).agreed_quantity) == ([], None)


def test_declined_change_goes_back_to_what_was_agreed(buyer):
    row = raised(sent_row(buyer), buyer, due_date=EARLIER, price=Decimal(2))
    request = asked(row, buyer)

    operations.answer_changes(request=request, declined=[request.lines.get().pk], by=buyer)

    row = again(row)
    assert (row.quantity, row.supply.quantity, row.supply.due_date, row.price) == (100, 100, DUE, Decimal("2.5"))
    assert (row.wanted_quantity, row.wanted_on) == (100, DUE)
    assert (told(row), ChangeRequest.objects.get().status) == ([], "declined")


def test_declined_raise_takes_the_links_that_no_longer_fit(buyer):
    row = raised(sent_row(buyer), buyer)
    promise = link(demand=demand_of(row, quantity=110), supply=row.supply, quantity=Decimal(110), by=buyer)
    request = asked(row, buyer)

    operations.answer_changes(request=request, declined=[request.lines.get().pk], by=buyer)

    promise.refresh_from_db()
    assert (promise.open, UndecidedChange.objects.waiting().get().quantity) == (100, 10)


def test_declined_new_row_ends(buyer):
    row = sent_row(buyer)
    new = purchase_row(quantity=5, part=PartFactory(), order=row.order, warehouse=row.supply.warehouse, by=buyer)
    request = asked(row, buyer)

    operations.answer_changes(request=request, declined=[request.lines.get().pk], by=buyer)

    assert (again(new).supply.status, told(row)) == ("cancelled", [])


def test_declined_cancellation_brings_the_goods_back_as_a_new_row(buyer):
    row, other = sent_row(buyer), PartFactory()
    purchase_row(quantity=5, part=other, order=row.order, warehouse=row.supply.warehouse, by=buyer)
    operations.short_close(row=again(row), by=buyer)
    request = asked(row, buyer)
    line = request.lines.get(kind="removed")

    operations.answer_changes(request=request, declined=[line.pk], by=buyer)

    back = PurchaseOrderRow.objects.for_list().get(order=row.order_id, position=30)
    assert (back.supply.part, back.quantity, back.supply.due_date, back.price) == (row.supply.part, 100, DUE, row.price)
    assert (told(row), ChangeRequest.objects.get().status) == ([], "partly")


def test_declined_cancellation_of_a_whole_order_is_refused(buyer):
    row = sent_row(buyer)
    operations.cancel(order=row.order, by=buyer)
    request = asked(row, buyer)

    with pytest.raises(Refused, match=r"P-1001 is cancelled; nothing of it can go back\."):
        operations.answer_changes(request=request, declined=[request.lines.get().pk], by=buyer)


def test_answer_twice_is_refused(buyer):
    request = asked(raised(sent_row(buyer), buyer), buyer)
    operations.answer_changes(request=request, by=buyer)

    with pytest.raises(Refused, match=r"P-1001, change 1 is accepted\."):
        operations.answer_changes(request=request, by=buyer)


def test_recall_withdraws_a_request(buyer):
    request = asked(raised(sent_row(buyer), buyer), buyer)

    operations.recall(order=request.order, by=buyer)

    request.refresh_from_db()
    assert request.status == "withdrawn"


def test_recalled_row_that_was_in_a_request_stays_in_sight_when_it_is_removed(buyer):
    row = raised(sent_row(buyer), buyer)
    asked(row, buyer)
    operations.recall(order=row.order, by=buyer)

    operations.remove_row(row=again(row), by=buyer)

    assert again(row).supply.status == "cancelled"


def test_confirmation_does_not_swallow_a_price_that_was_not_told(buyer):
    row = sent_row(buyer)
    operations.change_row(row=row, price=Decimal(2), by=buyer)

    operations.confirm(order=row.order, by=buyer)

    assert told(row) == [(10, "changed", {"price": (Decimal("2.5"), 2)})]


def test_declined_change_goes_back_to_what_has_arrived_and_ends_the_row(buyer):
    row = sent_row(buyer)
    request = asked(raised(row, buyer), buyer)
    operations.receive(row=again(row), quantity=Decimal(100), by=buyer, effective_on=TODAY)

    operations.answer_changes(request=request, declined=[request.lines.get().pk], by=buyer)

    row = again(row)
    assert (row.quantity, row.supply.status, row.order.status) == (100, "closed", "received")


def test_declined_cut_links_the_quantity_that_is_back_to_backorders(buyer):
    row = sent_row(buyer)
    request = asked(raised(row, buyer, quantity=80), buyer)
    Setting.objects.create(name="backorder_linking", value=True)
    demand_of(row, quantity=90)

    operations.answer_changes(request=request, declined=[request.lines.get().pk], by=buyer)

    assert OrderLink.objects.values_list("open", flat=True).get() == 90


def test_one_request_of_an_order_waits(buyer):
    request = asked(raised(sent_row(buyer), buyer), buyer)
    facts = {"order": request.order, "number": 2, "created_by": buyer}
    sent = Dispatch.objects.filter(version=1).get()

    with pytest.raises(IntegrityError, match="change_request_one_waits"), transaction.atomic():
        ChangeRequest.objects.create(dispatch=sent, **facts)


def test_order_page_shows_what_is_not_told_then_what_waits(buyer, buyer_client):
    row = raised(sent_row(buyer), buyer)

    untold = buyer_client.get(page("order", row.order_id))
    waiting = buyer_client.post(page("send_changes", row.order_id), {"how": "other"}, follow=True)

    assertContains(untold, "the supplier does not know")
    assertContains(untold, "Changed: quantity")
    assertContains(untold, "<del>100.00</del> → <b>120.00</b>")
    assertContains(waiting, "P-1001, change 1 waits for its answer.")
    assertNotContains(waiting, "the supplier does not know.")
    assertNotContains(waiting, page("send_changes", row.order_id))


def test_answer_page_shows_first_what_a_declined_line_does(buyer, buyer_client):
    row = raised(sent_row(buyer), buyer)
    promise = link(demand=demand_of(row, quantity=110), supply=row.supply, quantity=Decimal(110), by=buyer)
    request = asked(row, buyer)
    typed = {f"line_{request.lines.get().pk}": "declined"}

    first = buyer_client.post(page("answer_changes", request.pk), typed)
    choice = {f"choice-link-{promise.pk}": "leave", "seen": first.context["report"].fingerprint, "save_change": "1"}
    buyer_client.post(page("answer_changes", request.pk), typed | choice)

    assertContains(first, "lose P-1001/10")
    assert (again(row).quantity, ChangeRequest.objects.get().status) == (100, "declined")


def test_answer_page_asks_for_each_line(buyer, buyer_client):
    request = asked(raised(sent_row(buyer), buyer), buyer)

    response = buyer_client.post(page("answer_changes", request.pk), {})

    assertContains(response, "This field is required.", status_code=422)


def test_change_of_a_price_is_not_shown_to_who_sees_no_costs(buyer, viewer_client):
    row = sent_row(buyer)
    operations.change_row(row=row, price=Decimal("7.25"), by=buyer)
    request = asked(row, buyer)

    order = viewer_client.get(page("order", row.order_id))
    rows = viewer_client.get(page("dispatch_rows", request.dispatch_id))

    assertNotContains(order, "7.25")
    assert b"7.25" not in rows.content


def test_list_and_first_page_find_orders_with_changes(buyer, buyer_client):
    raised(sent_row(buyer), buyer)
    sent_row(buyer)

    assertContains(buyer_client.get(page("order_list"), {"untold": "1"}), "P-1001")
    assertNotContains(buyer_client.get(page("order_list"), {"untold": "1"}), "P-1002")
    assertContains(buyer_client.get("/"), "Changes that suppliers have not agreed to")
