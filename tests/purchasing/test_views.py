"""The pages of purchasing: what they show, how they answer htmx and plain forms, who may open them."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from erp.register.models import Setting
from linkage.models import OrderLink, StockMovement
from linkage.operations import link
from purchasing import operations
from purchasing.models import PurchaseOrder
from tests.factories import CompanyFactory, PartFactory, SupplierFactory, UserFactory, WarehouseFactory
from tests.linkage.factories import TODAY
from tests.purchasing.factories import (
    SupplierTermFactory,
    again,
    component_for,
    demand_of,
    purchase_order,
    purchase_row,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def page(name, *args):
    return reverse(f"purchasing:{name}", args=args)


def promise(row, demand, quantity, by, **options):
    return link(demand=demand, supply=row.supply, quantity=Decimal(quantity), by=by, accept_warnings=True, **options)


def test_order_list_shows_orders(buyer_client):
    row = purchase_row(price=Decimal("2.5"))

    response = buyer_client.get(page("order_list"))

    assertContains(response, "P-1001")
    assertContains(response, "250.00")
    assertContains(response, str(row.order.supplier))


def test_order_list_hides_amounts_from_a_viewer(viewer_client):
    purchase_row(price=Decimal("2.5"))

    assertNotContains(viewer_client.get(page("order_list")), "250.00")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=open", True),
        ("state=received", False),
        ("part=FRAME", True),
        ("part=FORK", False),
        ("overdue=1", True),
        ("overdue=0", False),
        ("contract_linked=1", False),
        ("supplier=Mill", True),
        ("supplier=Forge", False),
        ("q=1001", True),
    ],
)
def test_order_list_is_filtered(buyer_client, query, found, time_machine):
    time_machine.move_to("2026-06-01 12:00Z")
    purchase_row(order=purchase_order(supplier=SupplierFactory(name="Mill")), part=PartFactory(number="FRAME"))

    response = buyer_client.get(f"{page('order_list')}?{query}")

    assert ("P-1001" in response.content.decode()) is found


def test_order_list_is_exported(buyer_client):
    purchase_row()

    response = buyer_client.get(f"{page('order_list')}?export=csv")

    assert b"P-1001" in b"".join(response.streaming_content)


@pytest.mark.parametrize(("name", "queries"), [("order_list", 7), ("row_list", 9)])
@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_does_not_grow(buyer_client, name, queries, count, django_assert_num_queries):
    for _ in range(count):
        purchase_row()
    buyer_client.get(page(name))

    with django_assert_num_queries(queries):
        buyer_client.get(page(name))


def test_row_list_shows_what_is_contract_linked(buyer, buyer_client):
    row = purchase_row()
    operations.link_to_component(
        row=row, component=component_for(row, quantity=60), quantity=Decimal(60), by=buyer, wider=True
    )

    response = buyer_client.get(f"{page('row_list')}?contract_linked=1")

    assertContains(response, "Contract-linked 60 of 100")


def test_order_create_opens_a_draft(buyer_client):
    company, supplier = CompanyFactory(), SupplierFactory()
    assertContains(buyer_client.get(page("order_create")), "Open the order")

    response = buyer_client.post(
        page("order_create"), {"supplier": supplier.number, "company": company.pk, "ordered_on": "2026-03-02"}
    )

    order = PurchaseOrder.objects.get()
    assert (response.status_code, response.url, order.supplier) == (302, page("order", order.pk), supplier)


def test_order_create_says_what_is_wrong(buyer_client):
    company = CompanyFactory()

    response = buyer_client.post(
        page("order_create"), {"supplier": "nobody", "company": company.pk, "ordered_on": "soon"}
    )

    assertContains(response, "There is no “nobody” to choose.", status_code=422)
    assertContains(response, "Enter a date such as", status_code=422)


def test_order_page_shows_links_badge_waiting_demands_and_timeline(buyer, buyer_client):
    row = purchase_row(sent=True, by=buyer)
    component = component_for(row, quantity=60)
    operations.link_to_component(row=row, component=component, quantity=Decimal(60), by=buyer, wider=True)
    waiting = demand_of(row, quantity=7)

    response = buyer_client.get(page("order", row.order_id))

    for text in [
        "Contract-linked 60 of 100",
        str(component),
        str(waiting),
        "Link to production component",
        "Supplies <b>1",
    ]:
        assertContains(response, text)
    assertContains(response, "the setting “Link backorders to purchase orders” is off")


@pytest.mark.parametrize("count", [1, 3])
def test_order_page_query_count_does_not_grow(buyer, buyer_client, count, django_assert_num_queries):
    first = purchase_row(sent=True)
    for row in [first, *(purchase_row(order=first.order) for _ in range(count - 1))]:
        promise(row, demand_of(row), 5, buyer)
        demand_of(row)
        rejected = operations.Rejected(Decimal(1), code="damaged")
        operations.receive(row=row, quantity=Decimal(2), rejected=rejected, by=buyer, effective_on=TODAY)

    with django_assert_num_queries(41):
        buyer_client.get(page("order", first.order_id))


def test_order_page_hides_prices_from_a_viewer(viewer_client):
    row = purchase_row(price=Decimal("7.77"))

    response = viewer_client.get(page("order", row.order_id))

    assertNotContains(response, "7.77")
    assertNotContains(response, "Add the row")


def test_order_rest_is_a_fragment_for_htmx(buyer_client):
    row = purchase_row()

    response = buyer_client.get(f"{page('order', row.order_id)}?rest=1", headers=HTMX)

    assertContains(response, 'id="order-rest"')
    assertNotContains(response, "<html")


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [("send", "draft", "sent"), ("recall", "sent", "draft"), ("confirm", "sent", "confirmed")],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_button_moves_the_order(buyer_client, name, before, after, headers):
    row = purchase_row(sent=before == "sent")

    posted = {"reason": "", f"tick_{row.pk}": "on", f"date_{row.pk}": "2026-04-01"}
    response = buyer_client.post(page(name, row.order_id), posted, headers=headers)

    assert (response.status_code, again(row).order.status) == (200 if headers else 302, after)


@pytest.mark.parametrize("name", ["confirm", "recall", "cancel", "close"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_question_is_a_dialog_or_a_page(buyer_client, name, headers):
    row = purchase_row(sent=True)

    response = buyer_client.get(page(name, row.order_id), headers=headers)

    assertContains(response, 'id="confirm"' if name == "confirm" else 'id="ask"')
    assert ("<html" in response.content.decode()) is not bool(headers)


def test_confirm_asks_for_sensible_dates(buyer_client):
    row = purchase_row(sent=True)

    response = buyer_client.post(page("confirm", row.order_id), {f"date_{row.pk}": "1066-10-14"})

    assertContains(response, "Enter a date between 1990 and 2199.", status_code=422)


def test_cancel_names_the_demands_and_asks_where_each_goes(buyer, buyer_client):
    row = purchase_row(sent=True)
    demand = demand_of(row)
    promise(row, demand, 5, buyer)
    assertContains(buyer_client.get(page("cancel", row.order_id)), f"{demand}: 5.00 pcs")

    response = buyer_client.post(page("cancel", row.order_id), {"reason": ""})

    assertContains(response, f"Leave 5 of {demand} uncovered")
    assert again(row).order.status == "sent"


def test_cancel_with_the_box_ticked_leaves_demands_uncovered(buyer, buyer_client):
    row = purchase_row(sent=True)
    promise(row, demand_of(row), 5, buyer)

    buyer_client.post(page("cancel", row.order_id), {"release": "on"})

    assert again(row).order.status == "cancelled"


def test_close_closes_a_received_order(buyer, buyer_client):
    row = purchase_row(sent=True)
    operations.receive(row=row, quantity=Decimal(100), by=buyer, effective_on=TODAY)

    buyer_client.post(page("close", row.order_id), {"reason": ""})

    assert again(row).order.status == "closed"


def test_change_order_saves_the_header(buyer_client):
    order = purchase_order()

    buyer_client.post(page("change_order", order.pk), {"note": "Ring first", "version": 0})

    order.refresh_from_db()
    assert order.note == "Ring first"


def test_change_order_too_long_says_so(buyer_client):
    order = purchase_order()

    response = buyer_client.post(page("change_order", order.pk), {"goods_label": "x" * 61, "version": 0})

    assertContains(response, "at most 60 characters", status_code=422)


def test_add_row_adds_it(buyer_client):
    part = PartFactory(default_warehouse=WarehouseFactory())
    order = purchase_order(company=part.default_warehouse.company)

    buyer_client.post(page("add_row", order.pk), {"part": part.number, "quantity": "12", "price": "1.5"})

    row = order.rows.get()
    assert (row.quantity, row.price, row.supply.part) == (12, Decimal("1.5"), part)


@pytest.mark.parametrize("quantity", ["", "NaN", "1e400", "-0", "\uff11\uff12", "x" * 10_000, "0", "-3"])
def test_add_row_refuses_what_is_no_quantity(buyer_client, quantity):
    order, part = purchase_order(), PartFactory()

    response = buyer_client.post(page("add_row", order.pk), {"part": part.number, "quantity": quantity})

    assertContains(response, "errorlist", status_code=422)
    assert order.rows.count() == 0


def test_row_is_edited_in_place(buyer_client):
    row = purchase_row()
    url = page("change_row", row.pk)
    assertContains(buyer_client.get(url, headers=HTMX), f'id="edit-{row.pk}"')

    response = buyer_client.post(
        url, {"quantity": "80", "due_date": "2026-04-01", "price": "3", "discount": "0", "version": 0}, headers=HTMX
    )

    assertContains(response, f'<tr id="row-{row.pk}"')
    assert "links-changed" in response["HX-Trigger-After-Settle"]
    assert (again(row).quantity, again(row).supply.due_date, again(row).price) == (80, date(2026, 4, 1), 3)


def test_row_says_too_many_decimals_where_they_were_typed(buyer_client):
    row = purchase_row()
    typed = {"quantity": "80.5", "due_date": "2026-04-01", "price": "3", "discount": "0", "version": 0}

    response = buyer_client.post(page("change_row", row.pk), typed, headers=HTMX)

    cell = re.search(r'<td class="num"><input[^>]*name="quantity".*?</td>', response.content.decode(), flags=re.DOTALL)
    assert response.status_code == 422
    assert "80.5 pcs has too many decimals: pcs allows whole numbers only." in cell[0]
    assert again(row).quantity == 100


def test_row_is_edited_without_javascript(buyer_client):
    row = purchase_row()
    url = page("change_row", row.pk)
    assertContains(buyer_client.get(url), f'form="edit-{row.pk}"')

    response = buyer_client.post(url, {"quantity": "80", "price": "3", "discount": "0", "version": 0})

    assert (response.status_code, response.url, again(row).quantity) == (302, page("order", row.order_id), 80)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_row_edit_shows_errors_in_the_row(buyer_client, headers):
    row = purchase_row()

    response = buyer_client.post(
        page("change_row", row.pk), {"quantity": "many", "price": "3", "discount": "101", "version": 0}, headers=headers
    )

    assertContains(response, "Enter a quantity such as 12", status_code=422)
    assertContains(response, "Enter a percentage of at most 100.", status_code=422)


def test_row_edit_of_a_stale_row_shows_both_values(buyer, buyer_client):
    row = purchase_row()
    operations.change_row(row=row, by=buyer, quantity=Decimal(80))

    response = buyer_client.post(
        page("change_row", row.pk), {"quantity": "70", "price": "0", "discount": "0", "version": 0}, headers=HTMX
    )

    assertContains(response, "was changed by somebody else meanwhile", status_code=409)
    assertContains(response, '<th scope="row">quantity</th>', status_code=409)


def test_row_is_read_again_after_escape(buyer_client):
    row = purchase_row()

    assertContains(buyer_client.get(page("row", row.pk), headers=HTMX), "data-edit-url")
    assert buyer_client.get(page("row", row.pk)).context["tab"] == "row"


def test_remove_row_asks_and_removes(buyer_client):
    row = purchase_row()
    assertContains(buyer_client.get(page("remove_row", row.pk)), "Remove P-1001/10")

    buyer_client.post(page("remove_row", row.pk), {})

    assert row.order.rows.count() == 0


def test_short_close_asks_and_closes(buyer, buyer_client):
    row = purchase_row(sent=True)
    operations.receive(row=row, quantity=Decimal(40), by=buyer, effective_on=TODAY)
    assertContains(buyer_client.get(page("short_close", row.pk)), "Close P-1001/10 short")

    buyer_client.post(page("short_close", row.pk), {"reason": "Sold out"})

    assert again(row).short_closed_reason == "Sold out"


def test_receive_shows_who_gets_what(buyer, warehouse_client):
    row = purchase_row(sent=True)
    early = promise(row, demand_of(row, quantity=30, need_date=date(2026, 4, 1)), 30, buyer)
    late = promise(row, demand_of(row, quantity=30, need_date=date(2026, 5, 1)), 30, buyer)

    response = warehouse_client.get(f"{page('receive', row.pk)}?quantity=40", headers=HTMX)

    assertContains(response, f'name="share_{early.pk}" value="30"')
    assertContains(response, f'name="share_{late.pk}" value="10"')


@pytest.mark.parametrize("typed", ["", "many", "NaN", "-4", "9" * 30])
def test_receive_offers_all_that_is_to_come_instead_of_nonsense(warehouse_client, typed):
    row = purchase_row(sent=True)

    response = warehouse_client.get(page("receive", row.pk), {"quantity": typed})

    assertContains(response, 'name="quantity" value="100"')


def test_receive_posts_what_the_receiver_says(buyer, warehouse_client):
    row = purchase_row(sent=True)
    early = promise(row, demand_of(row, quantity=30, need_date=date(2026, 4, 1)), 30, buyer)
    late = promise(row, demand_of(row, quantity=30, need_date=date(2026, 5, 1)), 30, buyer)
    shares = {f"share_{early.pk}": "5", f"share_{late.pk}": "25"}

    response = warehouse_client.post(
        page("receive", row.pk), {"quantity": "30", "effective_on": "2026-03-02", "reference": "DN-1", **shares}
    )

    assert response.status_code == 302
    assert list(OrderLink.objects.order_by("pk").values_list("on_shelf", flat=True)) == [5, 25]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_receive_shares_out_again_for_another_quantity(buyer, warehouse_client, headers):
    row = purchase_row(sent=True)
    made = promise(row, demand_of(row, quantity=30), 30, buyer)
    form = {"quantity": "20", "effective_on": "2026-03-02", "reference": "DN-5", f"share_{made.pk}": "30"}

    response = warehouse_client.post(page("receive", row.pk), form | {"share_out": "1"}, headers=headers)

    assertContains(response, f'name="share_{made.pk}" value="20"')
    assertContains(response, 'value="DN-5"')
    assert again(row).supply.done == 0


def test_receipt_that_was_reversed_says_so(buyer, buyer_client):
    row = purchase_row(sent=True)
    operations.receive(row=row, quantity=Decimal(40), by=buyer, effective_on=TODAY)
    assertNotContains(buyer_client.get(page("order", row.order_id)), "<td>reversed</td>")

    operations.reverse_receipt(row=row, movement=StockMovement.objects.get(), by=buyer, effective_on=TODAY)

    response = buyer_client.get(page("order", row.order_id))
    assertContains(response, "<td>reversed</td>")
    assertContains(response, "<td>reversal</td>")


def test_receive_says_what_is_wrong(warehouse_client):
    row = purchase_row(sent=True)

    response = warehouse_client.post(page("receive", row.pk), {"quantity": "0", "effective_on": ""}, headers=HTMX)

    assertContains(response, "Enter a quantity above zero.", status_code=422)
    assertContains(response, "Enter a date.", status_code=422)


def test_receive_twice_with_one_form_has_one_effect(warehouse_client):
    row = purchase_row(sent=True)
    form = {"quantity": "30", "effective_on": "2026-03-02", "operation_key": "11111111-1111-4111-8111-111111111111"}

    warehouse_client.post(page("receive", row.pk), form)
    warehouse_client.post(page("receive", row.pk), form)

    assert again(row).supply.done == 30


def test_reverse_takes_a_receipt_back(buyer, warehouse_client):
    row = purchase_row(sent=True)
    operations.receive(row=row, quantity=Decimal(40), by=buyer, effective_on=TODAY)
    receipt = StockMovement.objects.get()
    assertContains(warehouse_client.get(page("reverse", receipt.pk)), "Reverse the receipt of 40.00 pcs on P-1001/10")

    warehouse_client.post(page("reverse", receipt.pk), {"effective_on": "2026-03-03", "quantity": "40"})

    assert (again(row).supply.done, again(row).order.status) == (0, "sent")


def test_component_list_shows_only_components_of_the_orders_it_belongs_to(buyer, buyer_client):
    row = purchase_row()
    mine = component_for(row)
    operations.link_to_component(row=row, component=mine, quantity=Decimal(4), by=buyer, wider=True)
    stranger = component_for(row)

    response = buyer_client.get(page("component_list", row.pk))

    assertContains(response, f"<td>{mine}</td>")
    assertNotContains(response, str(stranger))
    assertContains(buyer_client.get(f"{page('component_list', row.pk)}?wider=1", headers=HTMX), str(stranger))


@pytest.mark.parametrize("count", [1, 3])
def test_component_list_query_count_does_not_grow(buyer_client, count, django_assert_num_queries):
    row = purchase_row()
    for _ in range(count):
        component_for(row)

    with django_assert_num_queries(6):
        buyer_client.get(f"{page('component_list', row.pk)}?wider=1")


def test_link_to_component_asks_once_more_then_links(buyer_client):
    row = purchase_row()
    component = component_for(row, quantity=60)
    url = page("link_to_component", row.pk, component.pk)
    assertContains(buyer_client.get(f"{url}?wider=1"), 'value="60"')

    response = buyer_client.post(url, {"quantity": "60", "wider": "True"}, follow=True)

    assertContains(response, f"60 pcs of P-1001/10 are contract-linked to {component}.")
    assertContains(response, "Contract-linked 60 of 100")


def test_link_to_component_says_first_what_a_buyer_should_know(buyer_client):
    row = purchase_row()
    component = component_for(row, need_date="2026-01-05")

    page_of_it = buyer_client.get(f"{page('link_to_component', row.pk, component.pk)}?wider=1")

    assertContains(page_of_it, f"later than {component} needs it (2026-01-05).")


def test_order_page_names_what_can_be_done_with_a_row(buyer_client):
    row = purchase_row()

    response = buyer_client.get(page("order", row.order_id))

    assertContains(response, 'title="Link to production component"')
    assertContains(response, 'title="Remove"')


def test_link_to_component_refuses_with_the_figures(buyer_client):
    row = purchase_row()
    component = component_for(row, quantity=60)

    url = page("link_to_component", row.pk, component.pk)
    sentences = {
        "61": f"60 pcs of {component} are uncovered.",
        "101": f"60 pcs of {component} are uncovered.",
        "1.5": "1.5 pcs has too many decimals: pcs allows whole numbers only.",
    }
    for typed, sentence in sentences.items():
        response = buyer_client.post(url, {"quantity": typed, "wider": "True"}, headers=HTMX)
        assert (response.status_code, response.context["form"].errors) == (422, {"quantity": [sentence]})
    operations.split_row(row=row, parts=[operations.NewPart(quantity=Decimal(n)) for n in (40, 60)], by=UserFactory())
    response = buyer_client.post(url, {"quantity": "50", "wider": "True"}, headers=HTMX)
    assert response.context["form"].errors == {"quantity": ["40 pcs of P-1001/10 are free."]}


def test_link_waiting_gives_free_quantity(buyer_client):
    row = purchase_row(sent=True)
    demand = demand_of(row, quantity=7)

    buyer_client.post(page("link_waiting", row.pk, demand.pk), {"quantity": "7"})

    assert OrderLink.objects.values_list("demand", "kind", "open").get() == (demand.pk, "claimed", 7)


def test_link_waiting_shows_warnings_before_it_links(buyer_client):
    row = purchase_row(sent=True)
    demand = demand_of(row, quantity=7, need_date=date(2026, 3, 1))
    url = page("link_waiting", row.pk, demand.pk)

    response = buyer_client.post(url, {"quantity": "7"}, headers=HTMX)

    assertContains(response, "Link anyway", status_code=422)
    buyer_client.post(url, {"quantity": "7", "accept_warnings": "on"}, headers=HTMX)
    assert OrderLink.objects.count() == 1


def test_link_waiting_shows_the_error(buyer_client):
    row = purchase_row(sent=True)
    demand = demand_of(row, quantity=7)

    response = buyer_client.post(page("link_waiting", row.pk, demand.pk), {"quantity": "x"})

    assertContains(response, "Enter a quantity such as 12", status_code=422)


def test_term_pages_show_terms(buyer_client):
    term = SupplierTermFactory(supplier_part_number="XY-77")
    purchase_order(supplier=term.supplier)

    for url in [page("term_list"), page("part_terms", term.part_id), page("supplier", term.supplier_id)]:
        assertContains(buyer_client.get(url), "XY-77")
    assertContains(buyer_client.get(page("supplier", term.supplier_id)), "P-1001")


def test_sending_links_backorders_when_the_setting_is_on(buyer, buyer_client):
    Setting.objects.create(name="backorder_linking", value=True)
    row = purchase_row()
    demand = demand_of(row, quantity=7)

    buyer_client.post(page("send", row.order_id))

    assert OrderLink.objects.values_list("demand", "open", "rule").get() == (demand.pk, 7, "backorder")
    assertContains(buyer_client.get(page("order", row.order_id)), "Sending an order links its free quantity")


def test_sending_links_nothing_when_the_setting_is_off(buyer_client):
    row = purchase_row()
    demand_of(row, quantity=7)

    buyer_client.post(page("send", row.order_id))

    assert OrderLink.objects.count() == 0


def test_row_raised_on_a_sent_order_links_backorders(buyer):
    Setting.objects.create(name="backorder_linking", value=True)
    row = purchase_row(quantity=10, sent=True)
    demand_of(row, quantity=50)
    operations.change_row(row=row, by=buyer, quantity=Decimal(15))

    assert OrderLink.objects.values_list("open", flat=True).get() == 15


def test_search_and_lookup_find_an_order(buyer_client):
    row = purchase_row()

    assert buyer_client.get("/search/?q=P-1001").url == page("order", row.order_id)
    found = buyer_client.get("/lookup/purchase-orders/?q=1001").json()["results"]
    assert found == [{"value": "P-1001", "label": f"P-1001 {row.order.supplier}"}]


WRITES = ["send", "confirm", "recall", "cancel", "close", "make_draft", "change_order", "add_row"]


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize(
    "who", ["seller_client", "planner_client", "warehouse_client", "viewer_client", "admin_client"]
)
def test_only_a_buyer_changes_orders(request, who, name):
    row = purchase_row()

    assert request.getfixturevalue(who).post(page(name, row.order_id)).status_code == 403


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("receive", {"buyer_client", "warehouse_client"}),
        ("component_list", {"buyer_client", "planner_client"}),
        ("change_row", {"buyer_client"}),
        ("short_close", {"buyer_client"}),
        ("remove_row", {"buyer_client"}),
    ],
)
def test_row_pages_follow_the_table_of_rights(request, name, allowed):
    row = purchase_row(sent=True)
    clients = ["buyer_client", "warehouse_client", "planner_client", "seller_client", "viewer_client"]

    opened = {who for who in clients if request.getfixturevalue(who).get(page(name, row.pk)).status_code == 200}

    assert opened == allowed


def test_stranger_is_sent_to_the_login(client):
    assert client.get(page("order_list")).status_code == 302


@pytest.mark.parametrize("name", ["order", "send", "receive", "change_row", "reverse", "supplier", "part_terms"])
def test_wrong_id_is_not_found(buyer_client, warehouse_client, name):
    client = warehouse_client if name == "reverse" else buyer_client
    method = client.post if name == "send" else client.get

    assert method(page(name, 10**15)).status_code == 404
