"""Settings of Nenpyo, for every way it runs. What differs comes from the environment.

`.env.example` lists the variables. Without NENPYO_ENV this is production: a
variable forgotten there stops the start instead of opening a door.
"""

import os
import secrets
import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config import env, logs, policy
from config.postgres import server

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # what running makes: database, uploads, collected files

DEVELOPMENT = env.choice("NENPYO_ENV", ["production", "development"], "production") == "development"
# Off in development too, so that a clone shows what readers will get: our own error pages,
# answers to conditional requests. On, pages are never answered with 304.
DEBUG = env.boolean("DEBUG", default=False) and DEVELOPMENT
_WHY = "(Working on this machine? Set NENPYO_ENV=development.)"


def _needed(development_default: str) -> str:
    """A default in development, none in production."""
    return development_default if DEVELOPMENT else env.REQUIRED


def _development_key() -> str:
    """A random key of this clone, so that sign-ins survive a restart."""
    file = VAR_DIR / "secret-key"
    if not file.exists():
        VAR_DIR.mkdir(exist_ok=True)
        scratch = VAR_DIR / f"secret-key.{os.getpid()}"
        scratch.touch(0o600)
        scratch.write_text(secrets.token_urlsafe(50))
        scratch.replace(file)
    return file.read_text()


# Who we are

SECRET_KEY = env.secret("SECRET_KEY", _needed(""), why=_WHY) or _development_key()
PORT = env.integer("PORT", 8000, minimum=1, maximum=65535)
BASE_URL = env.url("BASE_URL", _needed(f"http://127.0.0.1:{PORT}"), why=_WHY)
# Feed ids are tag: URIs. They name an owner and a year, and must outlive any move of the site.
NENPYO_TAG_AUTHORITY = env.matching(
    "NENPYO_TAG_AUTHORITY",
    r"[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?",
    _needed("localhost,2026"),
    why=f"It looks like example.org,2026 and must never change. {_WHY}",
)
WAGTAIL_SITE_NAME = "Nenpyo"
# Where readers report errors; shown on the page about the chronology.
CONTACT_EMAIL = env.text("CONTACT_EMAIL", "editors@localhost" if DEVELOPMENT else "")
# So many days after an error report is closed the address of who sent it is deleted.
ERROR_REPORT_ADDRESS_DAYS = env.integer("ERROR_REPORT_ADDRESS_DAYS", 30, minimum=1)
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILSEARCH_BACKENDS: dict[str, dict[str, object]] = {"default": {"BACKEND": "timeline.search.explorer"}}
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # public addresses are ASCII, as those of records are

# Safety

