"""Positions of order rows: 10, 20, 30; pure arithmetic."""

STEP = 10


def in_tens(count):
    """The positions of so many rows when all are numbered anew."""
    return [STEP * (place + 1) for place in range(count)]


def between(before, after):
    """The number in the middle, rounded down; None if none is free."""
    middle = (before + after) // 2
    return middle if before < middle < after else None


def positions_between(before, after, count):
    """Positions for new rows after ``before`` (0 = none) and before ``after`` (None = none); None if there is no room.

    At the end they continue in tens.
    """
    positions = []
    for _ in range(count):
        before = (before // STEP + 1) * STEP if after is None else between(before, after)
        if before is None:
            return None
        positions.append(before)
    return positions
