"""What a change does to the orders of its chain, ready to be shown and written."""

import datetime
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal

from linkage.changes.decisions import LEAVE
from linkage.changes.tree import Revision, Tree
from linkage.dates import business_date
from linkage.models.links import LinkKind
from linkage.statuses import Change


@dataclass
class Given:
    """So much of a supply for another demand, or so much of another supply for a demand."""

    supply: int
    demand: int
    quantity: Decimal
    kind: str = LinkKind.CLAIMED
    reason: str = ""


@dataclass
class Moved:
    """A sales row that follows its supply."""

    demand: object
    quantity: Decimal | None = None
    date: datetime.date | None = None


@dataclass
class Left:
    """What nobody has decided: it stands on the worklist."""

    change: Change
    supply: int | None = None
    demand: int | None = None
    quantity: Decimal | None = None
    date: datetime.date | None = None


@dataclass
class Plan:
    """What a change does: the nodes of ``tree`` say what becomes of them, the rest is beside the tree."""

    tree: Tree
    by: object
    decisions: object
    questions: list = field(default_factory=list)
    given: list = field(default_factory=list)
    made: list = field(default_factory=list)
    moved_rows: list = field(default_factory=list)
    left: list = field(default_factory=list)
    relocated: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    _slacks: dict = field(default_factory=dict)

    @property
    def open_questions(self):
        """What a person has to decide before this can be saved."""
        return [question for question in self.questions if question.is_open]

    @property
    def asks(self):
        """Whether anybody should look before it is saved: another order moves, or something becomes late."""
        return bool(self.notes or self.newly_late() or self.differing() or any(map(_matters, self.questions)))

    @property
    def fingerprint(self):
        """Says whether two plans are the same: what a person saw and what is saved."""
        supplies = [
            (
                s.pk,
                s.quantity,
                s.due,
                s.status,
                s.new_quantity,
                s.new_due,
                s.new_revision,
                s.is_supplied,
                s.is_cancelled,
            )
            for s in self.tree.supplies.values()
            if not s.is_stock
        ]
        demands = [
            (d.pk, d.quantity, d.need, d.priority, d.new_quantity, d.new_need, d.new_priority, d.new_revision)
            for d in self.tree.demands.values()
        ]
        links = [(link.pk, link.open, link.new_open) for s in self.tree.supplies.values() for link in s.links]
        given = [(given.supply, given.demand, given.quantity) for given in self.given]
        text = repr([sorted(supplies), sorted(demands), sorted(links), given, self.made])
        text += repr([s.recipe.added for s in self.tree.supplies.values() if s.recipe])
        text += repr([(node.pk, warehouse.pk) for node, warehouse, _supplies in self.relocated])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def slack(self, link):
        """(work days before, after) from the supply's due date to the need; None where nothing waits or has a date."""
        return (
            self._between(link, link.supply.due, link.demand.need) if link.to_come > 0 else None,
            self._between(link, link.supply.new_due, link.demand.new_need) if link.waits else None,
        )

    def _between(self, link, due, need):
        if due is None or need is None:
            return None
        asked = link.supply.warehouse_id, due, need
        if asked not in self._slacks:
            days, today = self.tree.calendars[link.supply.warehouse_id], business_date()
            self._slacks[asked] = days.between(due if due >= today else days.add(today, 1), need)
        return self._slacks[asked]

    def newly_late(self):
        """[(link, slack after)] of the links that are late after the change and were not before."""
        found = []
        for supply in self.tree.supplies.values():
            for link in supply.links:
                before, after = self.slack(link)
                if after is not None and after < 0 and (before is None or before >= 0):
                    found.append((link, after))
        return found

    def differing(self):
        """The links whose ends are of different revisions after the change and were not before."""
        links = [link for supply in self.tree.supplies.values() for link in supply.links if link.new_open > 0]
        return [
            link for link in links if link.supply.new_revision.clashes(link.demand.new_revision) and not _clashed(link)
        ]


def _clashed(link):
    """Whether its ends were of different revisions or variants before the change."""
    supply, demand = (Revision(end.revision_id, variant=end.row.variant) for end in (link.supply, link.demand))
    return supply.clashes(demand)


def _matters(question):
    """Offers that nobody has to take up are no reason to stop; a row that may follow, or what it lacks, is one."""
    return question.is_open or question.preselected != LEAVE or question.key.startswith(("more-", "row"))
