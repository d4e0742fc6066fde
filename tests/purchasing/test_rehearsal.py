"""Before a receipt is posted its page shows who gets what; what moved since is not posted."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from erp.exceptions import Refused, Stale
from erp.register.operations import change_setting
from linkage.models import OrderLink, StockMovement
from linkage.operations import disconnect, link
from purchasing import operations
from purchasing.models import PurchaseOrderRow
from purchasing.rehearsal import rehearse
from tests.factories import PartFactory, PartnerFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import again, component_for, demand_of, purchase_row

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
KEY = "11111111-1111-4111-8111-111111111111"
FORM = {"quantity": "40", "effective_on": "2026-03-02", "reference": "DN-7"}


@pytest.fixture
def row():
    return purchase_row(sent=True)


def promise(row, by, quantity, *, kind="claimed", **facts):
    demand = demand_of(row, quantity=quantity, **facts)
    return link(demand=demand, supply=row.supply, quantity=Decimal(quantity), by=by, kind=kind, accept_warnings=True)


def page(row):
    return reverse("purchasing:receive", args=[row.pk])


def seen(row):
    return {made.pk: made.to_come for made in OrderLink.objects.filter(supply=row.supply)} | {0: row.supply.free}


def shares(rehearsal):
    return {taker.link.pk: taker.share for taker in rehearsal.takers}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("need-date", [0, 30, 10]), ("priority", [30, 10, 0]), ("equal", [14, 13, 13])],
)
def test_rehearse_shares_out_under_each_policy(row, buyer, policy, expected):
    urgent = promise(row, buyer, 30, need_date=date(2026, 6, 1), priority=1)
    early = promise(row, buyer, 30, need_date=date(2026, 4, 1), priority=5)
    late = promise(row, buyer, 30, need_date=date(2026, 5, 1), priority=9)

    found = rehearse(row, typed="40", policy=policy)

    assert [shares(found)[made.pk] for made in (urgent, early, late)] == expected
    assert (found.given, found.free, found.still) == (40, 0, 60)


def test_the_policy_of_the_receiver_goes_before_the_setting(row, buyer, admin_user):
    change_setting(name="receipt_distribution", value="need-date", by=admin_user)
    urgent = promise(row, buyer, 30, need_date=date(2026, 6, 1), priority=1)
    promise(row, buyer, 30, need_date=date(2026, 4, 1), priority=5)

    operations.receive(row=row, quantity=Decimal(30), policy="priority", by=buyer, effective_on=TODAY)

    urgent.refresh_from_db()
    assert urgent.on_shelf == 30


def test_receive_page_shows_customer_need_slack_kind_and_contract(row, buyer, warehouse_client):
    customer = PartnerFactory(name="Next-Door Bikes")
    promise(row, buyer, 30, need_date=date(2020, 4, 1), kind="bound", order={"partner": customer})

    response = warehouse_client.get(page(row))

    assertContains(response, "Next-Door Bikes")
    assertContains(response, "2020-04-01")
    assertContains(response, "Bound")
    assertContains(response, "late by")


def test_receive_page_counts_the_sums_of_what_is_typed(row, buyer, warehouse_client):
    made = promise(row, buyer, 30)

    response = warehouse_client.post(page(row), FORM | {f"share_{made.pk}": "12", "count": "1"}, headers=HTMX)

    assertContains(response, "<dt>To links</dt><dd>12.00</dd>", html=True)
    assertContains(response, "<dt>Free stock</dt><dd>28.00</dd>", html=True)
    assertContains(response, "18.00")
    assert not StockMovement.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("97", "The row is then received: 3.00 pcs missing are within its tolerance of"),
        ("60", "Tick “Cut contract links too” to post that."),
    ],
    ids=["within tolerance", "short"],
)
def test_receive_page_says_what_a_final_receipt_cuts_of_a_contract_link(row, buyer, warehouse_client, typed, sentence):
    component = component_for(row, quantity=100)
    PurchaseOrderRow.objects.filter(pk=row.pk).update(under_tolerance=5)
    operations.link_to_component(row=row, component=component, quantity=Decimal(100), wider=True, by=buyer)

    response = warehouse_client.post(page(row), FORM | {"quantity": typed, "share_out": "1"})

    cut = f"{100 - int(typed)}.00 of 100.00 {row.supply.part.unit}"
    assertContains(response, f"If this is final, contract links are cut: {component} {cut}.")
    assertContains(response, sentence)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_stale_form_is_refused_with_both_figures_and_keeps_what_was_typed(row, buyer, warehouse_client, headers):
    made = promise(row, buyer, 30)
    shown = "".join(f"{pk}={quantity:f}," for pk, quantity in seen(again(row)).items())
    disconnect(link=made, quantity=Decimal(10), by=buyer)
    form = FORM | {f"share_{made.pk}": "25", "seen": shown}

    response = warehouse_client.post(page(row), form, headers=headers)

    assertContains(response, f"{made.demand}: 20 now, 30 shown", status_code=409)
    assertContains(response, "free: 80 now, 70 shown", status_code=409)
    assertContains(response, f'name="share_{made.pk}" value="25"', status_code=409)
    assertContains(response, 'value="DN-7"', status_code=409)
    assert not StockMovement.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"quantity": "1.5"}, "quantity", "1.5 pcs has too many decimals: pcs allows whole numbers only."),
        ({"rejected": "0.5", "code": "damaged"}, "rejected", "0.5 pcs has too many decimals: pcs allows"),
        ({"share": "31"}, "share", "At most 30 pcs."),
        ({"share": "2.5"}, "share", "2.5 pcs has too many decimals: pcs allows whole numbers only."),
        ({"quantity": "101"}, "quantity", "1 pcs more than ordered; 0 are allowed. Ask a buyer, with a reason."),
    ],
)
def test_receive_page_says_at_its_field_what_would_be_refused(row, buyer, warehouse_client, typed, field, sentence):
    name = f"share_{promise(row, buyer, 30).pk}"
    typed = {name if key == "share" else key: value for key, value in typed.items()}

    response = warehouse_client.post(page(row), FORM | typed)

    [(where, [words])] = response.context["form"].errors.items()
    assert (response.status_code, where) == (422, name if field == "share" else field)
    assert words.startswith(sentence)
    assert StockMovement.objects.count() == 0


def test_buyer_is_told_to_approve_and_then_to_say_why(row, buyer_client):
    form = FORM | {"quantity": "110"}

    told = buyer_client.post(page(row), form)
    assertContains(told, "10 pcs more than ordered; 0 are allowed. Approve it below, with a reason.", status_code=422)
    told = buyer_client.post(page(row), form | {"approve_over": "on"})
    assertContains(told, "Give the reason for taking in more than was ordered.", status_code=422)
    buyer_client.post(page(row), form | {"approve_over": "on", "reason": "Full pallet"})

    assert again(row).supply.done == 110


def test_a_receipt_whose_answer_was_lost_is_not_called_a_move(row, buyer, warehouse_client):
    made = promise(row, buyer, 30)
    form = FORM | {f"share_{made.pk}": "30", "seen": f"{made.pk}=30,0=70", "operation_key": KEY}
    warehouse_client.post(page(row), form)

    response = warehouse_client.post(page(row), form)

    assertRedirects(response, reverse("purchasing:order", args=[row.order_id]), fetch_redirect_response=False)
    assert again(row).supply.done == 40


@pytest.mark.parametrize(("owed", "still"), [("no", "0.00"), ("yes", "10.00")])
def test_what_is_rejected_without_replacement_is_not_to_come(row, warehouse_client, owed, still):
    form = FORM | {"quantity": "90", "rejected": "10", "code": "damaged", "owed": owed, "count": "1"}

    response = warehouse_client.post(page(row), form, headers=HTMX)

    assertContains(response, f"<dt>Still to come</dt><dd>{still}</dd>", html=True)


def test_share_out_without_javascript_keeps_what_was_typed(row, warehouse_client):
    response = warehouse_client.post(page(row), FORM | {"quantity": "1,500", "share_out": "1"})

    assertContains(response, 'name="quantity" value="1,500"')


def test_share_out_without_javascript_keeps_the_serial_numbers(warehouse_client):
    row = purchase_row(part=PartFactory(is_serial_traced=True), sent=True)

    response = warehouse_client.post(page(row), FORM | {"quantity": "2", "serials": "A-1..A-2", "share_out": "1"})

    assertContains(response, 'name="serials" value="A-1..A-2"')


def test_what_was_shown_is_what_is_posted(row, buyer, warehouse_client):
    made = promise(row, buyer, 30)
    page_shown = warehouse_client.get(page(row), {"quantity": "40"}).context["seen"]

    warehouse_client.post(page(row), FORM | {f"share_{made.pk}": "30", "seen": page_shown})

    made.refresh_from_db()
    assert made.on_shelf == 30


def test_receive_refuses_what_moved_between_the_look_and_the_lock(row, buyer):
    made = promise(row, buyer, 30)
    before = seen(again(row))
    disconnect(link=made, quantity=Decimal(10), by=buyer)

    with pytest.raises(Stale) as refusal:
        operations.receive(row=row, quantity=Decimal(40), seen=before, by=buyer, effective_on=TODAY)

    assert refusal.value.theirs == {"free": ("80", "70"), str(made.demand): ("20", "30")}


def test_goods_cannot_be_free_while_they_are_promised(row, buyer):
    made = promise(row, buyer, 30)

    with pytest.raises(Refused, match=r"Only 0 pcs of P-1001/10 are to come after this.* give 10 more to them"):
        operations.receive(row=row, quantity=Decimal(100), shares={made.pk: Decimal(20)}, by=buyer, effective_on=TODAY)


def test_over_receipt_is_free_stock_and_never_for_a_link(row, buyer):
    made = promise(row, buyer, 100)

    row = operations.receive(
        row=row, quantity=Decimal(104), approve_over=True, reason="Full pallet", by=buyer, effective_on=TODAY
    )

    made.refresh_from_db()
    assert (made.on_shelf, row.supply.done) == (100, 104)
    assert list(StockMovement.objects.order_by("pk").values_list("quantity", "link")) == [(100, made.pk), (4, None)]


def test_only_a_buyer_is_offered_the_approval(row, warehouse_client, buyer_client):
    assertNotContains(warehouse_client.get(page(row)), "approve_over")
    assertContains(buyer_client.get(page(row)), "approve_over")
    assertContains(warehouse_client.get(page(row), {"quantity": "104"}), "Beyond that a buyer posts it")


@pytest.mark.parametrize("junk", ["x", "1=y", "=,=", "9" * 50 + "=1", "1=-"])
def test_a_form_with_nonsense_for_what_was_shown_is_posted_by_what_is(row, warehouse_client, junk):
    warehouse_client.post(page(row), FORM | {"seen": junk})

    assert again(row).supply.done == 40
