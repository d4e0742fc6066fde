"""``manage.py create_linked_orders``: linked production orders of all that was ordered in a time, a tree per row."""

import json
import time

from django.core.management.base import BaseCommand, CommandError

from erp.register.units import plain
from erp.register.users import night_user
from linkage import jobs
from linkage.dates import business_date
from sales.operations import create_linked_orders, plan_linked_orders

NAME = "create_linked_orders"
BUSY = "create_linked_orders is already running; nothing was done."


class Command(BaseCommand):
    help = "Make the linked production orders of order-oriented sales rows that have none, by order date."

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="date_from", type=jobs.day, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="date_to", type=jobs.day, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--dry-run", action="store_true", help="tell what would be made, make nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, date_from, date_to, dry_run, **options):
        if date_from > date_to:
            raise CommandError(f"The last day {date_to} lies before the first {date_from}.")
        started = time.monotonic()
        if dry_run:
            made = plan_linked_orders(date_from=date_from, date_to=date_to)
            return self._tell(made, started, as_json=options["json"], verb="would be made")
        with jobs.only_one(NAME) as mine:
            if not mine:
                raise CommandError(BUSY)
            with jobs.recorded(NAME, business_date=business_date()) as run:
                made = self._make(date_from, date_to, quiet=options["json"])
                run.message = f"{made.orders} orders, {len(made.refused)} rows without"
        return self._tell(made, started, as_json=options["json"], verb="made")

    def _make(self, date_from, date_to, *, quiet):
        def progress(done, total):
            if not quiet:
                self.stderr.write(f"{done} of {total} rows")

        return create_linked_orders(
            date_from=date_from, date_to=date_to, by=night_user(), command=NAME, on_batch=progress
        )

    def _tell(self, made, started, *, as_json, verb):
        seconds = round(time.monotonic() - started, 1)
        if as_json:
            return json.dumps(
                {
                    "orders": made.orders,
                    "quantity": plain(made.quantity),
                    "by_part": {number: plain(quantity) for number, quantity in sorted(made.by_part.items())},
                    "seconds": seconds,
                }
            )
        for sentence in made.refused:
            self.stderr.write(sentence)
        return (
            f"{made.orders} orders, {plain(made.quantity)} pieces of {len(made.by_part)} parts {verb} in {seconds} s."
        )
