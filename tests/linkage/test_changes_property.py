"""Random trees, changes and choices: what the preview showed is what the save leaves, and all sums are true."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from erp.exceptions import Refused
from linkage import drift
from linkage.changes import Decisions
from linkage.changes.report import report_of
from linkage.models import Demand, OrderLink, Supply
from linkage.preview import preview
from production import operations as production
from production.models import ProductionOrder
from purchasing import operations as purchasing
from purchasing.models import PurchaseOrderRow
from sales import operations as sales
from tests.factories import MadePartFactory, PartFactory
from tests.fixtures import user_with
from tests.linkage.factories import stock
from tests.production.factories import bom_of
from tests.purchasing.factories import SupplierTermFactory
from tests.sales.factories import again, order_with

pytestmark = pytest.mark.django_db
MODELS = {"demand": Demand, "supply": Supply, "link": OrderLink}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-02"):
        yield


@pytest.fixture
def anybody(db):
    return user_with("planner", "buyer", "seller", "warehouse", "foreman")


def a_tree(chance, by):
    """Two rows of a part made of made and bought parts, some orders released, some goods on the shelf."""
    bought = PartFactory(lot_sizing="LR")
    SupplierTermFactory(part=bought, unit=bought.unit)
    below = [bought]
    for _ in range(chance.randint(1, 3)):
        part = MadePartFactory(lot_sizing="LR", lead_time=chance.randint(0, 3))
        rows = chance.sample(below, min(len(below), 2))
        bom_of(part, *((component, chance.randint(1, 3)) for component in rows))
        below.append(part)
    order = order_with(chance.randint(2, 9), chance.randint(2, 9), part=below[-1], by=by)
    rows = list(order.rows.order_by("position"))
    for part in chance.sample(below, 1):
        stock(part, order.warehouse, chance.randint(0, 6))
    sales.create_production_orders(rows=rows, buy=True, combine=chance.random() < 0.3, by=by)
    for made in ProductionOrder.objects.order_by("pk"):
        if chance.random() < 0.4:
            production.release(order=made, by=by)
    stock(below[-1], order.warehouse, chance.randint(0, 6))
    return rows[0]


def a_change(chance, row):
    """(operation, what it changes) of a sales row, a purchase row or a production order."""
    day = date(2026, 3, 20) + timedelta(days=chance.randint(-7, 21))
    bought = PurchaseOrderRow.objects.order_by("pk").first()
    made = ProductionOrder.objects.exclude(status="cancelled").order_by("pk").first()
    kinds = [
        (sales.change_row, {"row": again(row), "quantity": Decimal(chance.randint(1, 14))}),
        (sales.change_row, {"row": again(row), "delivery_date": day}),
        (sales.delete_row, {"row": again(row)}),
        (production.cancel, {"order": made}),
        (production.change_line, {"line": made.lines.get(), "finish_date": day}),
    ]
    if bought:
        kinds += [
            (purchasing.change_row, {"row": bought, "due_date": day}),
            (purchasing.change_row, {"row": bought, "quantity": Decimal(chance.randint(1, 40))}),
            (purchasing.remove_row, {"row": bought}),
        ]
    return chance.choice(kinds)


def decide_all(chance, operation, facts, by):
    """Look, answer at random, look again, until nothing is open: the answers, the plan and what was shown."""
    answers = {}
    for _ in range(30):
        trial = Decisions(answers, trial=True)
        shown = preview(operation, decisions=trial, by=by, **facts)
        asked = [q for q in trial.plan.questions if q.key not in answers or q.is_open] if trial.plan else []
        if not asked:
            return answers, trial.plan, shown
        question = asked[0]
        answers[question.key] = chance.choice(question.options).value
    raise AssertionError("The questions never end.")


def as_it_is(change):
    """What the database has of the row that a preview named."""
    return MODELS[change.kind].objects.filter(pk=change.pk).values(*change.after).first()


@pytest.mark.parametrize("seed", range(24))
def test_preview_equals_the_save(anybody, seed):
    chance = random.Random(seed)
    operation, facts = a_change(chance, a_tree(chance, anybody))
    try:
        answers, plan, shown = decide_all(chance, operation, facts, anybody)
    except Refused:
        return  # the change itself is refused, whatever is answered

    operation(decisions=Decisions(answers, seen=plan and plan.fingerprint), by=anybody, **facts)

    for change in shown.changes:
        if not change.is_new:  # a rolled back row has another id the next time
            assert as_it_is(change) == change.after, change
    new = sorted(sorted(map(str, change.after.values())) for change in shown.changes if change.is_new)
    assert new == sorted(sorted(map(str, values.values())) for values in made_since(shown))
    assert list(drift.findings()) == []
    if plan:
        check_report(plan, shown, anybody)


def made_since(shown):
    """The rows that the save made, for as many as the preview said it would make, the newest."""
    for kind, model in MODELS.items():
        new = [change for change in shown.of(kind) if change.is_new]
        if new:
            yield from model.objects.order_by("-pk").values(*new[0].after)[: len(new)]


def check_report(plan, shown, by):
    """The lines that people see hold the same figures."""
    for line in report_of(plan, shown, by=by).lines:
        number, _, position = line.label.rpartition("/")
        supply = Supply.objects.filter(document__number=number, position=position).first()
        if supply is None or line.is_new:
            continue
        quantity = Decimal(0) if supply.status == "cancelled" else supply.quantity
        assert (line.quantity[1], line.due[1]) == (quantity, supply.due_date), line
