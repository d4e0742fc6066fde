"""Night jobs: one JobRun row each, and one of a kind at a time."""

from argparse import ArgumentTypeError
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.db import connection
from django.utils import timezone

from linkage.models import JobRun


def day(text):
    """A day on the command line; argparse says the sentence."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a date like 2013-08-02.") from None


@contextmanager
def only_one(name):
    """True for the one that may work; False while another session holds the job. Ends with the session, also killed."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtext(%s))", [f"job:{name}"])
        mine = cursor.fetchone()[0]
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(hashtext(%s))", [f"job:{name}"])


HOLDER = """
select activity.application_name from pg_locks held join pg_stat_activity activity using (pid)
where held.locktype = 'advisory' and held.granted and held.objsubid = 1
  and held.database = (select oid from pg_database where datname = current_database())
  and (held.classid::bigint << 32 | held.objid::bigint) = hashtext(%s)::bigint
"""


def holder(name):
    """The name of the session that does the job right now; None while nobody does."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDER, [f"job:{name}"])
        row = cursor.fetchone()
    return row[0] if row else None


_recording: ContextVar[JobRun | None] = ContextVar("job_recording", default=None)


@contextmanager
def recorded(name, *, business_date):
    """A JobRun that tells how the work inside ended; set ``run.message`` for what it did.

    A job started by the night joins the row that the night opened for it.
    """
    outer = _recording.get()
    if outer is not None and outer.name == name:
        yield outer
        return
    run = JobRun.objects.create(name=name, business_date=business_date)
    token = _recording.set(run)
    try:
        yield run
        run.succeeded = True
    except Exception as error:
        run.succeeded, run.message = False, f"{type(error).__name__}: {error}"[:2000]
        raise
    finally:
        _recording.reset(token)
        run.finished_at = timezone.now()
        run.save(update_fields=["finished_at", "succeeded", "message"])
