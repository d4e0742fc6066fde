"""Ticked production orders: released, cancelled, printed; each with its own answer."""

import io
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader
from pytest_django.asserts import assertContains

from linkage.models import Demand, Supply
from production import operations
from production.models import ProductionOrder
from tests.access.hostile import VALUES
from tests.factories import WarehouseFactory
from tests.production.making import bought, made, order_of, promise
from tests.races import run_before_commit

pytestmark = pytest.mark.django_db
RELEASE, CANCEL, PRINT = (reverse(f"production:{name}_ticked") for name in ("release", "cancel", "print"))


def bikes(count, *, by):
    warehouse, part = WarehouseFactory(), made("BIKE", (bought("WHEEL"), 2))
    return [order_of(part, warehouse=warehouse, by=by) for _number in range(count)]


def line_of(order):
    return order.lines.select_related("supply__part", "supply__warehouse").get()


def rows(*orders, **more):
    return {"rows": [line_of(order).pk for order in orders], **more}


def statuses():
    return list(ProductionOrder.objects.order_by("pk").values_list("status", flat=True))


def test_release_orders_releases_each_or_says_why_not(planner):
    first, second, third = bikes(3, by=planner)
    operations.release(order=second, by=planner)

    done, refused = operations.release_orders(orders=[third, second, first], by=planner)

    assert done == [first, third]
    assert refused == [(second, f"{second} is released and cannot become released.")]
    assert statuses() == ["released", "released", "released"]


def test_cancel_orders_leaves_what_is_promised_as_it_is(planner):
    promised, free = bikes(2, by=planner)
    row = promise(line_of(promised), 4, planner)

    done, refused = operations.cancel_orders(orders=[promised, free], by=planner, reason="No longer needed")

    assert (done, statuses()) == ([free], ["planned", "cancelled"])
    assert refused == [(promised, f"{promised} is promised to {row} (4). Disconnect or hand over first.")]
    assert set(Supply.objects.filter(document=free.document).values_list("quantity", "cancelled")) == {(10, 10)}
    assert set(Demand.objects.filter(document=free.document).values_list("status", flat=True)) == {"cancelled"}


def test_a_second_press_answers_as_the_first_did(planner):
    first, second = bikes(2, by=planner)
    promise(line_of(first), 4, planner)
    once = {"orders": [first, second], "by": planner, "key": uuid4()}

    answers = [operations.cancel_orders(**once) for _press in range(2)]

    assert [[order.pk for order in done] for done, _refused in answers] == [[second.pk], [second.pk]]
    assert list(answers[1][1][0]) == list(answers[0][1][0])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_release_orders_waits_for_who_cancels_one_of_them(planner):
    first, second = bikes(2, by=planner)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.cancel(order=second, by=planner),
        lambda: operations.release_orders(orders=[first, second], by=planner),
    )

    assert had_to_wait
    assert outcome[1] == [(second, f"{second} is cancelled and cannot become released.")]
    assert statuses() == ["released", "cancelled"]


def test_the_list_releases_the_ticked_orders(planner_client, planner):
    first, second, third = bikes(3, by=planner)
    operations.release(order=second, by=planner)

    answer = planner_client.post(RELEASE, rows(first, second), follow=True)

    assert statuses() == ["released", "released", "planned"]
    assertContains(answer, "1 order is released.")
    assertContains(answer, f"<li>{second} is released and cannot become released.</li>")
    assert third.status == "planned"


def test_the_list_shows_what_would_be_cancelled_before_it_cancels(planner_client, planner):
    promised, free = bikes(2, by=planner)
    promise(line_of(promised), 4, planner)

    look = planner_client.post(CANCEL, rows(promised, free))

    assert statuses() == ["planned", "planned"]
    assertContains(look, "1 order would be cancelled")
    assertContains(look, f"{promised} is promised to")

    answer = planner_client.post(CANCEL, rows(promised, free, confirm="1", reason="Too many"), follow=True)

    assert statuses() == ["planned", "cancelled"]
    assertContains(answer, "1 order is cancelled.")


def test_cancelling_names_the_supply_that_becomes_free(planner_client, planner):
    warehouse, frame = WarehouseFactory(), made("FRAME", (bought("TUBE"), 1))
    order = order_of(made("BIKE", (frame, 1)), warehouse=warehouse, by=planner)
    [below] = Supply.objects.filter(part=frame)

    assertContains(planner_client.post(CANCEL, rows(order)), f"{below}: 0.00 → 10.00")


def test_cancelling_says_what_is_wrong_with_the_reason(planner_client, planner):
    [order] = bikes(1, by=planner)

    answer = planner_client.post(CANCEL, rows(order, confirm="1", reason="x" * 10_001))

    assert (answer.status_code, statuses()) == (422, ["planned"])
    assertContains(answer, "errorlist", status_code=422)


def text_of(answer):
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(b"".join(answer.streaming_content))).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def test_ticked_orders_are_printed_in_one_file_each_in_its_layout(viewer_client, planner):
    first, second = bikes(2, by=planner)
    ProductionOrder.objects.filter(pk=second.pk).update(layout="picking")

    pages = text_of(viewer_client.post(PRINT, rows(second, first)))

    assert pages[0].startswith(f"Production order {first}")
    assert pages[1].startswith(f"Picking list {second}")
    assert [page.endswith("1 / 1") for page in pages] == [True, True]


@pytest.mark.parametrize("url", [RELEASE, CANCEL, PRINT])
def test_nothing_ticked_is_refused_whatever_was_sent(planner_client, url):
    answers = {planner_client.post(url, {"rows": value}).status_code for value in VALUES.values()}

    assert answers <= {400, 409}
    assertContains(planner_client.post(url), "Tick at least one order.", status_code=409)


def test_too_many_are_refused(planner_client, planner, monkeypatch):
    orders = bikes(2, by=planner)
    monkeypatch.setattr("production.views.many.MOST_PRINTED", 1)

    assertContains(planner_client.post(PRINT, rows(*orders)), "Tick at most 1 rows at once.", status_code=409)


def test_the_look_at_many_takes_back_what_it_tried(planner_client, planner):
    orders = bikes(2, by=planner)
    before = list(Supply.objects.order_by("pk").values())

    planner_client.post(CANCEL, rows(*orders))

    assert list(Supply.objects.order_by("pk").values()) == before
