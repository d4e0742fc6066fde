"""The night runs its jobs in order, records each, and goes on after a failure."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from linkage import operations
from linkage.dates import business_date
from linkage.models import JobRun
from tests.factories import PartnerFactory
from tests.linkage.factories import SupplyFactory

pytestmark = pytest.mark.django_db


def run_night():
    out = StringIO()
    call_command("night", business_date=date(2126, 3, 2), stdout=out, stderr=out)
    return out.getvalue()


def test_night_runs_all_its_jobs():
    said = run_night()

    assert [line.split(":")[0] for line in said.splitlines()] == [
        "end_holds",
        "create_linked_orders_at_night",
        "auto_link",
        "find_swaps",
        "answer_customers",
        "check_ledger",
    ]
    assert not JobRun.objects.exclude(succeeded=True).exists()


def test_night_ends_holds_whose_date_has_passed(planner, settings):
    settings.NIGHT_STEPS = ["end_holds"]
    supply = SupplyFactory(quantity=10)
    operations.hold(supply=supply, quantity=Decimal(6), partner=PartnerFactory(), until=business_date(), by=planner)

    said = run_night()

    supply.refresh_from_db()
    assert supply.free == 10
    assert "end_holds: 1 holds ended." in said


def test_night_records_each_job_once(settings):
    settings.NIGHT_STEPS = ["end_holds", "auto_link"]

    run_night()

    assert list(JobRun.objects.order_by("pk").values_list("name", "succeeded")) == [
        ("end_holds", True),
        ("auto_link", True),
    ]


def test_night_goes_on_after_a_failed_job_and_says_which(settings):
    settings.NIGHT_STEPS = ["no_such_job", "end_holds"]

    with pytest.raises(CommandError, match="no_such_job"):
        run_night()

    assert list(JobRun.objects.order_by("pk").values_list("name", "succeeded")) == [
        ("no_such_job", False),
        ("end_holds", True),
    ]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_night_runs_once_at_a_time():
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtext('job:night'))")
    try:
        said = run_night()
    finally:
        other.close()

    assert "already running" in said
    assert not JobRun.objects.exists()


@pytest.mark.parametrize(
    "command",
    ["night --business-date", "end_holds --business-date", "auto_link --business-date", "create_linked_orders --from"],
)
def test_commands_say_what_a_date_looks_like(command):
    with pytest.raises(CommandError, match="tomorrow is not a date like 2013-08-02"):
        call_command(*command.split(), "tomorrow")
