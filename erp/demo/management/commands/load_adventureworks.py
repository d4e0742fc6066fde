"""``manage.py load_adventureworks``: real input in one command. See docs/manual/adventureworks.md."""

import json
import time
from argparse import ArgumentTypeError

from django.core.management.base import BaseCommand, CommandError

from erp.demo.adventureworks.loading import ALWAYS, SALES, TABLES, load
from erp.demo.adventureworks.progress import Bars, Lines
from erp.demo.adventureworks.reading import BadFile, Source
from erp.exceptions import Refused
from erp.register.users import night_user
from linkage import jobs

DAY = "YYYY-MM-DD"


class Command(BaseCommand):
    help = "Load AdventureWorks, Microsoft's sample of a bicycle maker, from its files. Safe to run again."

    def add_arguments(self, parser):
        parser.add_argument("path", help="the folder with the files, or with its folders oltp-2014 and rebuilt")
        parser.add_argument("--sales", choices=SALES, default="reseller", help="which sales orders (reseller)")
        parser.add_argument("--from", dest="first", type=jobs.day, metavar=DAY, help="first order date")
        parser.add_argument("--to", dest="last", type=jobs.day, metavar=DAY, help="last order date")
        parser.add_argument("--no-stock", action="store_true", help="set what is on hand to 0")
        parser.add_argument("--only", type=_tables, metavar="TABLE,...", help=f"some of: {', '.join(TABLES)}")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, path, first, last, **options):
        if first and last and last < first:
            raise CommandError(f"--to {last} lies before --from {first}.")
        started = time.monotonic()
        with jobs.only_one("load_adventureworks") as mine:
            if not mine:
                raise CommandError("load_adventureworks is already running; nothing was done.")
            reports = self._load(path, first, last, options)
        seconds = round(time.monotonic() - started, 2)
        if options["json"]:
            facts = {"tables": [report.as_json() for report in reports], "seconds": seconds}
            self.stdout.write(json.dumps(facts))
        else:
            self.stdout.write(f"Done in {seconds:.0f} seconds.")

    def _load(self, path, first, last, options):
        try:
            source = Source(path)
            with self._progress(as_json=options["json"]) as progress:
                return load(
                    source,
                    by=night_user(),
                    only=options["only"],
                    sales=options["sales"],
                    first=first,
                    last=last,
                    is_counted=not options["no_stock"],
                    progress=progress,
                )
        except (BadFile, Refused) as error:
            raise CommandError(str(error)) from error

    def _progress(self, *, as_json):
        """With --json the standard output has the JSON alone."""
        out = self.stderr if as_json else self.stdout
        return Bars(stderr=as_json) if out.isatty() else Lines(out.write)


def _tables(text):
    tables = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in tables if name not in TABLES]:
        names = ", ".join(TABLES)
        raise ArgumentTypeError(f"There is no table {unknown[0]}. The tables are {names}; {ALWAYS} is always in.")
    return tables
