"""The benchmarks do the same work on both sides; how long it takes is nobody's business here."""

from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from erp.demo.bench.database import refuse_orders
from erp.demo.bench.measuring import Case, DifferentWork, Measured, Outcome, Side, run_case
from erp.demo.bench.report import lines_of, table
from erp.demo.bench.workloads import WORKLOADS
from linkage.models import OrderLink
from tests.linkage.factories import DocumentFactory


def run_once(name):
    return [run_case(replace(case, rounds=1)) for case in WORKLOADS[name](0.001)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "cases"),
    [
        pytest.param("W1", 3, id="explosion"),
        pytest.param("W2", 2, id="linked orders"),
        pytest.param("W3", 2, id="auto-link"),
        pytest.param("W5", 3, id="list pages"),
        pytest.param("IMPORT", 4, id="files"),
        pytest.param("RECEIVE", 1, id="receipts"),
        pytest.param("CONFIRM", 1, id="confirmations"),
        pytest.param("SWAP", 2, id="swaps"),
        pytest.param("LINKS", 4, id="list of links"),
        pytest.param("W9", 7, id="long order"),
    ],
)
def test_workload_comes_to_the_same_result_on_all_sides(name, cases):
    outcomes = run_once(name)

    assert len(outcomes) == cases


@pytest.mark.django_db
def test_chains_come_to_the_same_result_on_all_sides():
    names = [outcome.case.name for outcome in run_once("W4")]

    assert names[:3] == ["73 nodes among 100 links", "25 diamonds", "364 nodes"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_writers_promise_every_piece_once():
    run_once("W8")

    promised = OrderLink.objects.filter(quantity=1, open=1).count()
    assert promised == 50 + 3 * 8 + 8 * 4


@pytest.mark.django_db
def test_run_case_refuses_sides_that_differ():
    case = Case(
        workload="W0",
        name="sums",
        sides=lambda _: {"product": Side(work=lambda: 3, result=int), "limit": Side(work=lambda: 4, result=int)},
    )

    with pytest.raises(DifferentWork, match="limit gives 4, product gives 3"):
        run_case(case)


def test_table_shows_ratio_and_target():
    case = Case(workload="W0", name="sums", sides=dict, targets={"limit": 2}, bounds={"1 ms": 0.001})
    medians = {
        "product": Measured(seconds=0.003, client=0.002, server=None),
        "limit": Measured(seconds=0.002, client=0.001, server=None),
    }

    lines = lines_of(Outcome(case=case, medians=medians))

    assert [(line.beside, round(line.ratio, 6), line.met) for line in lines] == [
        ("limit", 1.5, True),
        ("1 ms", 3, False),
    ]
    assert "| 3.0 ms  | 2.0 ms | 1.5             | ≤ 2    | yes |" in table(lines)


@pytest.mark.django_db
def test_bench_refuses_a_database_with_orders():
    DocumentFactory()

    with pytest.raises(CommandError, match="has orders"):
        refuse_orders()


@pytest.mark.parametrize("size", ["0", "11"])
def test_bench_refuses_a_size_that_makes_no_sense(size):
    with pytest.raises(CommandError, match="--size"):
        call_command("bench", size=float(size))
