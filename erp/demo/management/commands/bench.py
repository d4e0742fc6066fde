"""``manage.py bench``: the product's work beside the limit of the same work."""

import json

from django.core.management.base import BaseCommand, CommandError

from erp.demo.bench.database import own_database, refuse_orders
from erp.demo.bench.measuring import run_case
from erp.demo.bench.report import lines_of, table
from erp.demo.bench.workloads import WORKLOADS
from erp.memory import collect_rarely


class Command(BaseCommand):
    help = "Measure the product beside the limit of the same work, on a database made for it and dropped after it."

    def add_arguments(self, parser):
        parser.add_argument("--only", action="append", choices=list(WORKLOADS), metavar="W3", help="only these")
        parser.add_argument("--size", type=float, default=1, help="a share of the work, such as 0.1")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, only, size, **options):
        if not 0 < size <= 10:
            raise CommandError("--size is more than 0 and at most 10.")
        collect_rarely()  # as the web server does
        lines = []
        with own_database() as start_afresh:
            for name in only or WORKLOADS:
                start_afresh()
                refuse_orders()
                for case in WORKLOADS[name](size):
                    self.stderr.write(f"{case.workload} {case.name} ...")
                    lines += lines_of(run_case(case))
        self.stdout.write(json.dumps([line.as_dict() for line in lines]) if options["json"] else table(lines))
