"""Order link tracking lines: new, edit and remove in place, with and without htmx."""

import pytest
from django.urls import reverse

from linkage.models import OrderLink
from tests.factories import PartFactory
from tests.linkage.factories import LinkFactory, MadeSupplyFactory, SupplyFactory, component_of, demand_for, stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_owners")]
HTMX = {"HX-Request": "true"}
HOSTILE = ["0", "-1", "NaN", "1e400", "\uff14", "1,2,3", "4.0000001", "x" * 10_000]


def text_of(response):
    return response.content.decode()


def open_links():
    return sorted(OrderLink.objects.open().values_list("demand_id", "open"))


@pytest.fixture
def line():
    """M-1042/1 makes ten frames."""
    return MadeSupplyFactory(part=PartFactory(number="FRAME"), document__number="M-1042", position=1, quantity=10)


@pytest.fixture
def component(line):
    """M-1050/2/30 needs eight of them."""
    parent = MadeSupplyFactory(document__number="M-1050", position=2, warehouse=line.warehouse, due_date="2026-03-30")
    return component_of(parent, part=line.part, position=30, quantity=8, need_date="2026-03-25")


@pytest.fixture
def page(line):
    return reverse("linkage:tracking", args=[line.pk])


@pytest.fixture
def new(line):
    return reverse("linkage:tracking_new", args=[line.pk])


def test_tracking_names_order_line_component_and_figures(planner_client, line, component, page):
    LinkFactory(supply=line, demand=component, quantity=4)

    response = planner_client.get(page)

    [(row, _url, may_remove)] = response.context["rows"]
    assert (row.allocated, row.ratio, row.coverage, may_remove) == (4, 40, 50, True)
    cells = text_of(response)
    assert ">M-1050</a>" in cells
    assert '<td class="num">2</td>\n  <td class="num">30</td>' in cells
    assert "40\N{NO-BREAK SPACE}%" in cells
    assert "50\N{NO-BREAK SPACE}%" in cells
    assert "6.00 free" in cells


@pytest.mark.parametrize("row_count", [1, 3])
def test_tracking_query_count_does_not_grow(viewer_client, django_assert_num_queries, line, page, row_count):
    for _ in range(row_count):
        LinkFactory(supply=line, demand=demand_for(line), quantity=2)

    with django_assert_num_queries(9):
        response = viewer_client.get(page)

    assert "Remove the link" not in text_of(response)


