"""``manage.py auto_link``: the backorder rule for all sent purchase orders."""

import json
import time
from decimal import Decimal

from django.core.management.base import BaseCommand, CommandError

from erp.register.models import Part
from erp.register.units import plain
from erp.register.users import night_user
from linkage import jobs
from linkage.operations import auto_link

OFF = "The setting “Link backorders to purchase orders” is off: nothing is linked. An administrator can switch it on."
BUSY = "auto_link is already running; nothing was done."


class Command(BaseCommand):
    help = "Link free quantities of sent purchase orders to backordered sales rows, oldest sales row first."

    def add_arguments(self, parser):
        parser.add_argument("--business-date", type=jobs.day, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--part", help="only this part number")
        parser.add_argument("--dry-run", action="store_true", help="tell what would be linked, link nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, business_date, part, dry_run, **options):
        parts = self._parts(part)
        started = time.monotonic()
        if not auto_link.is_on():
            return self._say(options, {"on": False, "links": 0, "quantity": "0"}, OFF)
        if dry_run:
            found = auto_link.plan(part=parts[0] if part else None)
            return self._tell(options, found, started, "would be linked")
        with jobs.only_one("auto_link") as mine:
            if not mine:
                return self._say(options, {"running": True, "links": 0}, BUSY)
            with jobs.recorded("auto_link", business_date=business_date) as run:
                found = self._link(parts)
                run.message = f"{len(found)} links"
        return self._tell(options, found, started, "linked")

    def _parts(self, number):
        if number is None:
            return list(auto_link.parts_to_link()) if auto_link.is_on() else []
        try:
            return [Part.objects.get(number=number)]
        except Part.DoesNotExist:
            raise CommandError(f"There is no part {number}.") from None

    def _link(self, parts):
        return list(auto_link.auto_link_all(parts=[part.pk for part in parts], by=night_user(), command="auto_link"))

    def _tell(self, options, found, started, verb):
        total = sum((promise.quantity for promise in found), Decimal(0))
        facts = {
            "on": True,
            "links": len(found),
            "quantity": plain(total),
            "seconds": round(time.monotonic() - started, 2),
        }
        self._say(options, facts, f"{len(found)} links over {plain(total)} {verb}.")

    def _say(self, options, facts, sentence):
        self.stdout.write(json.dumps(facts) if options["json"] else sentence)
