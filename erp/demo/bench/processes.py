"""Several processes at once, each with Django and a connection of its own. Imported before Django is set up."""

from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

PATIENCE = 300  # seconds: eight processes start on two busy cores
_barrier = None


@contextmanager
def writers(count):
    """A function that calls ``work`` once for each of so many arguments, each in a process of its own, at once."""
    from django.db import connection  # noqa: PLC0415 - the new processes read this module first

    context = get_context("spawn")
    facts = (connection.settings_dict["NAME"], context.Barrier(count))
    with ProcessPoolExecutor(count, mp_context=context, initializer=_enter, initargs=facts) as pool:
        yield lambda work, arguments: list(pool.map(work, arguments))


def _enter(database, barrier):
    import django  # noqa: PLC0415 - settings first

    django.setup()
    from django.db import connection  # noqa: PLC0415

    connection.settings_dict["NAME"] = database
    globals()["_barrier"] = barrier


def wait_for_all():
    """Called by each of the processes: nobody begins before the last is there."""
    _barrier.wait(PATIENCE)
