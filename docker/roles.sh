#!/bin/sh
# Run once by the postgres image, when its data folder is empty.
set -eu
psql -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" \
    -f /pegboard/roles.sql --username "$POSTGRES_USER" --dbname postgres
