#!/usr/bin/env python
"""Django's command line; what changes the schema runs as the database owner, everything else as the app."""

import os
import sys

OWNER_COMMANDS = {
    "migrate",
    "makemigrations",
    "showmigrations",
    "sqlmigrate",
    "squashmigrations",
    "pgtrigger",
    "grant_app_role",
    "bench",
}


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["DATABASE_ROLE"] = "owner"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
