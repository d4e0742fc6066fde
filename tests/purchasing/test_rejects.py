"""Goods that came and were refused: nobody's stock, seen everywhere, and taken back."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from linkage.drift import findings
from linkage.models import StockMovement
from linkage.operations import link
from linkage.operations.stock import balance_of
from purchasing import operations, queries
from purchasing.models import Reject
from purchasing.operations import Rejected
from purchasing.quality import quality_of, rejects_of
from tests.factories import UnitConversionFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import again, component_for, demand_of, purchase_order, purchase_row

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
FORM = {"quantity": "30", "effective_on": "2026-03-02", "reference": "DN-1"}


def bad(quantity, **facts):
    return Rejected(Decimal(quantity), **{"code": "damaged", **facts})


def receive(row, quantity, by, **options):
    return operations.receive(row=row, quantity=Decimal(quantity), by=by, effective_on=TODAY, **options)


def promise(row, by, *, quantity=60, **options):
    demand = demand_of(row, quantity=quantity, need_date=options.pop("need_date", date(2026, 4, 1)))
    return link(demand=demand, supply=row.supply, quantity=Decimal(quantity), by=by, accept_warnings=True, **options)


def to_come(*links):
    for made in links:
        made.refresh_from_db()
    return tuple(made.to_come for made in links)


def on_hand(row):
    return balance_of(row.supply.part, row.supply.warehouse).quantity


def assert_adds_up():
    """Nothing is found but that the factories' demands belong to no order row."""
    assert [finding for finding in findings() if "no row owns it" not in finding.what] == []


def test_rejected_goods_are_nobodys_stock_and_still_to_come(warehouse_keeper, buyer):
    row = purchase_row(sent=True)
    made = promise(row, buyer)

    row = receive(row, 30, warehouse_keeper, rejected=bad(10, note="wet"), reference="DN-1")

    assert (row.supply.done, row.supply.open, on_hand(row), to_come(made)) == (30, 70, 30, (30,))
    assert Reject.objects.values_list("quantity", "code", "note", "owed", "given_up", "reference").get() == (
        10, "damaged", "wet", True, 0, "DN-1",
    )  # fmt: skip
    assert_adds_up()


def test_a_delivery_that_is_rejected_whole_posts_no_goods(warehouse_keeper):
    row = purchase_row(sent=True)

    row = receive(row, 0, warehouse_keeper, rejected=bad(100))

    assert (row.order.status, row.supply.status, row.supply.open) == ("sent", "firm", 100)
    assert not StockMovement.objects.exists()


def test_rejected_without_replacement_takes_free_goods_first_then_claimed_then_bound(warehouse_keeper, buyer):
    row = purchase_row(sent=True)
    bound = promise(row, buyer, quantity=20, kind="bound")
    late = promise(row, buyer, quantity=20, need_date=date(2026, 6, 1))
    early = promise(row, buyer, quantity=20)

    row = receive(row, 0, warehouse_keeper, rejected=bad(70, owed=False))

    assert to_come(bound, late, early) == (20, 0, 10)
    assert (row.quantity, row.supply.open, row.supply.cancelled) == (30, 30, 70)
    late.demand.refresh_from_db()
    assert late.demand.uncovered == 20
    assert_adds_up()


def test_all_that_was_missing_rejected_without_replacement_closes_the_row_short(warehouse_keeper):
    row = purchase_row(sent=True)

    row = receive(row, 80, warehouse_keeper, rejected=bad(20, owed=False))

    assert (row.order.status, row.short_closed, row.short_closed_reason) == ("closed", True, "rejected: Damaged")


def test_a_contract_link_loses_rejected_goods_only_after_a_question(warehouse_keeper, buyer):
    row = purchase_row(sent=True)
    component = component_for(row, quantity=100)
    made = operations.link_to_component(row=row, component=component, wider=True, quantity=Decimal(90), by=buyer)

    with pytest.raises(Refused, match=r"is contract-linked to .* Confirm that these links are cut"):
        receive(row, 0, warehouse_keeper, rejected=bad(20, owed=False))
    receive(row, 0, warehouse_keeper, rejected=bad(20, owed=False), cut_contract=True)

    assert to_come(made) == (80,)


