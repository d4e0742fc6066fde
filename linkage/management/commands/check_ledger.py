"""Recompute the ledger from scratch; silent when it adds up."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from linkage.drift import findings


class Command(BaseCommand):
    help = (
        "Check every sum, owner and need date of the ledger. Prints nothing and exits 0, or names each row and exits 1."
    )

    def handle(self, *args, **options):
        ours = not connection.in_atomic_block
        with transaction.atomic(), connection.cursor() as cursor:
            if ours:  # inside somebody else's transaction the moment is theirs
                cursor.execute("set transaction isolation level repeatable read, read only")
            wrong = list(findings())
        for finding in wrong:
            self.stdout.write(str(finding))
        if wrong:
            raise CommandError(f"{len(wrong)} rows are not as they must be.")
