"""Telling how far the load is: a bar on a terminal, plain lines everywhere else."""

import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

EVERY = 5  # seconds between two plain lines of one table


class Lines:
    """Plain lines: while a table takes long, and one for each that is done."""

    def __init__(self, write):
        self.write = write

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def begin(self, table):
        self.table, self.told_at = table, time.monotonic()

    def tick(self, done, total):
        if time.monotonic() - self.told_at > EVERY:
            self.write(f"{self.table.replace('_', ' ')}: {done:,} of {total:,}")
            self.told_at = time.monotonic()

    def end(self, report):
        for sentence in report.sentences():
            self.write(sentence)


class Bars:
    """One bar per table, what it says of its lines above the bars."""

    def __init__(self, *, stderr=False):
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=Console(stderr=stderr))

    def __enter__(self):
        self.progress.start()
        return self

    def __exit__(self, *error):
        self.progress.stop()

    def begin(self, table):
        self.task = self.progress.add_task(table.replace("_", " "), total=None)

    def tick(self, done, total):
        self.progress.update(self.task, completed=done, total=total)

    def end(self, report):
        total = report.read.total()
        self.progress.update(self.task, completed=total, total=total)
        for sentence in report.sentences():
            self.progress.console.out(sentence, highlight=False)
