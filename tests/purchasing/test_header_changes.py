"""The header of a sent order: a change of it is counted, sent with the rows' as one request, accepted or taken back."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from purchasing import operations, queries
from purchasing.headers import header_differences
from purchasing.models import ChangeRequestFact, Dispatch, PurchaseOrder
from tests.factories import SupplierFactory, UserFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import again, purchase_order, purchase_row

pytestmark = pytest.mark.django_db
LATER = date(2026, 3, 4)


@pytest.fixture
def order(buyer):
    supplier = SupplierFactory(name="Nordhub AB", language="sv")
    header = purchase_order(supplier=supplier, by=buyer, terms="FCA Turku", delivery_address="Dock 2\r\nTurku")
    return purchase_row(order=header, by=buyer, sent=True).order


def fresh(order):
    return PurchaseOrder.objects.for_list().get(pk=order.pk)


def changed(order, by, **facts):
    operations.change_order(order=fresh(order), by=by, **facts)
    return fresh(order)


def asked(order, by):
    return operations.send_changes(order=fresh(order), how="other", by=by)


def told(order):
    return [(str(one.label), one.old_words, one.new_words) for one in header_differences(fresh(order))]


def answered(request, by, *declined):
    facts = [fact.pk for fact in request.facts.all() if fact.name in declined]
    return operations.answer_changes(request=request, declined_facts=facts, by=by)


def test_nothing_of_a_sent_order_is_untold(order):
    assert told(order) == []
    assert not PurchaseOrder.objects.untold().exists()


def test_every_fact_that_the_supplier_reads_is_a_change(order, buyer):
    eva = UserFactory(first_name="Eva", last_name="Lund")

    changed(
        order,
        buyer,
        ordered_on=LATER,
        buyer=eva,
        goods_label="C-7",
        terms="DAP Turku",
        delivery_address="Gate 1",
        note="Ring first.",
    )

    assert told(order) == [
        ("Order date", "2026-03-02", "2026-03-04"),
        ("Our reference", str(buyer), "Eva Lund"),
        ("Goods label", "", "C-7"),
        ("Terms", "FCA Turku", "DAP Turku"),
        ("Deliver to", "Dock 2\nTurku", "Gate 1"),
        ("Note", "", "Ring first."),
    ]
    assert list(PurchaseOrder.objects.untold()) == list(queries.untold_orders()) == [order]


def test_what_the_supplier_does_not_read_or_said_itself_is_no_change(order, buyer):
    changed(order, buyer, supplier_reference="4711", delivery_address="Dock 2\nTurku")

    assert told(order) == []
    assert not PurchaseOrder.objects.untold().exists()


def test_draft_has_no_header_to_tell(order, buyer):
    changed(order, buyer, note="Ring first.")

    operations.recall(order=fresh(order), by=buyer)

    assert (told(order), fresh(order).told) == ([], None)


def test_order_that_was_sent_before_headers_were_kept_tells_what_changes_from_now_on(order, buyer):
    PurchaseOrder.objects.filter(pk=order.pk).update(told=None)

    changed(order, buyer, note="Ring first.")

    assert told(order) == [("Note", "", "Ring first.")]


def test_request_keeps_the_facts_and_its_document_shows_old_and_new(order, buyer):
    changed(order, buyer, ordered_on=LATER, delivery_address="")

    request = asked(order, buyer)

    assert list(request.facts.values_list("name", "old", "new", "answer")) == [
        ("ordered_on", "2026-03-02", "2026-03-04", "waiting"),
        ("delivery_address", "Dock 2\nTurku", "", "waiting"),
    ]
    texts = Dispatch.objects.get(change_request=request).texts
    assert texts["changes"] == [
        {"pos": "", "part": "", "what": "Orderdatum", "was": "2026-03-02", "is_now": "2026-03-04", "cost": False},
        {
            "pos": "",
            "part": "",
            "what": "Leveransadress",
            "was": "Dock 2, Turku",
            "is_now": "vårt lager",
            "cost": False,
        },
    ]
    assert queries.order_view(fresh(order)).is_untold is False


def test_request_without_any_change_is_refused(order, buyer):
    with pytest.raises(Refused, match=r"The supplier knows P-1001 as it is; there is no change to send\."):
        asked(order, buyer)


def test_changed_again_while_a_request_waits_is_untold_again(order, buyer):
    changed(order, buyer, note="Ring first.")
    first = asked(order, buyer)

    changed(order, buyer, note="Fax first.")

    assert queries.order_view(fresh(order)).is_untold is True
    second = asked(order, buyer)
    first.refresh_from_db()
    assert (first.status, list(second.facts.values_list("old", "new"))) == ("replaced", [("", "Fax first.")])


def test_accepted_facts_are_what_the_supplier_knows(order, buyer):
    changed(order, buyer, note="Ring first.", delivery_address="Gate 1")

    request = answered(asked(order, buyer), buyer)

    assert (request.status, told(order)) == ("accepted", [])
    assert not queries.untold_orders().exists()


def test_declined_facts_go_back_and_the_others_stay(order, buyer):
    eva = UserFactory()
    changed(
        order, buyer, ordered_on=LATER, buyer=eva, note="Ring first.", delivery_address="Gate 1", drop_shipment=True
    )

    request = answered(asked(order, buyer), buyer, "ordered_on", "buyer", "delivery_address")

    now = fresh(order)
    assert (now.document.ordered_on, now.buyer, now.note) == (TODAY, buyer, "Ring first.")
    assert (now.delivery_address, now.drop_shipment) == ("Dock 2\nTurku", False)
    assert (request.status, told(order)) == ("partly", [])
    assert list(request.facts.values_list("name", "answer")) == [
        ("ordered_on", "declined"),
        ("buyer", "declined"),
        ("delivery_address", "declined"),
        ("note", "accepted"),
    ]


def test_declined_fact_that_was_changed_again_stays_as_it_is_now(order, buyer):
    changed(order, buyer, note="Ring first.", goods_label="Dock 4")
    request = asked(order, buyer)
    changed(order, buyer, note="Fax first.")

    answered(request, buyer, "note", "goods_label")

    now = fresh(order)
    assert (now.note, now.goods_label) == ("Fax first.", "")
    assert told(order) == [("Note", "", "Fax first.")]


def test_declined_place_does_not_move_back_once_goods_have_arrived(order, buyer):
    changed(order, buyer, delivery_address="Gate 1")
    request = asked(order, buyer)
    operations.receive(row=order.rows.get(), quantity=Decimal(40), by=buyer, effective_on=TODAY)

    with pytest.raises(Refused, match=r"Something of P-1001 has arrived; where its goods go cannot be changed"):
        answered(request, buyer, "delivery_address")

    assert fresh(order).delivery_address == "Gate 1"


def test_all_declined_is_a_declined_request(order, buyer):
    changed(order, buyer, note="Ring first.")

    assert answered(asked(order, buyer), buyer, "note").status == "declined"


def test_place_stays_once_goods_have_arrived(order, buyer):
    operations.receive(row=order.rows.get(), quantity=Decimal(40), by=buyer, effective_on=TODAY)

    with pytest.raises(Refused, match=r"Something of P-1001 has arrived; where its goods go cannot be changed"):
        changed(order, buyer, delivery_address="Gate 1")


def test_currency_stays_with_a_reason(order, buyer):
    with pytest.raises(Refused, match=r"P-1001 is in EUR, which Nordhub AB is paid in and its prices were agreed in"):
        changed(order, buyer, currency="USD")

    assert changed(order, buyer, currency="EUR").currency == "EUR"


def test_request_names_a_fact_once_and_only_if_it_changes(order, buyer):
    changed(order, buyer, note="Ring first.")
    request = asked(order, buyer)

    with pytest.raises(IntegrityError, match="change_request_fact_once"), transaction.atomic():
        ChangeRequestFact.objects.create(request=request, name="note", old="a", new="b")
    with pytest.raises(IntegrityError, match="change_request_fact_changes"):
        ChangeRequestFact.objects.create(request=request, name="terms", old="a", new="a")


def test_buyer_changes_the_header_asks_and_notes_the_answer_on_the_pages(order, buyer, buyer_client):
    page = reverse("purchasing:order", args=[order.pk])
    form = buyer_client.get(page).context["header_form"]
    posted = {name: form[name].value() or "" for name in form.fields if name not in ("drop_shipment", "operation_key")}
    posted |= {"order_type": "", "buyer": buyer.pk, "ordered_on": "2026-03-02", "terms": "DAP Turku"}

    shown = buyer_client.post(reverse("purchasing:change_order", args=[order.pk]), posted, follow=True)

    assertContains(shown, "the supplier does not know")
    assertContains(shown, "<del>FCA Turku</del>")
    buyer_client.post(reverse("purchasing:send_changes", args=[order.pk]), {"how": "other"})
    request = fresh(order).change_requests.get()
    answer = reverse("purchasing:answer_changes", args=[request.pk])
    [fact] = request.facts.all()
    assertContains(buyer_client.get(answer), "Answer for Terms")
    buyer_client.post(answer, {f"fact_{fact.pk}": "declined"})
    assert fresh(order).terms == "FCA Turku"
    assertContains(buyer_client.get(page), "Terms (declined)")
    assert again(order.rows.get()).order.change_requests.get().status == "declined"
