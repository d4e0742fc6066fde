"""What the domain says no with. A refusal is one sentence for the planner and knows nothing of HTTP."""


class Refused(Exception):
    """A rule says no; nothing has been written."""


class Stale(Refused):
    """Somebody else changed the row meanwhile. ``theirs`` maps field labels to (the value now, the value typed).

    ``names`` are those of the fields by label, where a form has fields of the same names.

    ``version`` is the row's version now: a form that shows both values and is sent again with it is meant so.
    """

    def __init__(self, message, *, theirs=None, version=None, names=None):
        super().__init__(message)
        self.theirs, self.names = theirs or {}, names or {}
        self.version = version


class Gone(Refused):
    """A row that an operation needs no longer exists."""

    def __init__(self, row):
        super().__init__(f"{row} no longer exists.")


class KeyReused(Refused):
    """The same form was sent again with other values."""

    def __init__(self):
        super().__init__("This form was already sent with other values. Reload the page and try again.")


class LinesRefused(Refused):
    """Some of many lines were refused, so none was done. ``refusals``: [(the line, its refusal)], ``first`` of them."""

    def __init__(self, refusals):
        self.refusals = refusals
        self.first = refusals[0][1]
        super().__init__(" ".join(str(refusal) for _, refusal in refusals[:3]))
