"""The one honest sentence about a row, word for word, and which limits decide."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from linkage import operations, queries
from linkage.lateness import Limit, Standing
from linkage.models import Demand, Status
from tests.linkage.factories import (
    TODAY,
    LinkFactory,
    MadeSupplyFactory,
    SupplyFactory,
    component_of,
    demand_for,
    stock,
)
from tests.purchasing.factories import purchase_row

BEARING = Limit(
    level=3,
    needed=date(2026, 3, 10),
    demand="M-1042/1/30",
    part="bearing",
    supply_id=1,
    supply="P-4711/2",
    due=date(2026, 3, 18),
    counts_as=date(2026, 3, 18),
    slack=-6,
    room=12,
)
FRAME = Limit(
    level=2,
    needed=date(2026, 3, 16),
    demand="M-1041/1/10",
    part="frame",
    supply_id=2,
    supply="M-1043/1",
    due=date(2026, 3, 18),
    counts_as=date(2026, 3, 18),
    slack=-2,
    room=12,
)
WHY = "Late by 6 work days because P-4711/2 (bearing, level 3) is due 18 Mar and needed 10 Mar."
OVERDUE = {"due": date(2026, 2, 18), "counts_as": date(2026, 3, 3), "is_overdue": True, "room": 1}


@pytest.mark.parametrize(
    ("deciding", "following", "sentence"),
    [
        pytest.param(None, None, "", id="nothing to come"),
        pytest.param(replace(BEARING, slack=2), replace(FRAME, slack=4), "", id="on time"),
        pytest.param(BEARING, None, f"{WHY} If P-4711/2 came 6 work days earlier the row would be on time.", id="one"),
        pytest.param(
            BEARING,
            replace(FRAME, slack=2),
            f"{WHY} Next limit: M-1043/1, 2 work days to spare. "
            "If P-4711/2 came 6 work days earlier the row would be on time.",
            id="the next one is safe",
        ),
        pytest.param(
            BEARING,
            FRAME,
            f"{WHY} Next limit: M-1043/1, late by 2 work days. "
            "If P-4711/2 came 4 work days earlier the row would still be late by 2 work days (M-1043/1 decides then).",
            id="the next one is late too",
        ),
        pytest.param(
            BEARING,
            replace(FRAME, slack=-6),
            f"{WHY} Next limit: M-1043/1, late by 6 work days. P-4711/2 alone does not help: M-1043/1 is as late.",
            id="two as late",
        ),
        pytest.param(
            replace(BEARING, room=5),
            None,
            f"{WHY} If P-4711/2 came 5 work days earlier the row would still be late by 1 work day (that is today).",
            id="today is not early enough",
        ),
        pytest.param(
            replace(BEARING, slack=-1, needed=date(2026, 3, 2), **OVERDUE),
            None,
            "Late by 1 work day because P-4711/2 (bearing, level 3) was due 18 Feb, is overdue and counts as due "
            "3 Mar, needed 2 Mar. If P-4711/2 came 1 work day earlier the row would be on time.",
            id="overdue",
        ),
        pytest.param(
            replace(BEARING, slack=5, **OVERDUE),
            None,
            "P-4711/2 (bearing, level 3) was due 18 Feb, is overdue and counts as due 3 Mar, needed 10 Mar.",
            id="overdue is said though it would still do",
        ),
        pytest.param(
            replace(FRAME, slack=-1, counts_as=date(2026, 3, 17), due=date(2026, 3, 6), room=0),
            None,
            "Late by 1 work day because M-1043/1 (frame, level 2) starts late and counts as due 17 Mar, not 6 Mar, "
            "needed 16 Mar. M-1043/1 cannot come early enough any more.",
            id="starts late",
        ),
        pytest.param(
            replace(BEARING, doubt="not confirmed"),
            None,
            "Late by 6 work days because P-4711/2 (bearing, level 3, not confirmed) is due 18 Mar and needed 10 Mar. "
            "If P-4711/2 came 6 work days earlier the row would be on time.",
            id="not confirmed",
        ),
        pytest.param(
            replace(BEARING, due=None, counts_as=None, slack=None),
            FRAME,
            "P-4711/2 (bearing, level 3) has no due date; needed 10 Mar. Next limit: M-1043/1, late by 2 work days.",
            id="no due date",
        ),
        pytest.param(
            replace(BEARING, supply_id=None, supply="", missing=Decimal(4), asked=Decimal(10)),
            FRAME,
            "No supply by 10 Mar for 4 bearing (level 3, M-1042/1/30). Next limit: M-1043/1, late by 2 work days.",
            id="a component is short",
        ),
        pytest.param(
            replace(BEARING, level=1, supply_id=None, supply="", missing=Decimal(4), asked=Decimal(10)),
            replace(BEARING, supply_id=None, missing=Decimal("1.5")),
            "No supply by the need date for 4 of 10. Next limit: no supply for 1.5 bearing (level 3).",
            id="the row itself is short",
        ),
    ],
)
def test_sentence(deciding, following, sentence):
    assert Standing(deciding and deciding.slack, deciding, following).sentence == sentence


@pytest.fixture
def row(db):
    """A row of ten, made by an order that needs a bearing; both come in time."""
    top = MadeSupplyFactory(due_date=date(2026, 3, 18))
    row = demand_for(top, quantity=10, need_date=date(2026, 3, 20))
    LinkFactory(supply=top, demand=row, quantity=10)
    bearing = component_of(top, quantity=10, need_date=date(2026, 3, 10))
    bought = SupplyFactory(part=bearing.part, warehouse=bearing.warehouse, due_date=date(2026, 3, 9))
    LinkFactory(supply=bought, demand=bearing, quantity=10)
    row.top, row.bearing, row.bought = top, bearing, bought
    return row


def standing(demand):
    return queries.coverage_of(demand, today=TODAY).standing


def set_up(row, **facts):
    type(row).objects.filter(pk=row.pk).update(**facts)


def test_a_row_on_time_says_nothing_but_its_slack(row):
    found = standing(row)

    assert (found.slack, found.is_late, found.sentence) == (1, False, "")
    assert (found.deciding.supply, found.next.supply) == (str(row.bought), str(row.top))


def test_overdue_supply_counts_as_the_next_work_day_and_is_said(row):
    set_up(row.bought, due_date=date(2026, 2, 20))

    found = standing(row)

    assert (found.slack, found.deciding.slack, found.deciding.counts_as) == (2, 5, date(2026, 3, 3))
    assert found.sentence == (
        f"{row.bought} ({row.bearing.part.name}, level 2) was due 20 Feb, is overdue and counts as due 3 Mar, "
        "needed 10 Mar."
    )


@pytest.mark.parametrize("status", [Status.PLANNED, Status.FIRM])
def test_an_order_that_should_have_started_takes_its_lead_time_from_today(row, status):
    set_up(row.top, lead_time=16, status=status)

    found = standing(row)

    assert (found.slack, found.deciding.supply) == (-2, str(row.top))
    assert found.deciding.counts_as == date(2026, 3, 24)


def test_a_planned_order_is_said_to_be_only_planned(row):
    set_up(row.top, status=Status.PLANNED, due_date=date(2026, 3, 23))

    assert standing(row).sentence.startswith(
        f"Late by 1 work day because {row.top} ({row.part.name}, level 1, only planned) is due 23 Mar"
    )


def test_a_started_order_keeps_its_date(row):
    set_up(row.top, lead_time=16, status=Status.STARTED)

    assert standing(row).slack == 1


def test_a_component_that_is_short_is_a_limit_of_its_own(row, planner):
    row.bearing.refresh_from_db()
    operations.disconnect(link=row.bearing.links.get(), quantity=Decimal(3), by=planner)
    set_up(row.bought, due_date=date(2026, 3, 11))

    found = standing(row)

    assert (found.deciding.missing, found.deciding.demand, found.slack) == (3, str(row.bearing), -1)
    assert found.is_short_below
    assert found.next.supply == str(row.bought)


def test_an_uncovered_component_with_stock_in_time_is_no_limit(row, planner):
    operations.disconnect(link=row.bearing.links.get(), quantity=Decimal(3), by=planner)
    stock(row.bearing.part, row.bearing.warehouse, 3)

    assert standing(row).sentence == ""


def test_a_supply_without_a_date_decides(row):
    set_up(row.bought, due_date=None)

    found = standing(row)

    assert (found.slack, found.deciding.supply, found.next.supply) == (2, str(row.bought), str(row.top))


def test_a_row_without_a_date_waits_for_its_components_only(row):
    set_up(row, need_date=None)

    covered = queries.coverage_of(Demand.objects.get(pk=row.pk), today=TODAY)

    assert (covered.slack, covered.sentence) == (1, "")
    assert covered.standing.deciding.supply == str(row.bought)


def test_a_shared_order_counts_once_on_its_highest_level(row):
    second = component_of(row.top, quantity=10, part=row.bearing.part, need_date=date(2026, 3, 12))
    row.bought.quantity = 20
    row.bought.save(update_fields=["quantity"])
    LinkFactory(supply=row.bought, demand=second, quantity=10)

    found = standing(row)

    assert (found.deciding.supply, found.deciding.level) == (str(row.bought), 2)
    assert found.next.supply == str(row.top)


def test_a_purchase_row_that_nobody_confirmed_looks_different(db):
    sent = purchase_row(sent=True).supply
    demand = LinkFactory(supply=sent, quantity=4, demand__need_date=sent.due_date).demand

    before = queries.coverage_of(demand, today=TODAY)
    sent.purchase_row.confirmed_on = sent.due_date
    sent.purchase_row.save(update_fields=["confirmed_on"])
    after = queries.coverage_of(demand, today=TODAY)

    assert [(cover.unconfirmed, cover.ordered) for cover in (before, after)] == [(4, 0), (0, 4)]
    assert (before.standing.deciding.doubt, after.standing.deciding.doubt) == ("not confirmed", "")
    assert before.words == "4 ordered, not confirmed, 6 from free stock or supply"


@pytest.mark.django_db
def test_overdue_supply_is_a_part_of_the_bar_of_its_own():
    demand = LinkFactory(supply__due_date=date(2026, 2, 20), quantity=4).demand

    covered = queries.coverage_of(demand, today=TODAY)

    assert (covered.overdue, covered.ordered, covered.words) == (4, 0, "4 overdue, 6 from free stock or supply")
