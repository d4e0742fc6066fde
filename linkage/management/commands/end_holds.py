"""``manage.py end_holds``: holds whose date has passed give their goods back."""

from django.core.management.base import BaseCommand

from erp.register.users import night_user
from linkage import jobs, operations


class Command(BaseCommand):
    help = "End the holds whose date has passed."

    def add_arguments(self, parser):
        parser.add_argument("--business-date", type=jobs.day, required=True, metavar="YYYY-MM-DD")

    def handle(self, *, business_date, **options):
        by = night_user()
        with jobs.recorded("end_holds", business_date=business_date) as run:
            ended = [
                operations.end_hold(
                    hold=hold, by=by, command="end_holds", reason=f"rule end_holds: kept until {hold.until}"
                )
                for hold in operations.ended_holds(business_date)
            ]
            run.message = f"{len(ended)} holds ended."
        self.stdout.write(run.message)
