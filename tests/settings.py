"""The product's settings, run by the database owner (the tests create and migrate their database)."""

import os

os.environ["DATABASE_ROLE"] = "owner"

from erp.settings import *

# Every connection of the tests, those of threads and of the live server too, may flush the guarded tables.
DATABASES["default"]["OPTIONS"]["options"] += " -c guard.truncate=tests -c synchronous_commit=off"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
