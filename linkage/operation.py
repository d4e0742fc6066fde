"""What every operation has in common: one transaction, one history context, one key, one settle.

The outermost operation opens the transaction, takes the form's key, lets the function do its work and settles, so that
the database guard speaks inside it. An operation called by another one just joins. Deadlocks, serialization failures
and chains that grew under the lock start the outermost operation again, three times.
"""

import functools
import hashlib
import random
import time
from contextvars import ContextVar

from django.apps import apps
from django.db import IntegrityError, OperationalError, connection, models, transaction
from psycopg import errors

from erp.exceptions import KeyReused, Refused
from erp.register.asking import asked_once, forget
from erp.register.history import recording
from erp.web.refusing import refusal_shown
from linkage.models import Operation
from linkage.refusals import refusal_for

ATTEMPTS = 3
TAKE_KEY = """
insert into linkage_operation (user_id, key, name, payload) values (%s, %s, %s, %s)
on conflict (user_id, key) do nothing returning id
"""
_running: ContextVar[bool] = ContextVar("operation_running", default=False)


class StartOver(Exception):
    """What was read before the lock is no longer true; the outermost operation begins again."""


def settle():
    """Let the guard apply and check what was written so far (deferred constraints, then deferred again)."""
    connection.check_constraints()


def operation(function):
    """Make a keyword-only function with ``by=`` an operation; it also takes ``key=`` and ``command=``."""

    @functools.wraps(function)
    def run(*, by, key=None, command="", **arguments):
        if _running.get():
            return function(by=by, **arguments)
        token = _running.set(True)
        try:
            with asked_once():
                return _outermost(function, by=by, key=key, command=command, arguments=arguments)
        finally:
            _running.reset(token)

    return run


def is_running():
    """Whether an operation is at work, or what waited for its commit: what happens now is part of it."""
    return _running.get()


def was_posted(key, *, by):
    """Whether the form with this key has had its effect, so that its page says so before it compares any figures."""
    return Operation.objects.filter(user=by, key=key, result__isnull=False).exists()


def each(rows, work):
    """([what ``work(row)`` returned], [(row, why it refused)]): what one row refuses is taken back, the others stay.

    A step for operations on many rows that have locked them all; what it returns is remembered for a second post.
    """
    done, refused = [], []
    for row in rows:
        try:
            with transaction.atomic():
                done.append(work(row))
        except Refused as refusal:
            refused.append((row, str(refusal)))
    return done, refused


def _outermost(function, *, by, key, command, arguments):
    if refusal := refusal_shown():
        raise refusal
    for attempt in _attempts():
        try:
            return _once(function, by=by, key=key, command=command, arguments=arguments)
        except StartOver:
            if attempt == ATTEMPTS:
                raise Refused("Others are changing the same chain right now. Try again in a moment.") from None
        except OperationalError as error:
            if not _may_retry(error, attempt):
                raise
            time.sleep(random.uniform(0.01, 0.05) * attempt)
        except IntegrityError as error:
            raise refusal_for(error) from error
    raise AssertionError("unreachable")


def _attempts():
    """Their numbers; a later one asks the register everything anew."""
    for attempt in range(1, ATTEMPTS + 1):
        if attempt > 1:
            forget()
        yield attempt


def _may_retry(error, attempt):
    """A lost deadlock or serialization race, not inside somebody else's transaction, and not for the third time."""
    lost_race = isinstance(error.__cause__, (errors.DeadlockDetected, errors.SerializationFailure))
    return lost_race and attempt < ATTEMPTS and not connection.in_atomic_block


def _once(function, *, by, key, command, arguments):
    name = f"{function.__module__.split('.')[0]}.{function.__name__}"
    with recording(by=by, operation=name, reason=arguments.get("reason") or "", command=command), transaction.atomic():
        done = _claim(key, by=by, name=name, payload=_payload(name, arguments)) if key else None
        if done is not None and done.result is not None:
            return _recall(done.result)
        result = function(by=by, **arguments)
        settle()
        if done is not None:
            done.result = {"value": _remember(result)}
            done.save(update_fields=["result"])
        return result


def _claim(key, *, by, name, payload):
    """Take the key first; who comes second waits here for the first, then gets the first's answer."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_KEY, [by.pk, key, name, payload])
        taken = cursor.fetchone()
    if taken:
        return Operation(pk=taken[0], user=by, key=key, name=name, payload=payload)
    record = Operation.objects.get(user=by, key=key)
    if record.payload != payload:
        raise KeyReused
    return record


def _payload(name, arguments):
    text = repr([name, sorted((key, _plain(value)) for key, value in arguments.items())])
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value):
    if isinstance(value, models.Model):
        return f"{value._meta.label}:{value.pk}"
    if isinstance(value, dict):
        return sorted((repr(_plain(key)), _plain(item)) for key, item in value.items())
    if isinstance(value, (list, tuple, set, models.QuerySet)):
        return [_plain(item) for item in value]
    return repr(value)


def _remember(result):
    if isinstance(result, models.Model):
        return {"model": result._meta.label, "pk": result.pk}
    if isinstance(result, (list, tuple)):
        return [_remember(item) for item in result]
    return {"text": result} if isinstance(result, str) else None


def _recall(stored):
    def rows(value):
        if isinstance(value, list):
            return [rows(item) for item in value]
        if value and "text" in value:
            return value["text"]
        return apps.get_model(value["model"])._base_manager.get(pk=value["pk"]) if value else None

    return rows(stored["value"])
