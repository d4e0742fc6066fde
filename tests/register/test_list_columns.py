"""Every user's own choice of columns: in the address of a list, remembered on demand, forgotten on demand."""

import csv
import io

import pytest
from django.urls import reverse

from erp.exceptions import Refused
from erp.register import operations
from erp.register.models import SavedView, User
from tests.access.hostile import VALUES
from tests.factories import PartFactory

pytestmark = pytest.mark.django_db
PARTS = "/register/parts/"
CHOOSE = "/register/columns/"


def shown(response):
    return [column.name for column in response.context["table"].columns]


def form_of(client, query=""):
    """What the form of the list sends when nothing is changed in it."""
    context = client.get(f"{PARTS}?choose=columns{query}").context
    names = [choice.name for choice in context["choices"]]
    return {
        "page": PARTS,
        "query": context["views"].query,
        "name": names,
        "place": [str(place) for place in range(1, len(names) + 1)],
        "shown": [choice.name for choice in context["choices"] if choice.is_shown],
        "remember": "on",
    }


def posted(client, form, **changes):
    return client.post(CHOOSE, form | changes)


def test_a_list_shows_the_columns_of_its_address_in_their_order(viewer_client):
    assert shown(viewer_client.get(PARTS, {"columns": "name,number"})) == ["name", "number"]


@pytest.mark.parametrize("columns", ["", "nothing", ",", "tick", "name" * 2000, "'", "__class__"])
def test_a_list_shows_its_own_columns_where_no_name_is_known(viewer_client, columns):
    own = shown(viewer_client.get(PARTS))

    assert shown(viewer_client.get(PARTS, {"columns": columns})) == own


def test_unknown_and_repeated_names_are_left_out(viewer_client):
    assert shown(viewer_client.get(PARTS, {"columns": "name,standard_price,name,x,number"})) == ["name", "number"]


def test_a_list_sorts_by_a_column_that_it_hides(viewer_client):
    PartFactory(number="A", name="z")
    PartFactory(number="B", name="a")

    page = viewer_client.get(PARTS, {"columns": "number", "sort": "name"})

    assert [row.record.number for row in page.context["table"].paginated_rows] == ["B", "A"]


def test_choose_columns_leads_back_to_the_list_and_opens_it_so_from_then_on(viewer_client):
    form = form_of(viewer_client, "&q=saddle")

    response = posted(viewer_client, form, shown=["name", "number"])

    assert response.url == f"{PARTS}?q=saddle&columns=number,name"
    assert shown(viewer_client.get(PARTS)) == ["number", "name"]


def test_choose_columns_only_this_time(viewer_client):
    own, form = shown(viewer_client.get(PARTS)), form_of(viewer_client)
    del form["remember"]

    response = posted(viewer_client, form, shown=["name"])

    assert shown(viewer_client.get(response.url)) == ["name"]
    assert shown(viewer_client.get(PARTS)) == own


@pytest.mark.parametrize(
    ("places", "order"),
    [
        pytest.param("1 2 1", "c a b", id="up to the first place"),
        pytest.param("3 2 3", "b c a", id="down to the last place"),
        pytest.param("3 2 1", "c b a", id="two change places"),
        pytest.param("9 2 3", "b c a", id="beyond the end"),
    ],
)
def test_a_column_goes_to_the_place_it_is_given(viewer_client, places, order):
    names = ["a", "b", "c"]
    form = {"page": PARTS, "name": names, "place": places.split(), "shown": names}

    assert posted(viewer_client, form).url == f"{PARTS}?columns={order.replace(' ', ',')}"


def test_the_form_offers_the_shown_columns_first(viewer_client):
    context = viewer_client.get(PARTS, {"choose": "columns", "columns": "part_type,name"}).context

    assert [choice.name for choice in context["choices"] if choice.is_shown] == ["part_type", "name"]
    assert [choice.is_shown for choice in context["choices"]][:3] == [True, True, False]


def test_the_form_is_a_dialog_for_htmx_and_a_page_without(viewer_client):
    dialog = viewer_client.get(PARTS, {"choose": "columns"}, headers={"HX-Request": "true"}).content.decode()
    page = viewer_client.get(PARTS, {"choose": "columns"}).content.decode()

    assert dialog.lstrip().startswith('<section id="columns"')
    assert "<html" in page
    assert f'action="{CHOOSE}"' in page


def test_back_to_the_lists_own_columns(viewer_client):
    own = shown(viewer_client.get(PARTS))
    posted(viewer_client, form_of(viewer_client), shown=["name"])

    response = posted(viewer_client, form_of(viewer_client, "&q=x"), reset="1")

    assert response.url == f"{PARTS}?q=x"
    assert shown(viewer_client.get(PARTS)) == own


