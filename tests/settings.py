"""The product's settings, run by the database owner (the tests create and migrate their database)."""

import os

import erp.settings as product

if os.environ.get("DATABASE_OWNER_URL"):
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]

from erp.settings import *  # noqa: F403

DATABASES = {"default": product.DATABASES["default"] | product.database(os.environ["DATABASE_URL"])}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
# Every connection of the tests, those of threads and of the live server too, may flush the guarded tables.
_options = DATABASES["default"]["OPTIONS"]["options"]
DATABASES["default"]["OPTIONS"] = DATABASES["default"]["OPTIONS"] | {"options": f"{_options} -c guard.truncate=tests"}
