"""Night jobs: one JobRun row each, and one of a kind at a time."""

from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from linkage.models import JobRun


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


@contextmanager
def recorded(name, *, business_date):
    """A JobRun that tells how the work inside ended; set ``run.message`` for what it did."""
    run = JobRun.objects.create(name=name, business_date=business_date)
    try:
        yield run
        run.succeeded = True
    except Exception as error:
        run.succeeded, run.message = False, f"{type(error).__name__}: {error}"[:2000]
        raise
    finally:
        run.finished_at = timezone.now()
        run.save(update_fields=["finished_at", "succeeded", "message"])
