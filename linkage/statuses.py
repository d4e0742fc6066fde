"""What the status of a supply allows when its demand changes: the one table that forms, help and commands read.

*Follow*: the change is preselected, and a command applies it. *Ask*: nothing is preselected, and a command leaves it
for the worklist. *Refuse*: not offered.
"""

from dataclasses import dataclass
from enum import StrEnum

from linkage.models import Status


class Allows(StrEnum):
    FOLLOW = "follow"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Rule:
    """``change``: quantity or date changes with the demand; ``disconnect`` in words."""

    change: Allows
    cancel: Allows
    disconnect: str


OPEN_AND_SHELF = "the open part, and what was received and still lies on the shelf"
SHELF = "what was received and still lies on the shelf"
BY_SUPPLY_STATUS = {
    Status.SUGGESTED: Rule(Allows.FOLLOW, Allows.FOLLOW, "all"),
    Status.PLANNED: Rule(Allows.FOLLOW, Allows.FOLLOW, "all"),
    Status.FIRM: Rule(Allows.ASK, Allows.ASK, "all"),
    Status.STARTED: Rule(Allows.ASK, Allows.REFUSE, OPEN_AND_SHELF),
    Status.CLOSED: Rule(Allows.REFUSE, Allows.REFUSE, SHELF),
    Status.CANCELLED: Rule(Allows.REFUSE, Allows.REFUSE, "nothing is left"),
}


def allowed(supply):
    """The rule for a supply as its status stands."""
    return BY_SUPPLY_STATUS[Status(supply.status)]