@pytest.mark.parametrize("typed", ["M-1050/2/30", "m-1050 / 2 / 30", "M-1050"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_new_line_links_the_named_component(planner_client, component, page, new, typed, headers):
    response = planner_client.post(new, {"order": typed, "quantity": "4"}, headers=headers)

    assert open_links() == [(component.pk, 4)]
    if headers:
        assert response["HX-Retarget"] == "#tracking"
        assert text_of(response).lstrip().startswith('<section id="tracking"')
    else:
        assert (response.status_code, response.url) == (302, page)


def test_new_line_without_a_quantity_links_as_much_as_fits(planner_client, component, new):
    planner_client.post(new, {"order": "M-1050/2/30", "quantity": ""})

    assert open_links() == [(component.pk, 8)]


def test_new_line_links_a_sales_row_whose_number_holds_a_slash(planner_client, line, new):
    row = demand_for(line, document__number="S-1/2026", position=20)

    planner_client.post(new, {"order": "S-1/2026/20", "quantity": "3"})

    assert open_links() == [(row.pk, 3)]


def test_new_line_again_widens_the_line_there_is(planner_client, component, new):
    for _ in range(2):
        response = planner_client.post(new, {"order": "M-1050/2/30", "quantity": "3"}, headers=HTMX)

    assert open_links() == [(component.pk, 6)]
    assert text_of(response).count("data-edit-url") == 1


@pytest.mark.parametrize("typed", HOSTILE)
def test_new_line_says_what_is_wrong_with_a_quantity(planner_client, component, new, typed):
    response = planner_client.post(new, {"order": "M-1050/2/30", "quantity": typed}, headers=HTMX)

    assert response.status_code == 422
    assert "errorlist" in text_of(response)
    assert text_of(response).lstrip().startswith('<tr id="line-new"')
    assert open_links() == []


@pytest.mark.parametrize(
    "typed", ["", "M-9999/1/1", "M-1050/2/31", "M-1050/9999999999/30", "/", "//", "x" * 10_000, "M-1042/1"]
)
def test_new_line_says_what_is_wrong_with_the_component(planner_client, component, new, typed):
    response = planner_client.post(new, {"order": typed, "quantity": "1"})

    assert response.status_code == 422
    assert "errorlist" in text_of(response)
    assert open_links() == []


def test_new_line_names_the_components_that_an_order_number_can_mean(planner_client, line, component, new):
    component_of(component.for_supply, part=line.part, position=40)

    response = planner_client.post(new, {"order": "M-1050", "quantity": "1"}, headers=HTMX)

    assert response.status_code == 422
    assert "M-1050/2/40, M-1050/2/30" in text_of(response)


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [("9", "Only 8 of M-1050/2/30 is uncovered; 9 was asked for."), ("1.5", "at most 0 decimals")],
)
def test_new_line_refuses_with_the_figures_beside_the_field(planner_client, component, new, quantity, sentence):
    response = planner_client.post(new, {"order": "M-1050/2/30", "quantity": quantity}, headers=HTMX)

    assert response.status_code == 422
    assert sentence in text_of(response)


def test_new_line_warns_before_it_links_too_late(planner_client, line, component, new):
    component.need_date = "2026-03-01"
    component.save(update_fields=["need_date"])
    posted = {"order": "M-1050/2/30", "quantity": "4"}

    warned = planner_client.post(new, posted, headers=HTMX)
    planner_client.post(new, {**posted, "accept_warnings": "on"}, headers=HTMX)

    assert (warned.status_code, "later than" in text_of(warned)) == (422, True)
    assert open_links() == [(component.pk, 4)]


def test_new_line_refuses_a_circle(planner_client, line, component, new):
    below = component_of(line, part=component.for_supply.part)
    LinkFactory(supply=component.for_supply, demand=below, quantity=5)

    response = planner_client.post(new, {"order": "M-1050/2/30", "quantity": "1"}, headers=HTMX)

    assert response.status_code == 422
    assert "circle" in text_of(response)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_line_is_edited_in_place(planner_client, line, component, page, headers):
    link = LinkFactory(supply=line, demand=component, quantity=4)
    url = reverse("linkage:tracking_edit", args=[link.pk])

    asked = planner_client.get(url, headers=headers)
    saved = planner_client.post(url, {"quantity": "6"}, headers=headers)

    assert 'value="4"' in text_of(asked)
    assert open_links() == [(component.pk, 6)]
    if headers:
        assert text_of(saved).lstrip().startswith(f'<tr id="line-{link.pk}" data-row')
        assert "links-changed" in saved["HX-Trigger-After-Settle"]
    else:
        assert saved.url == page


@pytest.mark.parametrize("typed", [*HOSTILE, "", "9"])
def test_line_stays_with_its_error(planner_client, line, component, typed):
    link = LinkFactory(supply=line, demand=component, quantity=4)
    posted = {"quantity": typed, "close": "1"}

    for headers in ({}, HTMX):
        response = planner_client.post(reverse("linkage:tracking_edit", args=[link.pk]), posted, headers=headers)
        assert response.status_code == 422
        assert "errorlist" in text_of(response)
    assert open_links() == [(component.pk, 4)]


def test_close_saves_the_line_and_leaves(planner_client, line, component):
    link = LinkFactory(supply=line, demand=component, quantity=4)
    posted = {"quantity": "5", "close": "1"}

    response = planner_client.post(reverse("linkage:tracking_edit", args=[link.pk]), posted)

    assert (response.url, open_links()) == (reverse("linkage:supply", args=[line.pk]), [(component.pk, 5)])


def test_edit_without_a_change_changes_nothing(planner_client, line, component):
    link = LinkFactory(supply=line, demand=component, quantity=4)

    planner_client.post(reverse("linkage:tracking_edit", args=[link.pk]), {"quantity": "4"}, headers=HTMX)

    assert link.events.count() == 1


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_remove_disconnects_the_line(planner_client, line, component, headers):
    link = LinkFactory(supply=line, demand=component, quantity=4)

    response = planner_client.post(reverse("linkage:tracking_remove", args=[link.pk]), headers=headers)

    assert (response.status_code, open_links()) == (200 if headers else 302, [])


def test_page_without_javascript_opens_a_line(planner_client, line, component, page):
    link = LinkFactory(supply=line, demand=component, quantity=4)

    assert f'id="edit-{link.pk}"' in text_of(planner_client.get(f"{page}?edit={link.pk}"))
    assert 'id="new-line"' in text_of(planner_client.get(f"{page}?new=1"))
    assert planner_client.get(f"{page}?edit=nonsense").status_code == 200


@pytest.fixture
def offered(planner_client, line):
    """What a box of the new line offers, as {value: label}."""

    def ask(of, **typed):
        response = planner_client.get(reverse("linkage:linkable", args=[line.pk]), {"of": of} | typed)
        return {result["value"]: result["label"] for result in response.json()["results"]}

    return ask


def test_linkable_offers_only_what_can_be_linked(line, component, offered):
    covered = component_of(component.for_supply, part=line.part, position=40, quantity=4)
    LinkFactory(supply=SupplyFactory(part=line.part, warehouse=line.warehouse), demand=covered, quantity=4)
    component_of(component.for_supply, part=PartFactory(), position=50)

    assert offered("order", q="m-10") == {"M-1050": "M-1050  8 pcs uncovered by 2026-03-25"}
    assert offered("order", q="M-2") == {}


def test_linkable_narrows_line_and_component_down_to_the_order(line, component, offered):
    component_of(component.for_supply, part=line.part, position=40, quantity=2, need_date=None)
    demand_for(line, document__number="S-1001", position=20, quantity=3)

    assert list(offered("order")) == ["S-1001", "M-1050"]
    assert offered("line", order="M-1050") == {"2": "2  10 pcs uncovered by 2026-03-25"}
    assert offered("component", order="M-1050", line="2") == {
        "30": "30  8 pcs uncovered by 2026-03-25",
        "40": "40  2 pcs uncovered, no date",
    }
    assert offered("line", order="S-1001") == {"20": "20  3 pcs uncovered by 2026-03-20"}
    assert offered("component", order="S-1001", line="20") == {}


@pytest.mark.parametrize("typed", ["", "x", "9" * 30, "-1", "\uff11"])
def test_linkable_offers_nothing_for_nonsense(component, offered, typed):
    assert offered("component", order="M-1050", line=typed) == {}
    assert offered("line", order=f"{typed}/M-1050") == {}


def test_new_line_names_order_line_and_component_in_their_boxes(planner_client, line, component, new):
    component_of(component.for_supply, part=line.part, position=40)

    planner_client.post(new, {"order": "M-1050", "line": "2", "component": "30", "quantity": "4"})

    assert open_links() == [(component.pk, 4)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"line": "2"}, "“M-1050/2” can be: M-1050/2/40, M-1050/2/30."),
        ({"line": "3"}, "No demand “M-1050/3” of FRAME"),
        ({"line": "2", "component": "31"}, "No demand “M-1050/2/31” of FRAME"),
        ({"line": "x"}, "Enter a whole number such as 10."),
        ({"line": "9" * 20}, "Enter a whole number such as 10."),
    ],
)
def test_new_line_says_which_box_is_wrong(planner_client, line, component, new, typed, sentence):
    component_of(component.for_supply, part=line.part, position=40)

    response = planner_client.post(new, {"order": "M-1050", "quantity": "1"} | typed, headers=HTMX)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert 'value="M-1050"' in text_of(response)
    assert open_links() == []


