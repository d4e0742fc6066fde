"""What a page or an operation asks of the register time and again is asked once, and forgotten with its end.

Settings, conversions of units and work days do not change while one page is made: its form, its operation and its
answer go by the same. Nothing is kept from one request to the next, so nothing can be out of date there. Whoever
changes such a fact inside (a setting, a day of a calendar) calls ``forget``.
"""

from contextlib import contextmanager
from contextvars import ContextVar

_known: ContextVar[dict | None] = ContextVar("known_of_the_register", default=None)


@contextmanager
def asked_once():
    """What is asked with ``once`` inside is remembered until the outermost of these ends."""
    if _known.get() is not None:
        yield
        return
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def once(question, ask):
    """The answer of ``ask()``; inside ``asked_once`` the one that it gave before. Nobody may change it."""
    known = _known.get()
    if known is None:
        return ask()
    if question not in known:
        known[question] = ask()
    return known[question]


def forget():
    """Ask everything anew from here on."""
    if (known := _known.get()) is not None:
        known.clear()
