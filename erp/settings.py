"""Settings, read from the environment. Without any, this is the demo on 127.0.0.1 with its own PostgreSQL."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pghistory
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from erp import embedded

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name, *, default=False):
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def words(name, *, default=""):
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


# PRODUCTION=1 turns on everything that needs TLS and refuses what only the demo may have.
PRODUCTION = flag("PRODUCTION")
DEBUG = flag("DEBUG") and not PRODUCTION
SECRET_KEY = os.environ.get("SECRET_KEY", "")
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("Set SECRET_KEY to at least 50 random characters.")
if not SECRET_KEY:
    SECRET_KEY = "demo-only-key-never-used-with-PRODUCTION-set-0123456789"
ALLOWED_HOSTS = words("ALLOWED_HOSTS", default="" if PRODUCTION else "127.0.0.1,localhost,[::1]")
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the host names of this installation, with commas between.")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "import_export",
    "pgtrigger",
    "pghistory",
    "axes",
    "csp",
    "rules",
    "erp.web",
    "erp.register",
    "erp.staging",
    "linkage",
    "purchasing",
    "production",
    "sales",
    "erp.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "erp.web.middleware.UserLanguageMiddleware",
    "erp.web.middleware.RefusalMiddleware",
    "erp.web.middleware.CleanInputMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "erp.urls"
WSGI_APPLICATION = "erp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "erp.web.context.shell",
            ],
        },
    },
]


def database(url):
    """Django's dictionary for a postgresql:// URL; a ``host`` in the query string is a socket folder.

    Everything else in the query string (sslmode, sslrootcert, connect_timeout, ...) goes to the driver as it is.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("The database URL must begin with postgresql://.")
    query = {"connect_timeout": "5"} | dict(parse_qsl(parts.query))
    host = query.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": parts.port or "",
        "OPTIONS": query,
    }


if not os.environ.get("DATABASE_URL"):
    if PRODUCTION:
        raise ImproperlyConfigured("Set DATABASE_URL to postgresql://user:password@host/database.")
    embedded.use(BASE_DIR / "var" / "postgres")
# The owner migrates, the app runs (manage.py decides); with one role only, DATABASE_URL is both.
AS_OWNER = os.environ.get("DATABASE_ROLE") == "owner"
_url = (AS_OWNER and os.environ.get("DATABASE_OWNER_URL")) or os.environ["DATABASE_URL"]
DATABASES = {"default": database(_url)}
WEB_THREADS = int(os.environ.get("WEB_THREADS", "8"))
# Commands may run for minutes; only the web server (which sets WEB=1) gives up early and keeps a pool.
WEB = flag("WEB")
_server_options = [
    r"default_transaction_isolation=read\ committed",  # the locks are made for it, whatever the server's default is
    "lock_timeout=3s",
    "client_connection_check_interval=500ms",
    *(["statement_timeout=15s", "idle_in_transaction_session_timeout=15s"] if WEB else []),
]
DATABASES["default"]["OPTIONS"]["options"] = " ".join(f"-c {option}" for option in _server_options)
if WEB:
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 2, "max_size": WEB_THREADS + 2, "timeout": 3}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "register.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "web/locked_out.html"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

# Orders go to suppliers by mail: through a mail server (MAIL_HOST), else they are written to the console.
EMAIL_HOST = os.environ.get("MAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("MAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("MAIL_PASSWORD", "")
EMAIL_USE_TLS = flag("MAIL_TLS", default=True)
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", "Pegboard <pegboard@localhost>")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("sv", "Svenska"), ("da", "Dansk"), ("de", "Deutsch")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if WEB or flag("HASHED_STATIC")
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Only the web server serves collected files; commands and tests find them where they lie.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not WEB

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
if PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = flag("SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    if flag("BEHIND_PROXY", default=True):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# History: who, when and by which operation, written by database triggers (see docs/decisions).
PGHISTORY_APPEND_ONLY = True
PGHISTORY_CREATED_AT_FUNCTION = "CLOCK_TIMESTAMP()"
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)  # event tables are read by pgh_obj only

# The one way up: linkage asks the owner of a position by these names (architecture: imports point one way).
POSITION_OWNERS = {
    "sales": "sales.positions.SalesRow",
    "forecast": "sales.positions.SalesRow",
    "component": "production.positions.ComponentDemand",
    "subcontract": "production.positions.OperationDemand",
    "production": "production.positions.ProductionLine",
    "purchase": "purchasing.positions.PurchaseRow",
}

# What can be imported from files (erp.staging): classes of the apps that load it.
IMPORT_KINDS = [
    "purchasing.imports.orders.PurchaseOrders",
    "purchasing.imports.confirmations.Confirmations",
    "purchasing.imports.receipts.Receipts",
    "sales.imports.orders.CustomerOrders",
    "sales.imports.changes.CustomerOrderChanges",
]

# Worklists of the order apps on the first page: functions () -> (words, URL name, query string, how many, tone).
HOME_COUNTS = [
    "production.queries.losses.home_count",
    "purchasing.arriving.home_count",
    "purchasing.queries.home_count",
    "purchasing.queries.home_untold",
    "purchasing.queries.home_over_receipts",
]

# What the search box and the lookup boxes ask (erp.web.searching, erp.web.views.lookup): functions of the apps.
# Questions that check_ledger asks beside its own: functions without arguments that yield linkage.drift.Finding.
DRIFT_QUESTIONS = ["sales.drift.findings"]
SEARCH_PROVIDERS = [
    "erp.register.queries.search_parts",
    "erp.register.queries.search_partners",
    "purchasing.queries.search_orders",
    "sales.queries.search_orders",
    "production.queries.orders.search_orders",
    "sales.serials.search_serials",
]
# The saved views of a list, which any list page offers (erp.web.listing).
SAVED_VIEWS = "erp.register.viewing.menu_of"
LOOKUPS = {
    "parts": "erp.register.queries.choose_parts",
    "partners": "erp.register.queries.choose_partners",
    "customers": "erp.register.queries.choose_customers",
    "suppliers": "erp.register.queries.choose_suppliers",
    "warehouses": "erp.register.queries.choose_warehouses",
    "units": "erp.register.queries.choose_units",
    "work-centres": "production.queries.routings.choose_work_centres",
    "purchase-orders": "purchasing.queries.choose_orders",
    "sales-orders": "sales.queries.choose_orders",
}

# What ``manage.py night`` runs, in this order; a failed step does not stop the next.
NIGHT_STEPS = [
    "end_holds",
    "create_linked_orders_at_night",
    "auto_link",
    "find_swaps",
    "answer_customers",
    "check_ledger",
]

DJANGO_TABLES2_TEMPLATE = "web/_table.html"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