def test_new_line_keeps_the_reason_why_it_was_linked_anyway(planner_client, component, new):
    component.need_date = "2026-03-01"
    component.save(update_fields=["need_date"])
    posted = {"order": "M-1050", "quantity": "4", "accept_warnings": "on", "reason": "customer agreed"}

    planner_client.post(new, posted, headers=HTMX)

    assert OrderLink.objects.get().reason == "customer agreed"


def test_figures_of_a_line_that_is_typed_show_ratio_coverage_and_warnings(planner_client, line, component):
    component.need_date = "2026-03-01"
    component.save(update_fields=["need_date"])
    url = reverse("linkage:tracking_figures", args=[line.pk])

    shown = text_of(planner_client.get(url, {"order": "M-1050", "line": "2", "component": "30", "quantity": "4"}))
    nothing = planner_client.get(url, {"order": "M-", "quantity": "4"})

    assert "<b>40\N{NO-BREAK SPACE}%</b> of the line · <b>50\N{NO-BREAK SPACE}%</b> of the need" in shown
    assert "later than M-1050/2/30 needs it (2026-03-01)" in shown
    assert 'name="accept_warnings"' in shown
    assert (nothing.status_code, text_of(nothing).strip()) == (200, "")


def test_figures_of_a_line_that_is_edited_count_what_it_will_hold(planner_client, line, component):
    link = LinkFactory(supply=line, demand=component, quantity=4)
    url = reverse("linkage:tracking_edit_figures", args=[link.pk])

    shown = text_of(planner_client.get(url, {"quantity": "6"}))

    assert "<b>60\N{NO-BREAK SPACE}%</b> of the line · <b>75\N{NO-BREAK SPACE}%</b> of the need" in shown
    assert text_of(planner_client.get(url, {"quantity": "60"})).strip() == ""


def test_tracking_of_a_purchase_row_is_for_buyers_too(buyer_client, viewer_client, line, component):
    bought = SupplyFactory(part=line.part, warehouse=line.warehouse)

    def answers(client, supply):
        posted = {"order": "M-1050/2/30", "quantity": "1", "accept_warnings": "on"}
        return client.post(reverse("linkage:tracking_new", args=[supply.pk]), posted).status_code

    assert (answers(buyer_client, bought), answers(buyer_client, line), answers(viewer_client, bought)) == (
        302,
        403,
        403,
    )


def test_stock_has_no_tracking_lines(planner_client, line):
    shelf = stock(line.part, line.warehouse, 3)

    assert planner_client.get(reverse("linkage:tracking", args=[shelf.pk])).status_code == 404
