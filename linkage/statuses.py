"""What the status of a supply allows when its demand changes: the one table that forms, help and commands read.

*Follow*: the change is preselected, and a command applies it. *Ask*: nothing is preselected, and a command leaves it
for the worklist. *Refuse*: not offered.
"""

from dataclasses import dataclass
from enum import StrEnum

from linkage.models import Status, SupplyKind


class Allows(StrEnum):
    FOLLOW = "follow"
    ASK = "ask"
    REFUSE = "refuse"


class Change(StrEnum):
    """What can be asked of a supply. Revision and priority are only offered: they are never preselected."""

    MORE = "more"
    LESS = "less"
    DATE = "date"
    WAREHOUSE = "warehouse"
    REVISION = "revision"
    PRIORITY = "priority"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Rule:
    """What one status allows of each change; ``disconnect`` in words."""

    more: Allows
    less: Allows
    date: Allows
    warehouse: Allows
    revision: Allows
    priority: Allows
    cancel: Allows
    disconnect: str

    def of(self, change):
        return getattr(self, Change(change).name.lower())


FOLLOW, ASK, REFUSE = Allows.FOLLOW, Allows.ASK, Allows.REFUSE
OPEN_AND_SHELF = "the open part, and what was received and still lies on the shelf"
SHELF = "what was received and still lies on the shelf"
#                          more    less    date    warehouse revision priority cancel disconnect
_FREE_TO_CHANGE = Rule(FOLLOW, FOLLOW, FOLLOW, FOLLOW, ASK, ASK, FOLLOW, "all")
BY_SUPPLY_STATUS = {
    Status.SUGGESTED: _FREE_TO_CHANGE,
    Status.PLANNED: _FREE_TO_CHANGE,
    Status.FIRM: Rule(ASK, ASK, ASK, ASK, ASK, ASK, ASK, "all"),
    Status.STARTED: Rule(ASK, ASK, ASK, ASK, REFUSE, REFUSE, REFUSE, OPEN_AND_SHELF),
    Status.CLOSED: Rule(REFUSE, REFUSE, REFUSE, REFUSE, REFUSE, REFUSE, REFUSE, SHELF),
    Status.CANCELLED: Rule(REFUSE, REFUSE, REFUSE, REFUSE, REFUSE, REFUSE, REFUSE, "nothing is left"),
}
# The order apps' own words for a common status, as people read them in the help.
WORDS = {
    Status.SUGGESTED: "suggested",
    Status.PLANNED: "planned, draft",
    Status.FIRM: "released, sent, confirmed",
    Status.STARTED: "started, partly received",
    Status.CLOSED: "finished, received, closed",
    Status.CANCELLED: "cancelled",
}
# The same of one kind of order, where a person reads about one order.
OWN_WORDS = {
    (SupplyKind.PRODUCTION, Status.FIRM): "released",
    (SupplyKind.PURCHASE, Status.PLANNED): "draft",
    (SupplyKind.PURCHASE, Status.FIRM): "sent",
    (SupplyKind.PURCHASE, Status.STARTED): "partly received",
}
MEANINGS = {
    FOLLOW: "The change is preselected in the dialog, and a command applies it.",
    ASK: "Nothing is preselected; a command leaves it, and it stands on the worklist of undecided changes.",
    REFUSE: "It is not offered.",
}
NOTES = {
    Change.LESS: "Never less than what is done.",
    Change.WAREHOUSE: "Only where the order serves nobody else and nothing of it has been reported.",
    Change.REVISION: "Offered to the order made for the row alone; a person takes it or not.",
    Change.PRIORITY: "Offered to the order made for the row; a person takes it or not.",
}


def allowed(supply):
    """The rule for a supply as its status stands."""
    return BY_SUPPLY_STATUS[supply.status]


def in_words(supply):
    """The status of an order as the people who work on it call it."""
    return OWN_WORDS.get((supply.kind, supply.status), supply.status)


def table():
    """The rows of the help: (status in words, what it allows of each change, what can be disconnected)."""
    return [
        (WORDS[status], [rule.of(change) for change in Change], rule.disconnect)
        for status, rule in BY_SUPPLY_STATUS.items()
    ]
