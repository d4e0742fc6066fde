"""Two people, one file; a load that dies. Real transactions, real connections."""

from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from pytest_django.asserts import assertContains

from erp.exceptions import Refused
from erp.staging import operations, running
from erp.staging.models import StagedImport
from linkage.models import JobRun
from purchasing.imports.orders import PurchaseOrders
from purchasing.imports.receipts import Receipts
from purchasing.models import PurchaseOrder
from purchasing.operations import receive
from tests.fixtures import client_of, user_with
from tests.linkage.factories import TODAY
from tests.purchasing.factories import again, purchase_order, purchase_row
from tests.races import Rival, at_once, run_before_commit
from tests.staging.files import csv_of, staged_from

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HEADER = ["Supplier", "Reference", "Part", "Quantity"]
LINE = ["20001", "R-1", "B-100", "5"]


@pytest.fixture
def by(transactional_db):
    return user_with("buyer")


def test_two_people_who_load_the_same_file_load_it_once(by, bolt):
    ours, theirs = (staged_from(csv_of(HEADER, LINE), by=by) for _ in range(2))

    had_to_wait, outcome = run_before_commit(
        lambda: operations.load(staged=ours, by=by), lambda: operations.load(staged=theirs, by=by)
    )

    assert had_to_wait
    assert isinstance(outcome, Refused)
    assert str(outcome) == "Somebody else has just loaded this file."
    assert PurchaseOrder.objects.count() == 1


def test_two_files_with_the_same_reference_are_not_both_loaded(by, bolt):
    ours = staged_from(csv_of(HEADER, LINE), by=by)
    theirs = staged_from(csv_of(HEADER, [*LINE[:3], "6"]), by=by)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.load(staged=ours, by=by), lambda: operations.load(staged=theirs, by=by)
    )

    assert had_to_wait
    assert str(outcome) == "Somebody else has just loaded a file with the same numbers."
    assert PurchaseOrder.objects.count() == 1


def test_two_confirmations_of_one_import_at_once_load_it_once(by, bolt):
    staged = staged_from(csv_of(HEADER, LINE), by=by)

    outcomes = at_once(*[lambda: running.load(staged, by=by) for _ in range(2)])

    assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True]
    assert PurchaseOrder.objects.count() == 1


def test_a_load_that_is_killed_halfway_leaves_nothing_and_can_be_confirmed_again(by, bolt, monkeypatch):
    staged = staged_from(csv_of(HEADER, LINE), by=by)
    load, pids = PurchaseOrders.load, []

    def die_after_the_orders(self, plan, **facts):
        load(self, plan, **facts)
        with connection.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patch:
        patch.setattr(PurchaseOrders, "load", die_after_the_orders)
        killed = Rival(lambda: running.load(staged, by=by))
        killed.start()
        outcome = killed.answer()

    assert not isinstance(outcome, StagedImport | Refused)
    assert (StagedImport.objects.get().status, PurchaseOrder.objects.count(), pids) == ("staged", 0, [])
    running.load(staged, by=by)
    assert (StagedImport.objects.get().status, PurchaseOrder.objects.count()) == ("loaded", 1)


def test_a_large_file_is_loaded_beside_the_request_and_shows_how_far_it_is(by, bolt, monkeypatch):
    lines = [["20001", f"R-{number // 3}", "B-100", 1] for number in range(running.AT_ONCE + 1)]
    staged = staged_from(csv_of(HEADER, *lines), by=by)
    client, seen = client_of(by), []
    load, start = PurchaseOrders.load, running.start

    def look_then_load(self, plan, *, tick, **facts):
        tick(300, 501)
        seen.append(Rival(lambda: running.how_far(staged)))
        seen[-1].start()
        seen[-1].join()
        return load(self, plan, tick=tick, **facts)

    threads = []
    monkeypatch.setattr(PurchaseOrders, "load", look_then_load)
    monkeypatch.setattr(running, "start", lambda *args, **facts: threads.append(start(*args, **facts)))
    answer = client.post(reverse("staging:load", args=[staged.pk]))
    threads[0].join()

    assert answer.status_code == 302
    assert seen[0].outcome == ("loading", 300, 501)
    assert running.how_far(staged) is None
    assertContains(client.get(reverse("staging:import", args=[staged.pk])), "167 draft orders, 501 rows")
    assert [(run.succeeded, run.message) for run in JobRun.objects.all()] == [
        (True, "orders.csv: 167 draft orders, 501 rows, 1,252.50 EUR")
    ]


ROW_HEADER = ["Row", "Quantity", "Delivery note"]


@pytest.fixture
def row(by, bolt, acme, warehouse):
    """A sent row of a hundred."""
    order = purchase_order(company=warehouse.company, supplier=acme, by=by)
    return purchase_row(order=order, part=bolt, warehouse=warehouse, by=by, sent=True)


def receipts(row, quantity, by):
    return staged_from(csv_of(ROW_HEADER, [row, quantity, "DN-1"]), by=by, kind="receipts", name="received.csv")


def test_a_file_of_receipts_waits_for_a_receipt_by_hand_and_then_names_its_line(row, by):
    staged = receipts(row, 60, by)

    had_to_wait, outcome = run_before_commit(
        lambda: receive(row=row, quantity=Decimal(60), by=by, effective_on=TODAY, reference="DN-7"),
        lambda: running.load(staged, by=by),
    )

    assert had_to_wait
    assert isinstance(outcome, operations.NotClean)
    [problem] = staged.problems.all()
    assert problem.sentence.startswith(f"20 pcs more than ordered on {row}; 0 % are allowed. Write yes under")
    assert again(row).supply.done == 60


def test_two_files_with_one_delivery_note_are_received_once(row, by):
    ours, theirs = receipts(row, 10, by), receipts(row, 20, by)

    had_to_wait, outcome = run_before_commit(
        lambda: operations.load(staged=ours, by=by), lambda: operations.load(staged=theirs, by=by)
    )

    assert had_to_wait
    assert isinstance(outcome, operations.NotClean)
    assert again(row).supply.done == 10


def test_confirmations_wait_for_a_receipt_and_then_know_what_arrived(row, by):
    data = csv_of(["Row", "Confirmed quantity"], [row, 50])
    staged = staged_from(data, by=by, kind="confirmations", name="confirmed.csv")

    had_to_wait, outcome = run_before_commit(
        lambda: receive(row=row, quantity=Decimal(60), by=by, effective_on=TODAY),
        lambda: running.load(staged, by=by),
    )

    assert had_to_wait
    assert isinstance(outcome, operations.NotClean)
    assert [problem.sentence for problem in staged.problems.all()] == [f"60 pcs of {row} have arrived already."]


def test_receipts_that_are_killed_halfway_post_nothing_and_can_be_confirmed_again(row, by, monkeypatch):
    staged, load = receipts(row, 60, by), Receipts.load

    def die_after_the_receipts(self, plan, **facts):
        load(self, plan, **facts)
        with connection.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patch:
        patch.setattr(Receipts, "load", die_after_the_receipts)
        killed = Rival(lambda: running.load(staged, by=by))
        killed.start()
        killed.answer()

    assert (again(row).supply.done, StagedImport.objects.get().status) == (0, "staged")
    running.load(staged, by=by)
    assert again(row).supply.done == 60
