"""``manage.py find_swaps``: swaps that make one row less late and none later."""

import json
import time
from datetime import date
from itertools import islice

from django.core.management.base import BaseCommand, CommandError

from erp.exceptions import Refused
from erp.register.models import Part
from erp.register.users import night_user
from linkage import jobs, operations
from linkage.dates import business_date as today_here
from linkage.models import SwapProposal
from linkage.queries.harmless import harmless_swaps, in_words

# Rows to a transaction: long enough to be worth its while, short enough that nobody waits long for a lock.
AT_ONCE = 50
BUSY = "find_swaps is already running; nothing was done."


class Command(BaseCommand):
    help = "List swaps of supplies that make a row less late and none later, and put them on the worklist."

    def add_arguments(self, parser):
        parser.add_argument("--part", help="only this part number")
        parser.add_argument("--business-date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="default: today")
        parser.add_argument("--apply", action="store_true", help="do the swaps, each only if it still helps")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, part=None, business_date=None, apply=False, **options):
        today = business_date or today_here()
        self.as_json = options.get("json", False)
        with jobs.only_one("find_swaps") as mine:
            if not mine:
                return self._say({"running": True, "swaps": []}, [BUSY])
            with jobs.recorded("find_swaps", business_date=today) as run:
                return self._find(run, _part(part), today, apply=apply)

    def _find(self, run, part, today, *, apply):
        started, by = time.monotonic(), night_user()
        swaps = harmless_swaps(part=part, today=today)
        lines = in_words(swaps)
        noted = operations.note_swaps(swaps=swaps, part=part, by=by, command="find_swaps")
        done = _apply(noted, by=by, today=today) if apply else 0
        seconds = round(time.monotonic() - started, 2)
        run.message = f"{len(swaps)} swaps help somebody and harm nobody; {done} done."
        facts = {"swaps": lines, "count": len(swaps), "applied": done, "seconds": seconds}
        return self._say(facts, [run.message, *map(_sentence, lines)])

    def _say(self, facts, sentences):
        self.stdout.write(json.dumps(facts) if self.as_json else "\n".join(sentences))


def _part(number):
    if number is None:
        return None
    try:
        return Part.objects.get(number=number)
    except Part.DoesNotExist:
        raise CommandError(f"There is no part {number}.") from None


def _apply(noted, *, by, today):
    """How many were done, those for a row together; those that help no more are left out."""
    left, done = iter(dict.fromkeys(each.row_id for each in noted)), 0
    noted = {each.pk for each in noted}
    while some := list(islice(left, AT_ONCE)):
        proposals = list(SwapProposal.objects.filter(row__in=some, pk__in=noted).order_by("pk"))
        refused = {}
        if proposals:
            made = _accepted(proposals, refused, by=by, today=today)
            done += len(proposals) - len(refused) if made else 0
    return done


def _accepted(proposals, refused, *, by, today):
    try:
        return operations.accept_swaps(
            proposals=proposals, refused=refused, by=by, today=today, reason="find_swaps", command="find_swaps"
        )
    except Refused:
        return []


def _sentence(line):
    late = f"late by {line['days_after']} instead of {line['days_before']} work days"
    return (
        f"{line['part']}: {line['late_demand']} gets {line['quantity']} of {line['early_supply']} instead of "
        f"{line['late_supply']}, {late if line['row'] == line['late_demand'] else line['row'] + ' is ' + late}; "
        f"{line['early_demand']} can wait for {line['late_supply']}."
    )
