"""The questions that a change asks, and what a person answered. A command answers none."""

from dataclasses import dataclass

from erp.exceptions import Refused
from linkage.statuses import Allows, Change


@dataclass(frozen=True)
class Option:
    """One answer: ``value`` is what the form sends, ``label`` what people read."""

    value: str
    label: str


LEAVE = "leave"
FOLLOW = "follow"


@dataclass(frozen=True)
class Question:
    """What becomes of one order, or of one need; ``preselected`` is None where a person has to choose.

    ``rule`` is what the status of the order says, ``why`` the sentence beside it.
    """

    key: str
    change: Change
    subject: object
    options: tuple
    preselected: str | None
    rule: Allows
    why: str = ""
    answer: str | None = None
    quantity: object = None
    date: object = None

    @property
    def is_open(self):
        """Nobody has answered yet, and nothing is preselected."""
        return self.answer is None

    @property
    def moves(self):
        """The answer changes an order."""
        return self.answer not in {None, LEAVE}


class LookAgain(Refused):
    """The change is not what the person saw, or something is not decided: the preview is shown again."""


class Decisions:
    """Answers by question key; after the operation ``plan`` is what came of them.

    ``by_person=False``: a command, which leaves what is asked for the worklist. ``seen``: the fingerprint of the plan
    that a person looked at; another one raises LookAgain. ``trial``: a preview, which open questions do not stop.
    """

    def __init__(self, answers=None, *, by_person=True, seen=None, trial=False):
        self.answers = dict(answers or {})
        self.by_person, self.seen, self.trial = by_person, seen, trial
        self.plan = None

    def __repr__(self):
        return f"Decisions({sorted(self.answers.items())}, {self.by_person}, {self.seen!r})"

    def ids(self, *verbs):
        """The ids that answers such as ``take:12`` name."""
        named = (value.partition(":") for value in self.answers.values())
        return [int(number) for verb, _, number in named if verb in verbs and _is_id(number)]

    @property
    def ordered_anew(self):
        """The demands for whose difference a new order is asked."""
        return self._subjects({"more"}, "new")

    @property
    def followed_by(self):
        """The demands whose sales row follows its supply."""
        return self._subjects({"row", "rowq"}, FOLLOW)

    @property
    def revised(self):
        """The supplies that take over another revision."""
        return self._subjects({"revision"}, FOLLOW)

    def links_answered(self, value):
        """The links about which this was answered."""
        return self._subjects({"link"}, value)

    def _subjects(self, kinds, value):
        keys = (key.partition("-") for key, answer in self.answers.items() if answer == value)
        return [int(number) for kind, _, number in keys if kind in kinds and _is_id(number)]


def _is_id(text):
    return text.isascii() and text.isdigit() and int(text) < 2**63
