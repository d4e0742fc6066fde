"""Find and replace in the rows of an order: what is found, what changes in one save, and what each row refuses."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from erp.exceptions import Gone, Refused
from sales import operations
from sales.forms.replacing import ReplaceForm
from sales.models import RowType
from sales.operations.replacing import Replacing
from tests.factories import MadePartFactory, PartFactory
from tests.purchasing.factories import SupplierTermFactory
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


def asked(**facts):
    return {"field": "name", "find": "Frame", "put": "Fork"} | facts


def saving(shown, *rows, **facts):
    """What the page that was shown posts with these rows ticked."""
    form = shown.context["form"]
    sent = {"save": "1", "shown": shown.context["stamp"], "operation_key": str(form.key)}
    return asked(**facts) | sent | {"rows": [row.pk for row in rows]}


def test_dialog_shows_what_would_change_and_saves_the_ticked_rows(seller_client, order):
    shown = seller_client.post(url(order), asked(), headers=HTMX)
    page, unchanged = shown.content.decode(), said(order)

    answer = seller_client.post(url(order), saving(shown, order.rows.get(position=30)))

    assert ("Frame blue" in page, "Fork blue" in page, unchanged[0]) == (True, True, "Frame blue")
    assert (answer.status_code, said(order)[:3]) == (302, ["Frame blue", "Wheel", "Fork, used"])


def test_dialog_writes_dates_as_they_are_typed(seller_client, order):
    shown = seller_client.post(url(order), asked(field="delivery_date", find=DELIVERY.isoformat(), put="2026-04-01"))

    [change] = shown.context["changes"]
    assert change[1:3] == (DELIVERY.isoformat(), "2026-04-01")


def test_dialog_says_so_where_nothing_is_found(seller_client, order):
    answer = seller_client.post(url(order), {"field": "name", "find": "Saddle"}, headers=HTMX)

    assert "No open row says it." in answer.content.decode()


def test_dialog_refuses_to_save_without_a_tick(seller_client, order):
    shown = seller_client.post(url(order), asked())

    answer = seller_client.post(url(order), saving(shown))

    assert (answer.status_code, "Tick at least one row." in answer.content.decode()) == (409, True)


def test_what_was_changed_since_it_was_shown_is_shown_again_and_not_saved(seller_client, seller, order):
    shown, row = seller_client.post(url(order), asked()), order.rows.for_list().get(position=10)
    operations.change_row(row=row, name="Frame red", by=seller)

    answer = seller_client.post(url(order), saving(shown, row))
    again = seller_client.post(url(order), saving(answer, row))

    changes = [(old, new, is_ticked) for _row, old, new, is_ticked, _why in answer.context["changes"]]
    assert (answer.status_code, changes[0], changes[1][2]) == (409, ("Frame red", "Fork red", True), False)
    assert "Something was changed after this was shown." in answer.content.decode()
    assert (again.status_code, said(order)[0]) == (302, "Fork red")


def test_other_words_than_those_shown_are_shown_first(seller_client, order):
    shown, row = seller_client.post(url(order), asked()), order.rows.get(position=10)

    answer = seller_client.post(url(order), saving(shown, row, put="Saddle"))

    assert (answer.status_code, said(order)[0]) == (409, "Frame blue")
    assert "Saddle blue" in answer.content.decode()


def test_second_post_of_the_same_page_gets_the_first_answer(seller_client, order):
    shown, row = seller_client.post(url(order), asked()), order.rows.get(position=10)

    answers = [seller_client.post(url(order), saving(shown, row), follow=True) for _click in range(2)]

    assert ["1 row is changed." in answer.content.decode() for answer in answers] == [True, True]


def test_row_that_changes_between_page_and_lock_is_left_alone(seller, order):
    what = replacing()
    rows = list(what.rows_of(order))
    operations.change_row(row=rows[0], name="Frame red", by=seller)

    done, refused = replace(order, what, rows=rows, by=seller)

    assert ([row.position for row in done], [why for _row, why in refused]) == (
        [30],
        ["S-1001/10 was changed meanwhile; search again."],
    )


def test_replaced_dates_say_which_orders_the_boxes_made_and_which_they_did_not(planner_client, planner):
    part = PartFactory(lot_sizing="LR")
    SupplierTermFactory(part=part, unit=part.unit)
    order = order_with(3, part=part, by=planner, row={"order_box": True, "delivery_date": None})
    stocked = MadePartFactory(number="FRAME", lot_sizing="LL")
    operations.add_row(order=order, part=stocked, quantity=Decimal(1), order_box=True, by=planner)
    what = {"field": "delivery_date", "find": "", "put": "2026-04-01"}
    shown = planner_client.post(url(order), what)

    page = planner_client.post(url(order), saving(shown, *order.rows.all(), **what), follow=True).content.decode()

    assert "Purchase orders made: " in page
    assert "No order was made. S-1001/20: FRAME is stock-driven" in page


def test_row_that_refuses_says_nothing_of_its_box(planner, monkeypatch):
    order = order_with(3, part=MadePartFactory(), by=planner, row={"order_box": True, "delivery_date": None})
    what, boxes = replacing(field="delivery_date", find=None, put=DELIVERY), {}

    def refuse(*, row, refused, **_facts):
        refused[row.pk] = "No order."
        raise Refused("No change.")

    monkeypatch.setattr("sales.operations.replacing.change_row", refuse)
    facts = {"order": order, "rows": list(what.rows_of(order)), "replacing": what, "refused": boxes, "by": planner}
    done, refused = operations.replace_in_rows(**facts)

    assert (done, [why for _row, why in refused], boxes) == ([], ["No change."], {})


def test_replace_by_a_double_click_happens_once(seller, order):
    key, what = "11111111-1111-4111-8111-111111111111", replacing(find="e", put="ee")
    rows = list(what.rows_of(order))

    for _click in range(2):
        operations.replace_in_rows(order=order, rows=rows, replacing=what, by=seller, key=key)

    assert said(order)[0] == "Framee bluee"