def test_columns_are_each_users_own_and_each_lists(viewer_client, viewer, planner_client):
    own = shown(planner_client.get(PARTS))
    operations.choose_columns(page=PARTS, columns=["name"], by=viewer)
    operations.choose_columns(page="/register/partners/", columns=["number"], by=viewer)

    assert shown(viewer_client.get(PARTS)) == ["name"]
    assert shown(viewer_client.get("/register/partners/")) == ["number"]
    assert shown(planner_client.get(PARTS)) == own


def test_a_saved_view_carries_the_remembered_columns(planner_client, planner, viewer_client):
    operations.choose_columns(page=PARTS, columns=["name", "number"], by=planner)
    manage = planner_client.get(PARTS, {"q": "x"}).context["views"].manage_url

    form = planner_client.get(manage).context["form"].initial
    planner_client.post("/register/views/", form | {"name": "Short", "is_shared": "on"})

    view = SavedView.objects.get()
    assert view.query == "q=x&columns=name%2Cnumber"
    assert shown(viewer_client.get(f"{PARTS}?{view.query}")) == ["name", "number"]
    assert planner_client.get(PARTS, {"q": "x"}).context["views"].current == "Short"


@pytest.mark.parametrize("columns", [None, ["name", "number"]])
def test_columns_cost_no_query(viewer_client, viewer, django_assert_num_queries, columns):
    PartFactory.create_batch(3)
    if columns:
        operations.choose_columns(page=PARTS, columns=columns, by=viewer)

    with django_assert_num_queries(6):
        viewer_client.get(PARTS)


def header_of(client, **query):
    answer = client.get(PARTS, {"export": "csv", **query})
    return next(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_an_export_has_the_chosen_columns_or_all(viewer_client, viewer):
    everything = header_of(viewer_client)
    operations.choose_columns(page=PARTS, columns=["name", "number"], by=viewer)

    assert header_of(viewer_client) == ["Name", "Number"]
    assert header_of(viewer_client, columns="number") == ["Number"]
    assert header_of(viewer_client, columns="all") == everything
    assert "XLSX with all columns" in viewer_client.get(PARTS).content.decode()
    assert "XLSX with all columns" not in viewer_client.get(PARTS, {"columns": "all"}).content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"shown": []}, "Tick at least one column."),
        ({"shown": ["unknown"]}, "Tick at least one column."),
        ({"place": ["0", "1", "2", "3"]}, "A place is a whole number from 1 to 99."),
        ({"page": "//elsewhere.example/"}, "Open a list and save its view from there."),
        ({"page": ""}, "This field is required."),
        ({"name": ["a b"]}, "Open the list and choose its columns from there."),
        ({"query": "x" * 4001}, "at most 4000 characters"),
    ],
)
def test_choose_columns_says_what_is_wrong(viewer_client, viewer, changes, sentence):
    response = posted(viewer_client, form_of(viewer_client), **changes)

    viewer.refresh_from_db()
    assert (response.status_code, viewer.list_columns) == (409, {})
    assert sentence in response.content.decode()


@pytest.mark.parametrize("field", ["page", "query", "name", "place", "shown", "remember", "reset"])
def test_no_value_in_any_field_breaks_the_choice(viewer_client, field):
    form = form_of(viewer_client)

    answers = {posted(viewer_client, form, **{field: value}).status_code for value in VALUES.values()}

    assert answers <= {302, 400, 409}


def test_the_columns_of_a_hundred_lists_are_kept_and_no_more(viewer):
    User.objects.filter(pk=viewer.pk).update(list_columns={f"/{number}/": ["name"] for number in range(100)})
    viewer.refresh_from_db()

    operations.choose_columns(page="/1/", columns=["number"], by=viewer)
    with pytest.raises(Refused, match="columns of 100 lists are kept"):
        operations.choose_columns(page=PARTS, columns=["number"], by=viewer)


def test_a_choice_of_columns_is_no_event_of_the_user(viewer):
    before = viewer.events.count()

    operations.choose_columns(page=PARTS, columns=["name"], by=viewer)

    assert viewer.events.count() == before


LISTS = [
    "linkage:short_list", "linkage:late_list", "linkage:orphan_list", "linkage:free_list", "linkage:demand_list",
    "linkage:supply_list", "linkage:undecided_list", "linkage:link_list", "linkage:hold_list", "linkage:stock_list",
    "linkage:movements", "linkage:swap_list", "production:order_list", "production:bom_list",
    "production:routing_list", "production:work_centre_list", "production:loss_list", "purchasing:order_list",
    "purchasing:row_list", "purchasing:term_list", "sales:order_list", "sales:row_list", "register:part_list",
    "register:partner_list", "register:calendar_list",
]  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_every_list_shows_each_of_its_columns_alone(planner_client, name):
    page = reverse(name)
    choices = planner_client.get(page, {"choose": "columns"}).context["choices"]

    for choice in choices:
        found = planner_client.get(page, {"columns": choice.name})
        assert [column for column in shown(found) if column != "tick"] == [choice.name]
