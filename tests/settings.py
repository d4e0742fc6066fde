"""The product's settings, run by the database owner (the tests create and migrate their database)."""

import os

os.environ["DATABASE_ROLE"] = "owner"

from erp.settings import *

# Every connection of the tests, those of threads and of the live server too, may flush the guarded tables.
# Joins in the order they are written: with a handful of rows any order will do, and choosing one among twenty tables
# took four fifths of PostgreSQL's time.
_options = ["guard.truncate=tests", "synchronous_commit=off", "join_collapse_limit=1", "from_collapse_limit=1"]
DATABASES["default"]["OPTIONS"]["options"] += "".join(f" -c {option}" for option in _options)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