ALLOWED_HOSTS = env.listing(
    "ALLOWED_HOSTS",
    ["127.0.0.1", "localhost", "[::1]"] if DEVELOPMENT else [urlsplit(BASE_URL).hostname or ""],
)
CSRF_TRUSTED_ORIGINS = [BASE_URL]
# How many proxies in front write X-Forwarded-For: so many addresses at its end are believed, and no others.
PROXY_COUNT = env.integer("PROXY_COUNT", 0, maximum=9)
if env.boolean("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.boolean("SSL_REDIRECT", default=not DEVELOPMENT)
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 0 if DEVELOPMENT else 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.boolean("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.boolean("HSTS_PRELOAD", default=False)
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"  # sources may see whence readers come
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEVELOPMENT
CSRF_COOKIE_HTTPONLY = True  # scripts have the token from the page
if not DEVELOPMENT:  # a name that no other host of the domain can set (RFC 6265bis)
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-language"
CSRF_FAILURE_VIEW = "timeline.admin.handback.csrf_failure"
HAND_BACK_VIEW = "timeline.admin.handback.hand_back"  # what could not be saved for want of a database
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CSP = policy.PUBLIC
# Where a vulnerability of this site is reported: /.well-known/security.txt says so.
SECURITY_CONTACT = env.matching(
    "SECURITY_CONTACT", r"(mailto:\S+@\S+|https://\S+)?", "", why="Write mailto:somebody@example.org or https://…"
)
SILENCED_SYSTEM_CHECKS = [
    "security.W019",  # the editor shows a preview in a frame
    "fields.E323",  # fragments go with the row they were made of in the database: nobody waits for signals of theirs
    # Who has written `false` has decided; who has written nothing is asked.
    *(["security.W005"] if env.is_set("HSTS_SUBDOMAINS") else []),
    *(["security.W021"] if env.is_set("HSTS_PRELOAD") else []),
]

AUTHENTICATION_BACKENDS = ["timeline.accounts.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "timeline.accounts.forms.LetterForm"  # noqa: S105 (a form)
# Who must have a second factor; whoever has one is asked for it.
SECOND_FACTOR = env.choice("SECOND_FACTOR", ["optional", "moderators", "everybody"], "optional")
OTP_TOTP_ISSUER = f"{WAGTAIL_SITE_NAME} ({urlsplit(BASE_URL).hostname})"  # the name in the authenticator app
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0  # timeline/accounts/tries.py counts them
SESSION_COOKIE_AGE = 12 * 3600  # since it was last used: timeline/accounts/idle.py

# What we are made of

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ADMIN_PATH = "admin/"

INSTALLED_APPS = [
    "timeline",
    "wagtail.contrib.redirects",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "taggit",
    "modelcluster",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "config.logs.RequestIdMiddleware",
    "timeline.views.arrival.ArrivalMiddleware",  # before anybody reads an address
    # Outside of what is kept, which it compresses once, and of WhiteNoise, which in production answers with files
    # compressed beforehand and in development with files as they are.
    "config.compression.CompressionMiddleware",
    "timeline.kept.middleware.KeptMiddleware",
    "timeline.audit.refusals.RefusalMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "config.policy.IsolationMiddleware",
    "config.policy.AdminPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.cookies.CookieMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "timeline.accounts.second_factor.gate.SecondFactorMiddleware",
    "timeline.accounts.idle.IdleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "timeline.views.redirects.RedirectMiddleware",
    "timeline.accounts.tries.LockMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "config.templates.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The database: a server that DATABASE_URL names or, in development, one of our own

PG_HOME = env.path("NENPYO_PG_HOME", server.usable_home(VAR_DIR / "postgres"))
DATABASES = {"default": env.database("DATABASE_URL", _needed(""), why=_WHY) or server.settings(PG_HOME, durable=True)}
# Copies of it that readers may be answered from (timeline/replicas.py): PostgreSQL's own streaming replication.
DATABASES |= {f"replica_{number}": one for number, one in enumerate(env.databases("DATABASE_REPLICA_URLS"), 1)}
REPLICAS = [name for name in DATABASES if name != "default"]
_max_age = env.integer("DATABASE_MAX_AGE", 600)
for _database in DATABASES.values():
    _database["CONN_MAX_AGE"] = _max_age
    _database["CONN_HEALTH_CHECKS"] = True
    _database["OPTIONS"] = {
        "connect_timeout": 3,  # seconds: a host that is away must not hold who waits for it
        "tcp_user_timeout": 5000,  # milliseconds, for one that goes away
    } | _database.get("OPTIONS", {})
# For one statement of the site; services, commands and `migrate` take as long as they need. 0: as long as it takes.
DATABASE_STATEMENT_SECONDS = env.integer("DATABASE_STATEMENT_SECONDS", 5)

# Parts of pages, kept by the digest of what they were made from: they cannot be out of date,
# so each process may keep its own.

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "fragments",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 2000},  # some 6 MB
    },
    "validators": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "validators",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 10_000},  # some 3 MB
    },
    "feeds": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "feeds",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 60},  # 15 MB at most
    },
}

# Files

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEVELOPMENT  # no collectstatic on a laptop
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", VAR_DIR / "media")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# An object store that several machines share: uploads, and the datasets that others have not built themselves.
if _bucket := env.bucket("STORAGE_URL"):
    _objects = "config.objects.ObjectStorage"
    STORAGES["default"] = {"BACKEND": _objects, "OPTIONS": {**_bucket, "location": "media", "file_overwrite": False}}
    STORAGES["datasets"] = {"BACKEND": _objects, "OPTIONS": {**_bucket, "location": "datasets"}}
