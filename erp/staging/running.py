"""Loading with a JobRun that tells how it ended: at once for small files, beside the request for large ones.

A load that was killed leaves no trace but its unfinished JobRun: the lock that it held went with its session, nothing
was loaded, and the file can be confirmed again.
"""

import logging
import threading

from django.db import connection
from django.utils import timezone

from erp.exceptions import Refused
from erp.staging import operations, progress
from erp.web.refusing import refusal_shown
from linkage.dates import business_date
from linkage.jobs import holder, only_one, recorded
from linkage.models import JobRun

AT_ONCE = 500  # lines; beyond that people get a page that shows how far it is
JOB = "import"
STARTING = 5  # seconds until a load that was started holds its lock

log = logging.getLogger(__name__)


def lock_name(staged):
    return f"{JOB} {staged.pk}"


def _not_again():
    """While a refused form is drawn again nothing is loaded, and no JobRun says that it was tried."""
    if refusal := refusal_shown():
        raise refusal


def load(staged, *, by, key=None, command="", answers=None):
    """Load a file; what is refused is noted on its page and raised. What was chosen is kept also then."""
    _not_again()
    with only_one(lock_name(staged)) as mine:
        if not mine:
            raise Refused(f"{staged.file_name} is being loaded right now.")
        return _load(staged, by=by, key=key, command=command, answers=answers)


def _load(staged, *, by, key, command, answers=None):
    if answers and staged.is_waiting:  # in a transaction of its own, which a refused load does not take back
        operations.choose(staged=staged, answers=answers, by=by, command=command)
    try:
        with recorded(JOB, business_date=business_date()) as run:
            type(staged).objects.filter(pk=staged.pk).update(run=run)
            loaded = operations.load(staged=staged, by=by, key=key, command=command, answers=answers)
            run.message = f"{loaded.file_name}: {loaded.message}"
            return loaded
    except operations.NotClean:
        operations.check_again(staged=staged, by=by, command=command)
        raise
    except operations.LineRefused as refused:
        operations.check_again(staged=staged, by=by, extra=refused.wrong, command=command)
        raise
    finally:
        progress.forget()


def start(staged, *, by, key=None, answers=None):
    """Load a file on a thread of its own; returns when it holds the lock, so that the page finds it running."""
    _not_again()
    started = threading.Event()
    thread = threading.Thread(target=_beside, args=(staged, by, key, started, answers), name=lock_name(staged))
    thread.start()
    started.wait(STARTING)
    return thread


def _beside(staged, by, key, started, answers):
    try:
        with connection.cursor() as cursor:
            cursor.execute("set statement_timeout = 0")
            cursor.execute("set idle_in_transaction_session_timeout = 0")
        with only_one(lock_name(staged)) as mine:
            started.set()
            if mine:
                _load(staged, by=by, key=key, command="", answers=answers)
    except Refused:
        pass  # the JobRun has the sentence
    except Exception:
        log.exception("Import %s ended with an error.", staged.pk)
    finally:
        started.set()
        _give_back()


def _give_back():
    try:
        with connection.cursor() as cursor:
            cursor.execute("reset statement_timeout")
            cursor.execute("reset idle_in_transaction_session_timeout")
    finally:
        connection.close()


def how_far(staged):
    """(what, done, total) while the file is being loaded, None otherwise."""
    name = holder(lock_name(staged))
    if name is None:
        return None
    return progress.told(name) or ("starting", 0, staged.line_count)


def last_trouble(staged):
    """Why the last load of a waiting file came to nothing, in a sentence; empty if there was none."""
    run: JobRun | None = staged.run
    if run is None or not staged.is_waiting:
        return ""
    if run.finished_at is None:
        return f"The load of {timezone.localtime(run.started_at):%Y-%m-%d %H:%M} was broken off. Nothing was loaded."
    return run.message.partition(": ")[2] if run.succeeded is False else ""
