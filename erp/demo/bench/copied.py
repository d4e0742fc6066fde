"""The limit of writing: COPY of the rows that the product has just written, with all keys, indexes and checks."""

from django.db import transaction

from erp.demo.bench import shadow
from erp.demo.bench.loading import copy_rows, fetch


class CopyOf:
    """Rows of some tables that are written from now on, and their copies without triggers."""

    def __init__(self, tables):
        self.tables = tables
        self.marks = {table: fetch(f"select coalesce(max(id), 0) from {table}")[0][0] for table in tables}
        self.columns = {table: shadow.columns_of(table) for table in tables}

    def read(self):
        """Outside the clock: make the copies, empty, and read what to write."""
        shadow.make(self.tables)
        self._rows = {table: self._above(table) for table in self.tables}

    def _above(self, table):
        return fetch(f"select {', '.join(self.columns[table])} from {table} where id > %s", [self.marks[table]])

    def write(self):
        with transaction.atomic():
            for table, rows in self._rows.items():
                copy_rows(shadow.copy_of(table), self.columns[table], rows)

    def written(self):
        """What the product wrote; ``copied`` must be the same."""
        return [shadow.checksum(table, self.columns[table], above=self.marks[table]) for table in self.tables]

    def copied(self):
        return [
            shadow.checksum(shadow.copy_of(table), self.columns[table], above=self.marks[table])
            for table in self.tables
        ]
