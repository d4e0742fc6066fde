"""The supplier confirms: so much of each row, on a day; what it says nothing about goes on waiting."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.exceptions import Refused
from erp.register.models import Setting
from linkage.models import OrderLink, Status, UndecidedChange
from linkage.operations import link
from linkage.owners import unconfirmed
from purchasing import operations
from purchasing.models import PurchaseOrderRow
from tests.factories import PartFactory, UserFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import DUE, again, demand_of, purchase_row

pytestmark = pytest.mark.django_db
LATER = date(2026, 3, 27)


def two_rows(by, **facts):
    """Two rows of one sent order."""
    first = purchase_row(quantity=100, by=by, **facts)
    place = {"order": first.order, "warehouse": first.supply.warehouse}
    second = purchase_row(quantity=50, by=by, part=PartFactory(), **place, **facts)
    operations.send(order=first.order, by=by)
    return again(first), again(second)


def promised(row, quantity, by):
    demand = demand_of(row, quantity=quantity)
    return link(demand=demand, supply=row.supply, quantity=Decimal(quantity), by=by, accept_warnings=True)


def page(row):
    return reverse("purchasing:confirm", args=[row.order_id])


def test_confirm_some_rows_leaves_the_others_waiting(buyer):
    first, second = two_rows(buyer)

    operations.confirm(order=first.order, by=buyer, dates={first.pk: LATER}, waiting=[second.pk])

    first, second = again(first), again(second)
    assert (first.order.status, first.is_confirmed, second.is_confirmed) == ("sent", True, False)
    assert unconfirmed([first.supply, second.supply]) == {second.supply_id}


def test_confirm_page_says_at_the_row_that_its_unit_has_no_such_decimals(buyer, buyer_client):
    first, second = two_rows(buyer)
    typed = {f"tick_{row.pk}": "on" for row in (first, second)} | {f"quantity_{second.pk}": "0.5"}

    response = buyer_client.post(page(first), typed)

    words = ["0.5 pcs has too many decimals: pcs allows whole numbers only."]
    assert (response.status_code, response.context["form"].errors) == (422, {f"quantity_{second.pk}": words})
    assert not again(first).is_confirmed


def test_confirm_the_rest_confirms_the_order(buyer):
    first, second = two_rows(buyer)
    operations.confirm(order=first.order, by=buyer, waiting=[second.pk])

    operations.confirm(order=first.order, by=buyer, waiting=[first.pk])

    assert (again(second).order.status, again(second).confirmed_on) == ("confirmed", DUE)


def test_confirm_a_smaller_quantity_keeps_what_was_asked(buyer):
    row = purchase_row(quantity=100, sent=True, by=buyer)

    operations.confirm(order=row.order, by=buyer, quantities={row.pk: Decimal(80)})

    row = again(row)
    assert (row.quantity, row.supply.quantity, row.wanted_quantity, row.agreed_quantity) == (80, 80, 100, 80)
    assert row.is_confirmed


def test_confirm_a_smaller_quantity_by_a_command_cuts_links_onto_the_worklist(buyer):
    row = purchase_row(quantity=100, sent=True, by=buyer)
    promise = promised(row, 100, buyer)

    operations.confirm(order=row.order, by=buyer, quantities={row.pk: Decimal(80)})

    promise.refresh_from_db()
    assert promise.open == 80
    assert list(UndecidedChange.objects.waiting().values_list("change", "quantity")) == [("less", 20)]


def test_confirm_again_takes_the_newer_word(buyer):
    row = purchase_row(quantity=100, sent=True, by=buyer)
    operations.confirm(order=row.order, by=buyer)

    operations.confirm(order=row.order, by=buyer, dates={row.pk: LATER}, supplier_reference="OC-2")

    row = again(row)
    assert (row.order.status, row.order.supplier_reference, row.confirmed_on) == ("confirmed", "OC-2", LATER)


def test_confirm_a_row_that_has_arrived_in_part(buyer):
    row = purchase_row(quantity=100, sent=True, by=buyer)
    operations.receive(row=row, quantity=Decimal(40), by=buyer, effective_on=TODAY)

    operations.confirm(order=row.order, by=buyer, dates={row.pk: LATER})

    row = again(row)
    assert (row.order.status, row.supply.status, row.confirmed_on) == ("partly_received", Status.STARTED, LATER)


def test_confirm_less_than_has_arrived_is_refused(buyer):
    row = purchase_row(quantity=100, sent=True, by=buyer)
    operations.receive(row=row, quantity=Decimal(40), by=buyer, effective_on=TODAY)

    with pytest.raises(Refused, match=r"40 of P-1001/10 have come; 30 is less\."):
        operations.confirm(order=row.order, by=buyer, quantities={row.pk: Decimal(30)})


def test_confirm_exactly_what_has_arrived_ends_the_row(buyer):
    row = purchase_row(quantity=100, sent=True, by=buyer)
    operations.receive(row=row, quantity=Decimal(40), by=buyer, effective_on=TODAY)

    operations.confirm(order=row.order, by=buyer, quantities={row.pk: Decimal(40)})

    row = again(row)
    assert (row.supply.status, row.order.status) == (Status.CLOSED, "received")


def test_confirm_more_than_was_asked_links_backorders_and_tells_it(buyer, buyer_client):
    row = purchase_row(quantity=100, sent=True, by=buyer)
    Setting.objects.create(name="backorder_linking", value=True)
    demand = demand_of(row, quantity=110)

    typed = {f"tick_{row.pk}": "on", f"quantity_{row.pk}": "120"}
    response = buyer_client.post(page(row), typed, follow=True)

    assert OrderLink.objects.values_list("demand", "open").get() == (demand.pk, 110)
    assertContains(response, f"Linked to backorders, oldest first: 110 pcs of {row} for {demand}.")


def test_confirm_refuses_nothing_and_no_quantity(buyer):
    row = purchase_row(quantity=100, sent=True, by=buyer)

    with pytest.raises(Refused, match=r"Choose the rows of P-1001 that the supplier confirmed\."):
        operations.confirm(order=row.order, by=buyer, waiting=[row.pk])
    with pytest.raises(Refused, match=r"P-1001/10: enter a quantity above 0, or leave the row waiting\."):
        operations.confirm(order=row.order, by=buyer, quantities={row.pk: Decimal(0)})


def test_confirm_refuses_a_row_that_was_changed_and_not_told(buyer):
    row = purchase_row(quantity=100, sent=True, by=buyer)
    operations.change_row(row=row, by=buyer, quantity=Decimal(120))
    told = r"P-1001/10 is 120 now, the supplier was asked for 100\. Send the change, or"

    with pytest.raises(Refused, match=told):
        operations.confirm(order=row.order, by=buyer)
    operations.confirm(order=row.order, by=buyer, quantities={row.pk: Decimal(120)})

    assert again(row).agreed_quantity == 120


def test_confirm_refuses_a_date_that_was_moved_and_not_told(buyer):
    row = purchase_row(sent=True, by=buyer)
    operations.change_row(row=row, by=buyer, due_date=LATER)

    with pytest.raises(Refused, match=rf"P-1001/10 is due on {LATER} now, the supplier was asked for {DUE}\."):
        operations.confirm(order=row.order, by=buyer)
    operations.confirm(order=row.order, by=buyer, dates={row.pk: LATER})

    assert again(row).agreed_on == LATER


def test_confirm_refuses_a_row_that_the_supplier_was_never_told(buyer):
    row = purchase_row(sent=True, by=buyer)
    new = purchase_row(quantity=5, part=PartFactory(), order=row.order, warehouse=row.supply.warehouse, by=buyer)

    with pytest.raises(Refused, match=rf"The supplier was not asked for {new} yet\."):
        operations.confirm(order=row.order, by=buyer)
    operations.confirm(order=row.order, by=buyer, quantities={new.pk: Decimal(5)}, dates={new.pk: DUE})

    assert again(new).agreed_quantity == 5


def test_confirm_takes_a_change_that_the_supplier_was_asked_for(buyer):
    row = purchase_row(quantity=100, sent=True, by=buyer)
    operations.change_row(row=row, by=buyer, quantity=Decimal(120), due_date=LATER)
    operations.send_changes(order=row.order, how="other", by=buyer)

    operations.confirm(order=row.order, by=buyer)

    assert (again(row).agreed_quantity, again(row).confirmed_on) == (120, LATER)


def test_confirm_page_ticks_no_row_that_the_supplier_was_not_told(buyer, buyer_client):
    first, second = two_rows(buyer)
    operations.change_row(row=first, by=buyer, quantity=Decimal(120))

    form = buyer_client.get(page(first)).context["form"]

    ticks = {row.pk: tick.initial for row, tick, *_rest in form.lines}
    assert ticks == {first.pk: False, second.pk: True}


def test_confirmed_row_that_we_change_is_no_longer_confirmed(buyer):
    row = purchase_row(quantity=100, sent=True, by=buyer)
    operations.confirm(order=row.order, by=buyer)

    operations.change_row(row=again(row), by=buyer, due_date=LATER)
    moved = again(row).is_confirmed
    operations.change_row(row=again(row), by=buyer, due_date=DUE, quantity=Decimal(120))
    raised = again(row).is_confirmed
    operations.change_row(row=again(row), by=buyer, quantity=Decimal(90))

    assert (moved, raised, again(row).is_confirmed) == (False, False, True)


def test_send_notes_what_the_supplier_knows_and_recall_forgets_it(buyer):
    row = purchase_row(quantity=100, price=Decimal("2.5"), by=buyer)
    facts = "wanted_quantity", "agreed_quantity", "agreed_on", "agreed_price", "agreed_discount"

    operations.send(order=row.order, by=buyer)
    sent = [getattr(again(row), name) for name in facts]
    operations.recall(order=row.order, by=buyer)

    assert sent == [100, 100, DUE, Decimal("2.5"), 0]
    assert [getattr(again(row), name) for name in facts] == [None] * 5


def test_what_the_supplier_knows_is_whole_or_nothing(buyer):
    row = purchase_row(sent=True, by=buyer)

    with pytest.raises(IntegrityError, match="purchase_row_agreed_whole"), transaction.atomic():
        PurchaseOrderRow.objects.filter(pk=row.pk).update(agreed_quantity=None)


def test_confirm_page_shows_first_what_a_smaller_quantity_does(buyer, buyer_client):
    row = purchase_row(quantity=100, sent=True, by=buyer)
    promise = promised(row, 100, buyer)
    typed = {f"tick_{row.pk}": "on", f"quantity_{row.pk}": "80", f"date_{row.pk}": "2026-03-18"}

    asked = buyer_client.post(page(row), typed)
    seen = asked.context["report"].fingerprint
    choice = {f"choice-link-{promise.pk}": "leave", "seen": seen, "save_change": "1"}
    buyer_client.post(page(row), typed | choice)

    assertContains(asked, "lose P-1001/10")
    assert (again(row).quantity, OrderLink.objects.get().open) == (80, 80)


def test_confirm_page_saves_at_once_what_harms_nobody(buyer, buyer_client):
    first, _second = two_rows(buyer, due_date=date(2099, 3, 18))

    response = buyer_client.post(page(first), {f"tick_{first.pk}": "on"}, follow=True)

    assertContains(response, "The confirmation is noted. 1 row of P-1001 waits.")
    assertContains(response, "Confirmed 1 of 2 rows")
    assertContains(response, "Not confirmed", count=1)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("quantity", "x", "Enter a quantity such as"),
        ("quantity", "0", "Enter a quantity above zero."),
        ("date", "2026-02-30", "Enter a date"),
    ],
)
def test_confirm_page_says_what_is_wrong(buyer, buyer_client, field, typed, sentence):
    row = purchase_row(sent=True, by=buyer)

    response = buyer_client.post(page(row), {f"tick_{row.pk}": "on", f"{field}_{row.pk}": typed})

    assertContains(response, sentence, status_code=422)


def test_confirm_page_does_not_write_back_what_was_changed_since(buyer, buyer_client):
    row = purchase_row(quantity=100, sent=True, by=buyer)
    shown = buyer_client.get(page(row)).context["form"]
    typed = {name: shown[name].value() for name in shown.fields if name.endswith(f"_{row.pk}")}
    operations.change_row(row=row, by=buyer, quantity=Decimal(120))

    refused = buyer_client.post(page(row), typed)

    assertContains(refused, f"{row} was changed by somebody else meanwhile.", status_code=409)
    assert refused.context["theirs"] == {"quantity": ("120", "100")}
    assert (again(row).quantity, again(row).agreed_quantity) == (120, 100)


def test_confirm_page_asks_for_a_tick(buyer, buyer_client):
    row = purchase_row(sent=True, by=buyer)

    response = buyer_client.post(page(row), {f"quantity_{row.pk}": "5"})

    assertContains(response, "Tick the rows that the supplier confirmed.", status_code=422)


def test_order_page_shows_what_was_asked_beside_what_was_confirmed(buyer, viewer_client):
    row = purchase_row(quantity=100, sent=True, by=buyer)
    order = reverse("purchasing:order", args=[row.order_id])
    before = viewer_client.get(order)
    operations.confirm(order=row.order, by=UserFactory(), dates={row.pk: LATER}, quantities={row.pk: Decimal(80)})

    after = viewer_client.get(order)

    assertNotContains(before, "(asked")
    assertContains(after, "(asked 100.00)")
    assertContains(after, f"(asked {row.wanted_on})")
