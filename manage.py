#!/usr/bin/env python
"""Django's command line; schema changes run as the database owner where one is named."""

import os
import sys

OWNER_COMMANDS = {"migrate", "pgtrigger", "grant_app_role"}


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    owner_url = os.environ.get("DATABASE_OWNER_URL")
    if owner_url and len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["DATABASE_URL"] = owner_url
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
