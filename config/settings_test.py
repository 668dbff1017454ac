"""The settings with what tests want different: fast, and no letters to the console."""

import os

os.environ["NENPYO_ENV"] = "development"

from config.postgres import server
from config.settings import *  # noqa: F403
from config.settings import DATABASES, PG_HOME, VAR_DIR

DEBUG = False  # pages as readers get them
SECRET_KEY = "a key for tests only"  # noqa: S105
LETTERS_KEYS = ["a key for the letters of tests, and for nothing else"]
DATASETS_DIR = VAR_DIR / "datasets-test"  # what was built here for readers is no matter of tests
KEPT_PAGES_DIR, KEPT_PAGES_MEGABYTES = VAR_DIR / "kept-test", 0  # most tests want what is made now
DISK_FREE_MEGABYTES = 0  # on whatever is left
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if "EMBEDDED" in DATABASES["default"]:  # a server of its own, which may lose its data
    DATABASES["default"] = server.settings(PG_HOME.with_name(f"{PG_HOME.name}-test"), durable=False)
    # Each process has its own database, so two runs of the tests do not disturb each other.
    DATABASES["default"]["TEST"] = {"NAME": f"test_{os.getpid()}"}
# What editors search for is not asked by most tests, and keeping it is a fifth of each save.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "timeline.search.explorer", "AUTO_UPDATE": False}}
DATABASES["default"]["CONN_MAX_AGE"] = 0

# Our words in other languages, which a machine may have compiled or not: pages are tested in their own.
LOCALE_PATHS = []
