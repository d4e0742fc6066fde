"""What an undecided change is about, and whether one press does it."""

from linkage.statuses import Change


def subject_of(undecided):
    """The position that would change: the demand where one is named, else the order."""
    return undecided.demand or undecided.supply


def can_be_done(undecided):
    """Whether one press does it; what is uncovered is covered on its own page."""
    if undecided.change == Change.DATE:
        return True
    return undecided.demand is None and undecided.change in {
        Change.LESS,
        Change.CANCEL,
        Change.REVISION,
        Change.PRIORITY,
    }
