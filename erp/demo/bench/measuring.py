"""Running the sides of a case in turn, with a clock, and refusing to compare different work."""

import gc
import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

PRODUCT = "product"
ROUNDS = 3


class DifferentWork(Exception):
    """Two sides of one case did not come to the same result."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One run of one side. ``server`` is None where the database's processes cannot be looked at."""

    seconds: float
    client: float
    server: float | None
    result: object = None


@dataclass(frozen=True, kw_only=True)
class Side:
    """One way to do the work. ``ready`` runs before the clock; ``result`` is what all sides must agree on, after it.

    ``scale`` multiplies the time, where a side does a part of the work or many times the unit that the table shows.
    A work that measures itself (several processes) returns a ``Measured``.
    """

    work: Callable
    ready: Callable | None = None
    result: Callable | None = None
    scale: float = 1
    repeat: int = 1


@dataclass(frozen=True, kw_only=True)
class Case:
    """``sides(round)`` gives {name: Side} in the order they run, made ready outside the clock.

    ``targets``: {other side: the most that product / other may be}. ``bounds``: {text: seconds} are limits in
    themselves, with a target of 1.
    """

    workload: str
    name: str
    sides: Callable
    targets: dict = field(default_factory=dict)
    bounds: dict = field(default_factory=dict)
    rounds: int = ROUNDS


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The medians of a case, by side."""

    case: Case
    medians: dict


def run_case(case):
    """Run every side once a round, in turn, so that a busy machine disturbs all alike; the medians."""
    runs = {}
    for number in range(case.rounds):
        agreed = None
        for name, side in case.sides(number).items():
            measured = _measure(side)
            runs.setdefault(name, []).append(measured)
            agreed = _agree(case, name, side, measured, agreed)
    return Outcome(case=case, medians={name: _median(several) for name, several in runs.items()})


def _measure(side):
    if side.ready:
        side.ready()
    gc.collect()
    client, server, started = client_seconds(), server_seconds(), time.perf_counter()
    for _ in range(side.repeat):
        result = side.work()
    seconds = time.perf_counter() - started
    used = Measured(
        seconds=seconds, client=client_seconds() - client, server=_less(server_seconds(), server), result=result
    )
    measured = result if isinstance(result, Measured) else used
    share = side.scale / side.repeat
    return Measured(
        seconds=measured.seconds * share,
        client=measured.client * share,
        server=None if measured.server is None else measured.server * share,
        result=measured.result,
    )


def _agree(case, name, side, measured, agreed):
    if side.result is None:
        return agreed
    result = side.result(measured.result)
    if agreed is not None and result != agreed[1]:
        raise DifferentWork(f"{case.workload} {case.name}: {name} gives {result}, {agreed[0]} gives {agreed[1]}.")
    return agreed or (name, result)


def _median(runs):
    server = [run.server for run in runs]
    return Measured(
        seconds=statistics.median(run.seconds for run in runs),
        client=statistics.median(run.client for run in runs),
        server=None if None in server else statistics.median(server),
    )


def client_seconds():
    """Processor time of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def server_seconds():
    """Processor time of the server process behind our connection; None when it runs elsewhere.

    Background writers are not in it, and no statement here is planned with parallel workers.
    """
    connection.ensure_connection()
    folder = Path(f"/proc/{connection.connection.info.backend_pid}")
    try:
        if (folder / "comm").read_text().strip() != "postgres":
            return None
        after_name = (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _less(now, before):
    return None if now is None or before is None else now - before
