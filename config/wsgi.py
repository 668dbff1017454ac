"""The WSGI application a production server loads."""

import os

from django.core.wsgi import get_wsgi_application

from config.postgres.base import serve_readers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
serve_readers()
