"""Two people at once, on real connections, without sleeping: who waits is read from PostgreSQL's lock table.

For tests marked ``slow`` with ``django_db(transaction=True)``. Each race has a negative control: the same race with the
lock or the guard taken away (``without_locks``, ``without_guard``) must show the violation, or the test proves nothing.
"""

import contextlib
import threading
import time

from django.db import connection, transaction

from linkage import locks

PATIENCE = 10  # seconds until a test that hangs fails
GUARD_TRIGGERS = (
    ("linkage_orderlink", "guard_inserted"),
    ("linkage_orderlink", "guard_updated"),
    ("linkage_stockmovement", "guard_moved"),
)


class Rival(threading.Thread):
    """A second person: a thread with its own connection; ``outcome`` is the function's answer or what it raised."""

    def __init__(self, function, *, barrier=None):
        super().__init__(daemon=True)
        self.function, self.barrier = function, barrier
        self.connected = threading.Event()
        self.pid = self.outcome = None

    def run(self):
        try:
            with connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                [self.pid] = cursor.fetchone()
            self.connected.set()
            if self.barrier:
                self.barrier.wait(PATIENCE)
            self.outcome = self.function()
        except Exception as error:
            self.outcome = error
        finally:
            self.connected.set()
            connection.close()

    def waits(self):
        """True as soon as the thread waits for a lock of another transaction, False as soon as it is through."""
        assert self.connected.wait(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        with connection.cursor() as cursor:
            while self.is_alive() and time.monotonic() < deadline:
                cursor.execute("select cardinality(pg_blocking_pids(%s)) > 0", [self.pid])
                if cursor.fetchone()[0]:
                    return True
                time.sleep(0.005)
        return False

    def answer(self):
        self.join(PATIENCE)
        assert not self.is_alive(), "The second transaction hangs."
        return self.outcome


def run_before_commit(first, second):
    """Run ``first``, start ``second`` on a connection of its own, note whether it waits for us, commit, join.

    Returns (had_to_wait, outcome of second). What ``first`` raises is raised.
    """
    rival = Rival(second)
    with transaction.atomic():
        first()
        rival.start()
        had_to_wait = rival.waits()
    return had_to_wait, rival.answer()


def at_once(*functions):
    """Start all functions at the same moment, each on a connection of its own; their outcomes in order."""
    barrier = threading.Barrier(len(functions))
    rivals = [Rival(function, barrier=barrier) for function in functions]
    for rival in rivals:
        rival.start()
    return [rival.answer() for rival in rivals]


@contextlib.contextmanager
def without_locks(monkeypatch):
    """Every operation reads what it would have locked, as if somebody had taken the lock out of linkage.locks."""
    with monkeypatch.context() as patch:
        patch.setattr(locks, "_hold", lambda rows, below: None)
        patch.setattr(locks, "_lock", lambda model, ids: list(model.objects.filter(pk__in=ids).order_by("pk")))
        patch.setattr(locks, "_held", lambda model, ids: set(ids))
        yield


@contextlib.contextmanager
def without_guard():
    """The database keeps and checks no sums, as if somebody had taken the guard's triggers away."""
    _switch("disable")
    try:
        yield
    finally:
        _switch("enable")


def _switch(how):
    with connection.cursor() as cursor:
        for table, trigger in GUARD_TRIGGERS:
            cursor.execute(f"alter table {table} {how} trigger {trigger}")
