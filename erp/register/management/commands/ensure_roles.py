from django.core.management.base import BaseCommand

from erp.register.roles import ROLES, ensure_roles


class Command(BaseCommand):
    help = "Create the groups of the roles that are missing and give administrators the register."

    def handle(self, *args, **options):
        ensure_roles()
        self.stdout.write(f"Roles: {', '.join(ROLES)}")
