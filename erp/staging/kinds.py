"""What can be imported. Settings name one class per kind (IMPORT_KINDS), written by the app whose operation loads it.

A kind says which columns it knows, checks all lines at once and loads them by operations of its app. It never sees a
file: lines come as values, and what is wrong goes back as problems with their line and column.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from erp.money import decimals_of
from erp.staging.reading.files import short
from erp.web.numbers import show_money


class Holds(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    QUANTITY = "quantity"
    AMOUNT = "amount"
    PERCENT = "percent"
    DATE = "date"
    YES_NO = "yes or no"


NUMBERS = {Holds.QUANTITY, Holds.AMOUNT, Holds.PERCENT}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column by our name, the names that others use for it, and what an example file shows."""

    name: str
    title: str
    others: tuple = ()
    holds: Holds = Holds.TEXT
    required: bool = False
    longest: int = 60
    zero: bool = False
    help: str = ""
    example: object = ""

    @property
    def names(self):
        return {plain_name(name) for name in (self.name, self.title, *self.others)}


@dataclass
class Line:
    """One line: {column name: value}; a column that is empty or wrong has None."""

    number: int
    values: dict
    problems: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    changes: list = field(default_factory=list)

    def __getitem__(self, name):
        return self.values.get(name)

    def wrong(self, column, sentence, *, read=None):
        """Note what is wrong; what was read is quoted."""
        self.problems.append((column, short("" if read is None else read), sentence))

    def warn(self, column, sentence, *, read=None):
        """Note what a person should look at; it does not keep the line from being loaded."""
        self.warnings.append((column, short("" if read is None else read), sentence))

    def tell(self, column, sentence, *, read=None):
        """Note what loading the line changes, for who decides about it."""
        self.changes.append((column, short("" if read is None else read), sentence))


@dataclass(frozen=True)
class Effect:
    """What loading does, in words and a figure: orders made 12."""

    words: str
    figure: str


def counted(words, count, plural=""):
    """The effect of so many things, in the singular or the plural."""
    return Effect(words if count == 1 else plural or f"{words}s", str(count))


def sums_of(totals):
    """The effects of {currency: amount}."""
    return [Effect(currency, show_money(total, decimals_of(currency))) for currency, total in sorted(totals.items())]


@dataclass(frozen=True)
class Choice:
    """What somebody may decide before the load: what becomes of ``subject``; ``chosen`` is "" where nothing is yet."""

    key: str
    subject: str
    why: str
    options: list  # (value, label)
    chosen: str = ""


@dataclass
class Plan:
    """What would be loaded: effects for the page, choices, and whatever the kind needs to do it."""

    effects: list = field(default_factory=list)
    work: list = field(default_factory=list)
    questions: list = field(default_factory=list)
    answers: dict | None = None


@dataclass(frozen=True)
class Loaded:
    """A document that was made or changed, with the sender's number for it (empty: none was given)."""

    document: object
    number: str = ""


def own_number(partner, number):
    """A partner's own number of an order, as a load keeps it: with whose it is. 5 of "10 1" is not "1 5" of 10."""
    between = "\t" if " " in partner else " "
    return f"{partner}{between}{number}" if number else ""


class Kind:
    """The base of all kinds: a name for URLs and commands, the right that loads it, the columns."""

    name = ""
    title = ""
    right = ""
    columns = ()
    intro = ""
    asks = False  # its plan has choices: it is made with ``answers``, and with ``loads`` it asks nothing any more
    table_of = None  # (Interchange) -> (header, lines, what was not read): of kinds that come as EDIFACT too

    def lock(self, lines):
        """Lock the orders that the lines name before they are checked for loading; what only adds needs no lock."""

    def plan(self, lines, *, by):
        """Check all lines and note problems on them; answer the Plan, which holds good if there are none.

        ``by``: for kinds that try what they would load and take it back.
        """
        raise NotImplementedError

    def plan_to_load(self, lines, *, by):
        """The plan that is loaded at once; a kind need not try before what its ``load`` refuses line by line."""
        return self.plan(lines, by=by)

    def load(self, plan, *, by, reason, tick):
        """Do what the plan says by operations; answer a ``Loaded`` per document. ``tick(done, total)`` tells."""
        raise NotImplementedError

    def urls(self, documents):
        """{document id: URL of the page where people work on it}."""
        return {}


@cache
def kinds():
    """{name: kind} of everything that can be imported, in the order of the settings."""
    found = [import_string(path)() for path in settings.IMPORT_KINDS]
    return {kind.name: kind for kind in found}


def plain_name(text):
    """A header as names are compared: “Supplier's Part-No.” is “suppliers part no”."""
    text = (
        unicodedata.normalize("NFKC", str(text))
        .casefold()
        .replace("'", "")
        .replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    )
    return " ".join(re.sub(r"[^\w%]+", " ", text).split())