@pytest.mark.parametrize(
    ("rejected", "sentence"),
    [
        (bad(0), r"Enter a rejected quantity above 0\."),
        (bad(1, code="other"), r"Say in words why it was rejected\."),
        (bad("0.5"), "whole pieces|decimals|pcs"),
    ],
    ids=["nothing", "other without words", "half a piece"],
)
def test_reject_says_what_is_wrong(warehouse_keeper, rejected, sentence):
    row = purchase_row(sent=True)

    with pytest.raises(Refused, match=sentence):
        receive(row, 1, warehouse_keeper, rejected=rejected)


def test_reject_counts_in_the_unit_of_the_row(warehouse_keeper):
    box = UnitConversionFactory(numerator=12).unit
    row = purchase_row(quantity=5, unit=box, sent=True)

    row = receive(row, 2, warehouse_keeper, rejected=bad(1, owed=False))

    assert (row.quantity, row.supply.cancelled, row.supply.open) == (4, 12, 24)


def test_the_database_refuses_a_reject_of_no_known_kind(warehouse_keeper):
    row = purchase_row(sent=True)
    facts = {"row": row, "quantity": 1, "effective_on": TODAY, "created_by": warehouse_keeper}

    for wrong in ({"code": "whatever"}, {"code": "other"}, {"code": "damaged", "given_up": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reject.objects.create(**facts | wrong)


def test_take_back_a_reject_that_left_the_order_lets_it_come_again(warehouse_keeper):
    row = purchase_row(sent=True)
    receive(row, 80, warehouse_keeper, rejected=bad(20, owed=False))

    row = operations.take_back_reject(row=row, reject=Reject.objects.get(), by=warehouse_keeper)

    assert (row.order.status, row.supply.status, row.supply.open) == ("partly_received", "started", 20)
    assert (row.short_closed, row.quantity, Reject.objects.standing().count()) == (False, 100, 0)
    assert_adds_up()


def test_take_back_restores_the_quantity_of_an_open_row(warehouse_keeper):
    row = purchase_row(sent=True)
    receive(row, 0, warehouse_keeper, rejected=bad(20, owed=False))

    row = operations.take_back_reject(row=row, reject=Reject.objects.get(), by=warehouse_keeper)

    assert (row.quantity, row.supply.open, row.supply.status, row.order.status) == (100, 100, "firm", "sent")


def test_take_back_leaves_a_row_closed_of_which_all_has_come_meanwhile(buyer):
    row = purchase_row(sent=True)
    receive(row, 85, buyer, rejected=bad(10, owed=False))
    receive(again(row), 20, buyer, approve_over=True, reason="Full pallet")

    row = operations.take_back_reject(row=again(row), reject=Reject.objects.get(), by=buyer)

    assert (row.order.status, row.supply.status, row.supply.open, row.quantity) == ("received", "closed", 0, 100)
    assert_adds_up()


def test_take_back_of_a_reject_leaves_a_recalled_order_a_draft(warehouse_keeper, buyer):
    row = purchase_row(sent=True)
    receive(row, 0, warehouse_keeper, rejected=bad(20, owed=False))
    operations.recall(order=row.order, by=buyer)

    row = operations.take_back_reject(row=again(row), reject=Reject.objects.get(), by=warehouse_keeper)

    assert (row.order.status, row.order.sent_at, row.supply.open) == ("draft", None, 100)


def test_rejected_row_stays_in_sight_when_it_is_removed(warehouse_keeper, buyer):
    row = purchase_row(sent=True)
    receive(row, 0, warehouse_keeper, rejected=Rejected(Decimal(5), "damaged"))
    operations.recall(order=row.order, by=buyer)

    operations.remove_row(row=again(row), by=buyer)

    assert again(row).supply.status == "cancelled"


def test_take_back_twice_of_another_row_or_of_a_cancelled_one_is_refused(warehouse_keeper):
    row, other = purchase_row(sent=True), purchase_row(sent=True)
    receive(row, 0, warehouse_keeper, rejected=bad(100, owed=False))
    receive(other, 0, warehouse_keeper, rejected=bad(5))
    gone, owed = Reject.objects.order_by("pk")

    with pytest.raises(Refused, match=r"P-1001/10 is cancelled: order the 100 pcs of .* anew\."):
        operations.take_back_reject(row=row, reject=gone, by=warehouse_keeper)
    with pytest.raises(Refused, match="is not of P-1001/10"):
        operations.take_back_reject(row=row, reject=owed, by=warehouse_keeper)
    operations.take_back_reject(row=other, reject=owed, by=warehouse_keeper)
    with pytest.raises(Refused, match="is already taken back"):
        operations.take_back_reject(row=other, reject=owed, by=warehouse_keeper)


def test_receipts_and_rejects_of_a_row_are_read_alone(warehouse_keeper):
    order = purchase_order()
    row, other = purchase_row(order=order), purchase_row(order=order, sent=True)
    for one in (row, other):
        receive(again(one), 5, warehouse_keeper, rejected=bad(1))

    receipts, rejects = queries.receipts_of(order, row=row), rejects_of(order, row=row)

    assert [movement.supply_id for movement in receipts] == [row.supply_id]
    assert [reject.row_id for reject in rejects] == [row.pk]
    assert (len(queries.receipts_of(order)), len(rejects_of(order))) == (2, 2)


def test_reject_rate_counts_each_part_of_a_supplier_once(warehouse_keeper):
    order = purchase_order()
    good = purchase_row(order=order)
    poor = purchase_row(order=order, sent=True, warehouse=good.supply.warehouse)
    receive(good, 100, warehouse_keeper)
    receive(poor, 60, warehouse_keeper, rejected=bad(20))

    [worst], rate = quality_of(order.supplier)

    assert (worst.part, worst.rate, rate) == (poor.supply.part.number, 25, Decimal("12.5"))


def test_receive_page_keeps_what_was_rejected_and_why(warehouse_client):
    row = purchase_row(sent=True)
    page = reverse("purchasing:receive", args=[row.pk])

    response = warehouse_client.post(page, FORM | {"rejected": "5"}, headers=HTMX)
    assertContains(response, "Choose why it was rejected.", status_code=422)
    assertContains(response, 'name="rejected" value="5"', status_code=422)
    response = warehouse_client.post(page, FORM | {"rejected": "5", "code": "other"}, headers=HTMX)
    assertContains(response, "Say in words why it was rejected.", status_code=422)
    warehouse_client.post(page, FORM | {"rejected": "5", "code": "surface", "note": "rust", "owed": "no"})

    assert (again(row).supply.done, again(row).supply.cancelled) == (30, 5)
    order = warehouse_client.get(reverse("purchasing:order", args=[row.order_id]))
    assertContains(order, "5.00 rejected")
    assertContains(order, "Surface: rust")
    assertContains(order, "Row 10: 5 rejected: Surface: rust")


def test_reject_is_seen_on_the_supplier_the_link_lists_and_the_chain(buyer, buyer_client):
    row = purchase_row(sent=True)
    made = promise(row, buyer)
    receive(row, 30, buyer, rejected=bad(10))

    assertContains(buyer_client.get(reverse("purchasing:supplier", args=[row.order.supplier.pk])), "10.00 pcs rejected")
    assertContains(buyer_client.get(reverse("linkage:demand", args=[made.demand_id])), "10.00 rejected")
    assertContains(buyer_client.get(reverse("linkage:chain_demand", args=[made.demand_id])), "10.00 rejected")
    assertContains(buyer_client.get(reverse("linkage:link_list")), '<td class="num">10.00</td>', html=True)


def test_take_back_asks_and_takes_back(warehouse_keeper, warehouse_client):
    row = purchase_row(sent=True)
    receive(row, 30, warehouse_keeper, rejected=bad(10))
    page = reverse("purchasing:take_back_reject", args=[Reject.objects.get().pk])
    assertContains(warehouse_client.get(page), "Take back the reject of 10 pcs on P-1001/10")

    warehouse_client.post(page, {"reason": "Looked again"})

    assertContains(
        warehouse_client.get(reverse("purchasing:order", args=[row.order_id])), "<td>taken back</td>", html=True
    )
    assert warehouse_client.get(page).status_code == 404
