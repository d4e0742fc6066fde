"""What became of each line of the files: loaded, there already, or left out for a reason."""

from collections import Counter, defaultdict


class TableReport:
    """The account of one table. Every line that was read is counted once: loaded, already there or left out."""

    def __init__(self, table):
        self.table = table
        self.read, self.loaded, self.already_there = Counter(), Counter(), Counter()
        self.left_out = defaultdict(list)
        self.notes = []
        self.seconds = 0.0

    def leave_out(self, layout, rows, reason):
        """Say why lines are not loaded; reasons are the same words for the same case, so that they can be counted."""
        if lines := [row.line for row in rows]:
            self.read[layout.names[0]] += len(lines)
            self.left_out[layout.names[0], reason] += lines

    def keep(self, layout, rows):
        """Lines whose order or row was loaded before."""
        self.read[layout.names[0]] += len(rows)
        self.already_there[layout.names[0]] += len(rows)

    def load(self, layout, rows):
        self.read[layout.names[0]] += len(rows)
        self.loaded[layout.names[0]] += len(rows)

    @property
    def total_left_out(self):
        return sum(map(len, self.left_out.values()))

    def as_json(self):
        return {
            "table": self.table,
            "read": dict(+self.read),
            "loaded": dict(+self.loaded),
            "already_there": dict(+self.already_there),
            "left_out": [
                {"file": file, "reason": reason, "count": len(lines), "lines": ranges(lines)}
                for (file, reason), lines in self.left_out.items()
            ],
            "notes": self.notes,
            "seconds": round(self.seconds, 2),
        }

    def sentences(self):
        """The report for people: one line of counts, then what is worth a word, indented."""
        counts = [
            f"{self.read.total():,} lines read",
            f"{self.loaded.total():,} loaded",
            f"{self.already_there.total():,} there already",
            f"{self.total_left_out:,} left out",
        ]
        yield f"{self.table.replace('_', ' ')}: {', '.join(counts)} ({self.seconds:.1f} s)"
        for (file, reason), lines in self.left_out.items():
            yield f"  left out of {file}: {len(lines):,} x {reason} (line {ranges(lines, most=8)})"
        yield from (f"  {note}" for note in self.notes)


def ranges(numbers, *, most=None):
    """Line numbers as people write them: 1-103, 207. Beyond ``most`` ranges it says that there are more."""
    found = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in found[:most]]
    return ", ".join([*shown, "..."] if most and len(found) > most else shown)