# The dataset of each edition, built by a service (`build_dataset --every 300`); older ones go.
DATASETS_DIR = env.path("DATASETS_DIR", VAR_DIR / "datasets")
DATASETS_KEPT = 10
# Public answers as they were made, to be given again. All processes of the site, services too, must share the folder:
# who takes words from the public empties it. 0: nothing is kept.
KEPT_PAGES_DIR = env.path("KEPT_PAGES_DIR", VAR_DIR / "kept")
KEPT_PAGES_MEGABYTES = env.integer("KEPT_PAGES_MEGABYTES", 200)
# Valkey, or Redis, that several machines share: what they keep is there then, not in their folders (timeline/kept/).
CACHE_URL = env.cache("CACHE_URL")
# With less room left on a disk nothing more is kept, and `/status.json` says that it is full.
DISK_FREE_MEGABYTES = env.integer("DISK_FREE_MEGABYTES", 200)
# Where `backup` puts its files, to whom it encrypts them (public keys of age), and after how many
# hours without one /status.json complains; 0 is never. Its pg_dump is looked for unless a folder is named.
BACKUP_DIR = env.path("BACKUP_DIR", VAR_DIR / "backups")
BACKUP_RECIPIENTS = env.listing("BACKUP_RECIPIENTS")
BACKUP_MAX_AGE = env.integer("BACKUP_MAX_AGE", 0)
POSTGRESQL_PROGRAMS = env.path("POSTGRESQL_PROGRAMS", None)
MEGABYTE = 1024 * 1024
WAGTAILDOCS_MAX_UPLOAD_SIZE = 10 * MEGABYTE
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "json", "odt", "pdf", "txt", "xlsx", "zip"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * MEGABYTE
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 64_000_000
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "timeline.admin.media.ImageForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "timeline.admin.media.DocumentForm"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # an entry with many statements and citations is one form

# Languages and time

USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語")]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES  # Wagtail has more, but our forms would be half English in them
LOCALE_PATHS = [BASE_DIR / "locale"]
# Which translations of the chronology readers see; the rest they see in the original.
TRANSLATIONS_SHOWN = env.choice("TRANSLATIONS_SHOWN", ["draft", "reviewed"], "draft")
# Whether a translation is reviewed by somebody else than its translator; false where one person does both.
TRANSLATIONS_SECOND_READER = env.boolean("TRANSLATIONS_SECOND_READER", True)
TIME_ZONE = "UTC"
USE_TZ = True
# What a machine calls its own zone is none: browsers do not know it, and stop at it in the list of an account.
WAGTAIL_USER_TIME_ZONES = sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})

# Letters and logs

MAILERS = {"default": env.mailer("MAIL_URL", _needed("console:"), why=_WHY)}
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False  # an administrator who moderates is a moderator too
WAGTAIL_PASSWORD_RESET_ENABLED = MAILERS["default"]["BACKEND"] != env.NO_MAIL  # it would promise a letter
# Letters to readers who ask for news; the keys encrypt their addresses, the newest first. None: nobody is offered any.
LETTERS_KEYS = env.keys("LETTERS_KEY") or ([SECRET_KEY] if DEVELOPMENT else [])
LETTERS = bool(LETTERS_KEYS) and MAILERS["default"]["BACKEND"] != env.NO_MAIL
# Where letters come back to that a server took and could not deliver: each is sent from this address with a key in it.
LETTERS_BOUNCE_TO = env.matching(
    "LETTERS_BOUNCE_TO", r"([^\s@+<>]{1,31}@[^\s@<>]+)?", "", why="Write an address such as bounces@example.org."
)
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", f"nenpyo@{urlsplit(BASE_URL).hostname}")

LOGGING = logs.configuration(DEVELOPMENT)

# Fetching: pages that editors paste, and the check of links

# Who asks, as site owners want to know it. Without the word "link": firewalls block checkers by it.
NENPYO_USER_AGENT = "Mozilla/5.0 (compatible; Nenpyo/1.0; +{}/about/{})".format(
    BASE_URL, f"; {CONTACT_EMAIL}" if CONTACT_EMAIL else ""
)
# Tells subscribers of news at once (WebSub), for example https://pubsubhubbub.appspot.com/. Without
# one nothing is announced.
WEBSUB_HUB = env.matching("WEBSUB_HUB", r"(https?://\S+)?", "", why="Write the address of a hub, or nothing.")
# A CDN, or a cache of one's own, that keeps public answers and is told which are to go (timeline/views/cdn.py).
CDN = env.cdn("CDN_PURGE_URL")
# Where copies of sources are looked for, and who is asked to make them (timeline/archiving). Unset, nobody is asked.
ARCHIVES = env.archives()
NENPYO_FETCH_LOOPBACK = False  # true in tests only, which fetch from a server of their own

# Nobody else is called, neither by our pages nor by the admin

WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
