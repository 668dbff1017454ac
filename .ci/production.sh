#!/bin/sh
# Run a command with the least environment a production server needs.
export NENPYO_ENV=production
export BASE_URL=https://chronology.example.org
export NENPYO_TAG_AUTHORITY=example.org,2026
export DATABASE_URL=postgresql://nenpyo@localhost/nenpyo
export MAIL_URL=smtp://localhost
export HSTS_SUBDOMAINS=true HSTS_PRELOAD=false
SECRET_KEY=$(od -An -tx1 -N40 /dev/urandom | tr -d ' \n')
export SECRET_KEY
exec "$@"
