import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from erp.demo.company import is_loaded, load
from linkage.dates import business_date


class Command(BaseCommand):
    help = "Load the demo company Aurala Cycles with its logins, once; dates are relative to today."

    def handle(self, *args, **options):
        if settings.PRODUCTION:
            raise CommandError("The demo company has logins whose password everybody knows: not with PRODUCTION=1.")
        if is_loaded():
            return self.stdout.write("The demo company is there already; nothing was done.")
        started = time.monotonic()
        scene = load(today=business_date())
        seconds = time.monotonic() - started
        return self.stdout.write(f"{scene.company} is there, with {len(scene.parts)} parts, in {seconds:.1f} s.")
