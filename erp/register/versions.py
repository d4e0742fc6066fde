"""The version of a row that people edit."""

import pgtrigger


class EditedByHand(pgtrigger.Condition):
    """Something but the ``ignored`` columns changed, and not by another trigger (the guard's own writes)."""

    def __init__(self, *ignored):
        self.ignored = ["version", *ignored]

    def resolve(self, model):
        changed = pgtrigger.AnyChange(exclude=self.ignored).resolve(model)
        return f"(pg_trigger_depth() = 0 AND ({changed}))"


def raised_by_edits(*, ignoring=()):
    """A trigger that raises ``version`` when the row is edited, so that a stale form is noticed."""
    return pgtrigger.Trigger(
        name="raise_version",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=EditedByHand(*ignoring),
        func="NEW.version = OLD.version + 1; RETURN NEW;",
    )
