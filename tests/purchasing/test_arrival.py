"""The arrival page: scan or type, several rows of one delivery, one posting."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from erp.exceptions import Refused, Stale
from linkage.models import StockMovement
from linkage.operations import disconnect, link
from purchasing import operations
from purchasing.arriving import expected, meant_by
from purchasing.operations import Arriving
from purchasing.rehearsal import rehearse
from tests.factories import PartFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import again, demand_of, purchase_order, purchase_row

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PAGE = "/purchasing/arrivals/"
KEY = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def order(buyer):
    """A sent order with two rows: 100 tyres and 100 tubes."""
    order = purchase_order(goods_label="Dock 3")
    tyres = purchase_row(order=order, part=PartFactory(number="TY-28"))
    purchase_row(order=order, part=PartFactory(number="IT-28"), warehouse=tyres.supply.warehouse)
    operations.send(order=order, by=buyer)
    return order


@pytest.fixture
def rows(order):
    return [again(row) for row in order.rows.order_by("position")]


def promise(row, by, quantity, **facts):
    demand = demand_of(row, quantity=quantity, need_date=date(2026, 4, 1))
    return link(demand=demand, supply=row.supply, quantity=Decimal(quantity), by=by, accept_warnings=True, **facts)


def delivery(rows, *quantities, **more):
    lines = [(row, quantity) for row, quantity in zip(rows, quantities, strict=True)]
    return {
        "post": "1",
        "effective_on": "2026-03-02",
        "reference": "DN-9",
        "row": [str(row.pk) for row in rows],
        **{f"quantity_{row.pk}": str(quantity) for row, quantity in lines},
        **more,
    }


def lines_of(response):
    return [shown.row for shown in response.context["form"].rehearsals]


@pytest.mark.parametrize(
    ("code", "positions"),
    [
        ("P-1001", [10, 20]),
        ("p-1001", [10, 20]),
        ("P-1001/20", [20]),
        (" TY-28 ", [10]),
        ("SUP-TUBE", [20]),
        ("Dock 3", [10, 20]),
        ("IT-", [20]),
        ("nothing", []),
        ("", []),
        ("%", []),
    ],
)
def test_a_code_means_an_order_a_row_a_part_or_a_label(rows, code, positions):
    rows[1].supplier_part_number = "SUP-TUBE"
    rows[1].save(update_fields=["supplier_part_number"])

    assert [row.position for row in meant_by(code)] == positions


def test_the_code_of_a_label_and_of_an_order_page_mean_their_rows(rows, buyer):
    operations.receive(row=rows[0], quantity=Decimal(5), by=buyer, effective_on=TODAY)
    receipt = StockMovement.objects.get()

    assert meant_by(f"https://erp.test/purchasing/receipts/{receipt.pk}/") == [rows[0]]
    assert meant_by(f"https://erp.test/purchasing/orders/{rows[0].order_id}/") == rows


def test_only_what_is_at_the_supplier_and_still_to_come_is_found(rows, buyer):
    purchase_row(part=rows[0].supply.part)
    operations.receive(row=rows[1], quantity=Decimal(100), by=buyer, effective_on=TODAY)

    assert [str(row) for row in meant_by("TY-28")] == ["P-1001/10"]
    assert meant_by("IT-28") == []
    assert list(expected(date(2026, 3, 17))) == []
    assert list(expected(date(2026, 3, 18))) == [rows[0]]


def arriving(row, quantity, **facts):
    return Arriving(row=row, quantity=Decimal(quantity), effective_on=TODAY, **facts)


def test_receive_delivery_posts_all_rows_with_the_note(rows, buyer, warehouse_keeper):
    made = promise(rows[0], buyer, 30)

    operations.receive_delivery(
        lines=[arriving(rows[0], 40, reference="DN-9"), arriving(rows[1], 60, reference="DN-9", final=True)],
        by=warehouse_keeper,
    )

    made.refresh_from_db()
    assert (made.on_shelf, again(rows[0]).supply.done, again(rows[1]).short_closed) == (30, 40, True)
    assert set(StockMovement.objects.values_list("reference", flat=True)) == {"DN-9"}


@pytest.mark.parametrize(
    ("second", "sentence"),
    [(101, r"1 pcs more than ordered on P-1001/20"), (0, r"Enter a quantity above 0\.")],
)
def test_receive_delivery_posts_nothing_when_one_row_is_refused(rows, warehouse_keeper, second, sentence):
    lines = [arriving(rows[0], 40), arriving(rows[1], second)]

    with pytest.raises(Refused, match=sentence):
        operations.receive_delivery(lines=lines, by=warehouse_keeper)

    assert not StockMovement.objects.exists()


def test_receive_delivery_refuses_no_rows_and_what_moved(rows, buyer):
    made = promise(rows[0], buyer, 30)
    shown = rehearse(again(rows[0])).standing
    disconnect(link=made, quantity=Decimal(10), by=buyer)

    with pytest.raises(Refused, match="Choose the rows"):
        operations.receive_delivery(lines=[], by=buyer)
    with pytest.raises(Stale, match="20 now, 30 shown"):
        operations.receive_delivery(lines=[arriving(rows[0], 1, seen=shown)], by=buyer)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_scanning_row_after_row_keeps_what_was_typed(rows, warehouse_client, headers):
    first = warehouse_client.post(PAGE, {"find": "1", "code": "TY-28"}, headers=headers)
    assert lines_of(first) == rows[:1]
    assertContains(first, f'name="quantity_{rows[0].pk}" value="100"')

    typed = {"row": [str(rows[0].pk)], f"quantity_{rows[0].pk}": "40", "reference": "DN-9", f"final_{rows[0].pk}": "on"}
    second = warehouse_client.post(PAGE, {"find": "1", "code": "IT-28", **typed}, headers=headers)

    assert lines_of(second) == rows
    assertContains(second, f'name="quantity_{rows[0].pk}" value="40"')
    assertContains(second, 'value="DN-9"')
    assert not StockMovement.objects.exists()


def test_serial_numbers_typed_at_the_gate_stay_with_the_next_scan(order, warehouse_client):
    row = purchase_row(order=order, part=PartFactory(number="EB-1", is_serial_traced=True))
    typed = {"row": [str(row.pk)], f"quantity_{row.pk}": "2", f"serials_{row.pk}": "A-1..A-2"}

    scanned = warehouse_client.post(PAGE, {"find": "1", "code": "TY-28", **typed})

    assertContains(scanned, f'name="serials_{row.pk}" value="A-1..A-2"')
    assertContains(scanned, f'name="quantity_{row.pk}" value="2"')


def test_an_order_with_several_rows_offers_them_one_by_one_or_all(rows, warehouse_client):
    offered = warehouse_client.post(PAGE, {"find": "1", "code": "P-1001"})
    assert (lines_of(offered), offered.context["candidates"]) == ([], rows)

    picked = warehouse_client.post(PAGE, {"pick": offered.context["all_of_them"]})
    assert lines_of(picked) == rows

    dropped = warehouse_client.post(PAGE, {"row": [str(row.pk) for row in rows], "drop": str(rows[0].pk)})
    assert lines_of(dropped) == rows[1:]


def test_a_code_that_means_nothing_says_so_and_keeps_the_delivery(rows, warehouse_client):
    response = warehouse_client.post(PAGE, {"find": "1", "code": "<b>", "row": [str(rows[0].pk)]})

    assertContains(response, "Nothing that is ordered and still to come is called &lt;b&gt;.")
    assert lines_of(response) == rows[:1]


def test_the_page_says_who_gets_what(rows, buyer, warehouse_client):
    made = promise(rows[0], buyer, 30)

    response = warehouse_client.post(PAGE, {"pick": str(rows[0].pk)})

    assertContains(response, f"30.00 pcs for {made.demand}")
    assertContains(response, "70.00 pcs free stock")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_post_takes_in_the_delivery_and_is_ready_for_the_next(rows, warehouse_client, headers):
    answer = warehouse_client.post(PAGE, delivery(rows, 40, 100), headers=headers)

    if headers:
        assert answer["HX-Redirect"] == PAGE
    else:
        assertRedirects(answer, PAGE, fetch_redirect_response=False)
    after = warehouse_client.get(PAGE)
    assertContains(after, "Received: P-1001/10, P-1001/20. Delivery note DN-9.")
    assertContains(after, "Labels")
    assert [again(row).supply.done for row in rows] == [40, 100]


def test_post_says_at_the_row_what_is_wrong_and_keeps_the_rest(rows, warehouse_client):
    response = warehouse_client.post(PAGE, delivery(rows, 101, "x"))

    assertContains(response, "1 pcs more than ordered; 0 are allowed. Ask a buyer on the row.", status_code=422)
    assertContains(response, "Enter a quantity such as 12", status_code=422)
    assertContains(response, f'name="quantity_{rows[1].pk}" value="x"', status_code=422)
    assertContains(response, 'value="DN-9"', status_code=422)


def test_post_does_not_cut_a_contract_link_without_a_question(rows, buyer, warehouse_client):
    promise(rows[0], buyer, 100, kind="bound", contract=True)

    response = warehouse_client.post(PAGE, delivery(rows[:1], 40, **{f"final_{rows[0].pk}": "on"}))

    assertContains(response, "This would cut 60 pcs of the contract link of", status_code=422)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_post_of_what_moved_shows_both_figures(rows, buyer, warehouse_client, headers):
    made = promise(rows[0], buyer, 30)
    seen = f"{made.pk}=30,0=70"
    disconnect(link=made, quantity=Decimal(10), by=buyer)

    sent = delivery(rows[:1], 40, **{f"seen_{rows[0].pk}": seen})
    response = warehouse_client.post(PAGE, sent, headers=headers)

    assertContains(response, f"P-1001/10, {made.demand}: 20 now, 30 shown", status_code=409)
    assertContains(response, f'name="quantity_{rows[0].pk}" value="40"', status_code=409)
    assert not StockMovement.objects.exists()


def test_post_twice_with_one_key_has_one_effect(rows, warehouse_client):
    sent = delivery(rows[:1], 40, operation_key=KEY)

    warehouse_client.post(PAGE, sent)
    warehouse_client.post(PAGE, sent)

    assert again(rows[0]).supply.done == 40


@pytest.mark.parametrize("quantity", [40, 100], ids=["part", "all"])
def test_a_post_whose_answer_was_lost_is_not_called_a_move(rows, warehouse_client, quantity):
    shown = {f"seen_{rows[0].pk}": "0=100", "operation_key": KEY}
    sent = delivery(rows[:1], quantity, **shown)
    warehouse_client.post(PAGE, sent)

    assertRedirects(warehouse_client.post(PAGE, sent), PAGE, fetch_redirect_response=False)

    assertContains(warehouse_client.get(PAGE), "This form was posted before; nothing is posted a second time.")
    assert again(rows[0]).supply.done == quantity


def test_post_says_which_row_can_no_longer_be_received_and_posts_nothing(rows, buyer, warehouse_client):
    operations.receive(row=rows[0], quantity=Decimal(100), by=buyer, effective_on=TODAY)

    response = warehouse_client.post(PAGE, delivery(rows, 40, 60))

    assertContains(response, "these rows can no longer be received", status_code=409)
    assert (response.context["ended"], lines_of(response)) == (rows[:1], rows[1:])
    assert again(rows[1]).supply.done == 0
    warehouse_client.post(PAGE, delivery(rows[1:], 60))
    assert again(rows[1]).supply.done == 60


@pytest.mark.parametrize("typed", ["1,500", "", "x"], ids=["ambiguous", "empty", "nonsense"])
def test_scanning_the_next_row_replaces_nothing_that_was_typed(rows, warehouse_client, typed):
    sent = {"row": [str(rows[0].pk)], f"quantity_{rows[0].pk}": typed}

    response = warehouse_client.post(PAGE, {"find": "1", "code": "IT-28", **sent})

    assert response.context["form"][f"quantity_{rows[0].pk}"].value() == typed
    assertContains(response, f'name="quantity_{rows[1].pk}" value="100"')


def test_a_reader_sees_what_is_expected_and_posts_nothing(rows, viewer_client):
    shown = viewer_client.get(PAGE)

    assertContains(shown, "P-1001/10")
    assertNotContains(shown, 'name="pick"')
    assert viewer_client.post(PAGE, {"find": "1", "code": "TY-28"}).status_code == 403


def test_home_counts_the_receipts_of_today(rows, viewer_client):
    assertContains(viewer_client.get("/"), "Receipts today <b>2</b>")


@pytest.mark.parametrize("count", [1, 3])
def test_page_query_count_does_not_grow(buyer, warehouse_client, count, django_assert_num_queries):
    order = purchase_order()
    made = [purchase_row(order=order) for _ in range(count)]
    operations.send(order=order, by=buyer)
    for row in made:
        promise(again(row), buyer, 10)

    with django_assert_num_queries(12):
        warehouse_client.post(PAGE, {"pick": ",".join(str(row.pk) for row in made)})


@pytest.mark.parametrize("junk", [{"row": ["x", "-1", "9" * 30]}, {"pick": ",,a"}, {"drop": "\N{SUPERSCRIPT TWO}"}])
def test_nonsense_is_no_row(rows, warehouse_client, junk):
    assert lines_of(warehouse_client.post(PAGE, junk)) == []


def test_address_of_the_page_with_a_code(rows, warehouse_client):
    assert lines_of(warehouse_client.get(PAGE, {"code": "TY-28"})) == rows[:1]
    assert reverse("purchasing:arrival") == PAGE
