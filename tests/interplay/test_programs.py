"""Random programs of everything people do with orders and links, on a company in which everything is linked.

After each step every sum on every level is true, what only moves promises about changes no sum, and the preview of the
step, taken first, is what the step then did. PEGBOARD_STEPS=2000 (or more) makes other and longer programs.
"""

import os
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from erp.exceptions import Refused
from linkage import drift
from linkage.models import Demand, OrderLink, Supply
from linkage.preview import SHOWN, preview
from tests.interplay import deeds
from tests.interplay.world import a_company

STEPS = int(os.environ.get("PEGBOARD_STEPS", "0"))
PROFILE = settings(
    phases=[Phase.explicit, Phase.generate],  # a smaller program is not worth the minutes that looking for it takes
    max_examples=max(STEPS // 20, 1) if STEPS else 12,
    derandomize=not STEPS,
    deadline=None,
    database=None,
    print_blob=bool(STEPS),
    suppress_health_check=list(HealthCheck),
)
quantities = st.integers(1, 9).map(Decimal)
steps = st.tuples(
    st.sampled_from(deeds.CONSERVING * 2 + deeds.OTHERS), st.integers(0, 99), st.integers(0, 99), quantities
)


def ledger():
    """{(kind, id): shown values} of everything there is."""
    return {
        (model.__name__.lower().removeprefix("order"), row.pk): {name: getattr(row, name) for name in SHOWN[model]}
        for model in (Demand, Supply, OrderLink)
        for row in model.objects.all()
    }


def difference(before, after):
    """What changed, as a preview tells it; what is new has no id that two runs would share."""
    return sorted(
        (kind, pk if (kind, pk) in before else 0, str(before.get((kind, pk), {})), str(values))
        for (kind, pk), values in after.items()
        if before.get((kind, pk)) != values
    )


def foretold(told):
    return sorted(
        (change.kind, 0 if change.is_new else change.pk, str(change.before), str(change.after))
        for change in told.changes
    )


def attempt(act, **arguments):
    """(what came of it, its answer): a refusal is an answer like any other."""
    try:
        with transaction.atomic():
            return "done", act(**arguments)
    except Refused as refusal:
        return "refused", str(refusal)


def take_step(world, deed, pick, other, quantity):
    chosen = deed(world, pick, other, quantity)
    if chosen is None:
        return
    operation, arguments = chosen
    before, sums = ledger(), world.sums()
    expected = attempt(preview, operation=operation, by=world.by, **arguments)
    assert ledger() == before, f"the preview of {deed.__name__} left something behind"

    outcome, answer = attempt(operation, by=world.by, **arguments)

    assert outcome == expected[0], f"{deed.__name__}: {expected[1]} / {answer}"
    if outcome == "done" and deed not in deeds.GOODS:
        assert difference(before, ledger()) == foretold(expected[1]), deed.__name__
    if deed in deeds.CONSERVING or outcome == "refused":
        assert world.sums() == sums, deed.__name__
    assert list(drift.findings()) == [], deed.__name__


@pytest.mark.slow
@pytest.mark.django_db
@PROFILE
@given(program=st.lists(steps, min_size=6, max_size=12))
def test_sums_stay_true_and_previews_tell_what_happens(program):
    with time_machine.travel("2026-03-02", tick=False), transaction.atomic():
        world = a_company()
        for step in program:
            take_step(world, *step)
        transaction.set_rollback(True)
