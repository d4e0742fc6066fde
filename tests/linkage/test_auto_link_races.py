"""The backorder rule twice at once: one run works; without the run's lock the two still promise nothing twice."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from erp.exceptions import Refused
from erp.register.operations import change_setting
from erp.register.users import night_user
from linkage.models import Demand, OrderLink
from linkage.operations import auto_link, link
from tests.fixtures import user_with
from tests.linkage.factories import SupplyFactory, demand_for
from tests.races import at_once, run_before_commit, without_guard, without_locks

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def backorder():
    """A sent purchase of ten and two rows of ten that wait for it, the setting on."""
    change_setting(name="backorder_linking", value=True, by=user_with("admin", is_staff=True))
    supply = SupplyFactory(quantity=10)
    for position in (10, 20):
        demand_for(supply, quantity=10, position=position)
    night_user()
    return supply


def run(part):
    return auto_link.auto_link_parts(parts=[part.pk], by=night_user())


def promised():
    return list(OrderLink.objects.order_by("pk").values_list("demand__position", "quantity"))


def test_auto_link_waits_for_another_run_and_finds_nothing_left(backorder):
    had_to_wait, second = run_before_commit(lambda: run(backorder.part), lambda: run(backorder.part))

    assert (had_to_wait, second) == (True, [])
    assert promised() == [(10, 10)]


def test_auto_link_twice_at_once_promises_once(backorder):
    at_once(*[lambda: run(backorder.part)] * 3)

    assert promised() == [(10, 10)]


def test_auto_link_twice_promises_twice_without_locks_and_guard(backorder, monkeypatch):
    without_locks(monkeypatch)
    with without_guard():
        run_before_commit(lambda: run(backorder.part), lambda: run(backorder.part))

    assert sum(quantity for _position, quantity in promised()) == 20


def link_by_hand(supply, position):
    demand = Demand.objects.get(position=position)
    return link(supply=supply, demand=demand, quantity=Decimal(10), accept_warnings=True, by=user_with("planner"))


def test_auto_link_waits_for_a_link_by_hand_and_leaves_it(backorder):
    had_to_wait, _made = run_before_commit(lambda: link_by_hand(backorder, 20), lambda: run(backorder.part))

    assert had_to_wait
    assert promised() == [(20, 10)]


def test_link_by_hand_waits_for_auto_link_and_is_refused_with_the_figures(backorder):
    had_to_wait, answer = run_before_commit(lambda: run(backorder.part), lambda: link_by_hand(backorder, 20))

    assert (had_to_wait, isinstance(answer, Refused)) == (True, True)
    assert promised() == [(10, 10)]


def test_auto_link_and_a_link_by_hand_promise_twice_without_locks_and_guard(backorder, monkeypatch):
    without_locks(monkeypatch)
    with without_guard():
        run_before_commit(lambda: link_by_hand(backorder, 20), lambda: run(backorder.part))

    assert sum(quantity for _position, quantity in promised()) == 20


def test_auto_link_says_that_another_run_is_at_work(backorder):
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtext('job:auto_link'))")
    out = StringIO()
    try:
        call_command("auto_link", business_date=date(2026, 3, 2), json=True, stdout=out)
    finally:
        other.close()

    assert (json.loads(out.getvalue())["running"], promised()) == (True, [])


def links():
    return {tuple(ends): quantity for *ends, quantity in OrderLink.objects.values_list("supply", "demand", "open")}


def die_at_the_second_batch(monkeypatch):
    """The server process behind the connection is killed once it has written the second batch, before its commit."""
    batches, write = [], auto_link.copy_links

    def copy_links(*args, **facts):
        write(*args, **facts)
        batches.append(args)
        if len(batches) == 2:
            with connection.cursor() as cursor:
                cursor.execute("select pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(auto_link, "copy_links", copy_links)


def test_auto_link_killed_half_way_and_run_again_gives_the_same_links(backorder, monkeypatch):
    for supply in [backorder, *SupplyFactory.create_batch(2, quantity=5)]:
        demand_for(supply, quantity=4, position=30)
        demand_for(supply, quantity=4, position=40)
    undisturbed = {(promise.supply.pk, promise.demand.pk): promise.quantity for promise in auto_link.plan()}
    monkeypatch.setattr(auto_link, "PARTS_AT_ONCE", 1)

    with monkeypatch.context() as patch:
        die_at_the_second_batch(patch)
        [killed] = at_once(night_run)
    half = links()
    night_run()

    assert isinstance(killed, OperationalError)
    assert len(undisturbed) == 5
    assert 0 < len(half) < 5
    assert (links(), half.items() <= undisturbed.items()) == (undisturbed, True)


def night_run():
    return list(auto_link.auto_link_all(parts=[part.pk for part in auto_link.parts_to_link()], by=night_user()))
