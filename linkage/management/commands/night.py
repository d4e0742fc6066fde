"""``manage.py night``: the jobs of the night, one after the other, each with its JobRun."""

import inspect
from io import StringIO

from django.conf import settings
from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError

from linkage import jobs

BUSY = "The night is already running; nothing was done."


class Command(BaseCommand):
    help = "Run the jobs of the night. A failed job does not stop the next; the exit code tells whether one failed."

    def add_arguments(self, parser):
        parser.add_argument("--business-date", type=jobs.day, required=True, metavar="YYYY-MM-DD")

    def handle(self, *, business_date, **options):
        with jobs.only_one("night") as mine:
            if not mine:
                self.stdout.write(BUSY)
                return
            failed = [step for step in settings.NIGHT_STEPS if not self._succeeds(step, business_date)]
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}. See the runs on the home page.")

    def _succeeds(self, step, business_date):
        said = StringIO()
        try:
            with jobs.recorded(step, business_date=business_date) as run:
                call_command(step, stdout=said, stderr=said, **_date_for(step, business_date))
                run.message = said.getvalue().strip()[:2000] or "Done."
        except Exception as error:
            self.stderr.write(f"{step}: {error}")
            return False
        self.stdout.write(f"{step}: {run.message}")
        return True


def _date_for(step, business_date):
    """Jobs of a day take the business date; check_ledger looks at what is now."""
    command = load_command_class(get_commands()[step], step)
    takes_date = "business_date" in inspect.signature(command.handle).parameters
    return {"business_date": business_date} if takes_date else {}
