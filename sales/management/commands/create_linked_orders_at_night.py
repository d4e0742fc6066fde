"""``manage.py create_linked_orders_at_night``: linked orders in the night, where the setting asks for them."""

from django.core.management.base import BaseCommand, CommandError

from erp.register.settings_registry import get
from erp.register.units import plain
from erp.register.users import night_user
from linkage import jobs
from sales.operations import create_linked_orders

NAME = "create_linked_orders_at_night"
OFF = "The setting “Make linked production orders at night” is off: nothing is made."


class Command(BaseCommand):
    help = "Make the linked production orders of all order-oriented sales rows up to the business date that have none."

    def add_arguments(self, parser):
        parser.add_argument("--business-date", type=jobs.day, required=True, metavar="YYYY-MM-DD")

    def handle(self, *, business_date, **options):
        if not get(NAME):
            return OFF
        with jobs.only_one("create_linked_orders") as mine:
            if not mine:
                raise CommandError("create_linked_orders is already running; nothing was done.")
            with jobs.recorded(NAME, business_date=business_date):
                made = create_linked_orders(date_to=business_date, by=night_user(), command=NAME)
        return f"{made.orders} orders, {plain(made.quantity)} pieces; {len(made.refused)} rows without."
