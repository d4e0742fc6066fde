"""Find and replace in the rows of an order: what is found, what changes in one save, and what each row refuses."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from erp.exceptions import Gone
from sales import operations
from sales.models import RowType
from sales.operations.replacing import Replacing
from sales.replace_forms import ReplaceForm
from tests.factories import PartFactory
from tests.sales.factories import DELIVERY, order_with

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.fixture
def order(seller):
    """A row of each type that says Frame, and one that does not."""
    order = order_with(10, part=PartFactory(name="Frame blue"), by=seller)
    operations.add_row(order=order, part=PartFactory(name="Wheel"), quantity=Decimal(1), by=seller)
    facts = {"name": "frame, used", "part_number": "FRAME-1", "quantity": Decimal(1)}
    operations.add_row(order=order, row_type=RowType.ADDITIONAL, **facts, by=seller)
    operations.add_row(order=order, row_type=RowType.TEXT, text="The frame is blue.", by=seller)
    return order


def replacing(field="name", find="Frame", put="Fork", **facts):
    return Replacing(field=field, find=find, put=put, **facts)


def said(order, name="name"):
    return list(order.rows.order_by("position").values_list(name, flat=True))


def replace(order, what, *, by, rows=None):
    rows = list(what.rows_of(order)) if rows is None else rows
    return operations.replace_in_rows(order=order, rows=rows, replacing=what, by=by)


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ({}, [10, 30]),
        ({"same_case": True}, [10]),
        ({"field": "text", "find": "BLUE"}, [40]),
        ({"field": "part_number", "find": "frame"}, [30]),
        ({"field": "delivery_date", "find": DELIVERY, "put": None}, [10]),
        ({"field": "delivery_date", "find": None, "put": DELIVERY}, [20, 30]),
    ],
)
def test_rows_are_found_by_what_they_say(order, what, found):
    rows = replacing(**what).rows_of(order)

    assert [row.position for row in rows] == found


def test_replace_changes_all_rows_in_one_save(order, seller):
    done, refused = replace(order, replacing(), by=seller)

    assert ([row.position for row in done], refused) == ([10, 30], [])
    assert said(order) == ["Fork blue", "Wheel", "Fork, used", ""]


def test_replace_takes_what_is_put_literally(order, seller):
    replace(order, replacing(field="text", find=".", put=r"\1!"), by=seller)

    assert said(order, "text")[-1] == r"The frame is blue\1!"


def test_replace_of_dates_moves_the_demands(order, seller):
    day = date(2026, 4, 1)

    replace(order, replacing(field="delivery_date", find=DELIVERY, put=day), by=seller)

    row = order.rows.get(position=10)
    assert (row.delivery_date, row.demand.need_date) == (day, day)


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ({"put": "x" * 121}, "its name would have 126 characters; at most 120 fit."),
        ({"find": "Frame blue", "put": " "}, "nothing would be left of its name."),
    ],
)
def test_replace_says_which_row_refuses_and_why(order, seller, what, sentence):
    done, refused = replace(order, replacing(**what), by=seller)

    assert [(row.position, why) for row, why in refused][:1] == [(10, f"S-1001/10: {sentence}")]
    assert [row.position for row in done] in ([], [30])


def test_replace_leaves_a_row_alone_that_somebody_changed_meanwhile(order, seller):
    what = replacing()
    rows = list(what.rows_of(order))
    operations.change_row(row=rows[0], name="Saddle", by=seller)

    done, refused = replace(order, what, rows=rows, by=seller)

    assert ([row.position for row in done], [why for _row, why in refused]) == (
        [30],
        ["S-1001/10 does not say it any more."],
    )
    assert said(order)[0] == "Saddle"


def test_replace_refuses_a_row_that_is_gone(order, seller):
    what = replacing()
    rows = list(what.rows_of(order))
    operations.delete_row(row=rows[1], by=seller)

    with pytest.raises(Gone):
        replace(order, what, rows=rows, by=seller)


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"field": "name", "find": ""}, {"find": ["Enter what to search for."]}),
        ({"field": "name", "find": "a", "put": "a"}, {"put": ["Both are the same: nothing would change."]}),
        (
            {"field": "delivery_date", "find": "tomorrow"},
            {"find": ["Enter a date such as 2026-03-20, or nothing for no date."]},
        ),
        ({"field": "delivery_date", "put": "9999-12-31"}, {"put": ["Enter a date between 1990 and 2199."]}),
    ],
)
def test_form_says_what_is_missing(data, errors):
    form = ReplaceForm(data)

    assert not form.is_valid()
    assert form.errors == errors


def url(order):
    return reverse("sales:find_replace", args=[order.pk])


def test_dialog_shows_what_would_change_and_saves_the_ticked_rows(seller_client, order):
    data = {"field": "name", "find": "Frame", "put": "Fork"}
    shown = seller_client.post(url(order), data, headers=HTMX).content.decode()
    unchanged = said(order)

    answer = seller_client.post(url(order), data | {"save": "1", "rows": order.rows.get(position=30).pk})

    assert ("Frame blue" in shown, "Fork blue" in shown, unchanged[0]) == (True, True, "Frame blue")
    assert (answer.status_code, said(order)[:3]) == (302, ["Frame blue", "Wheel", "Fork, used"])


def test_dialog_says_so_where_nothing_is_found(seller_client, order):
    answer = seller_client.post(url(order), {"field": "name", "find": "Saddle"}, headers=HTMX)

    assert "No open row says it." in answer.content.decode()


def test_dialog_refuses_to_save_without_a_tick(seller_client, order):
    answer = seller_client.post(url(order), {"field": "name", "find": "Frame", "save": "1"})

    assert answer.status_code == 409


def test_replace_by_a_double_click_happens_once(seller, order):
    key, what = "11111111-1111-4111-8111-111111111111", replacing(find="e", put="ee")
    rows = list(what.rows_of(order))

    for _click in range(2):
        operations.replace_in_rows(order=order, rows=rows, replacing=what, by=seller, key=key)

    assert said(order)[0] == "Framee bluee"
