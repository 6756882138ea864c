"""All settings; the environment decides, and every NAME may come as NAME_FILE instead."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import FileAwareEnv

from accounts import logs
from config.schedule import BEAT_SCHEDULE

env = FileAwareEnv(strip_whitespace=True)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("KUMQUAT_VAR", str(BASE_DIR / "var"))).absolute()

# What kind of server this is. Neither demo nor test means production, and DEBUG is never needed to run one.
DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
TESTING = env.bool("TESTING", False)

# Secrets. SECRET_KEY signs sessions and forms only; all else is derived from the root keys (accounts/crypto.py).
SECRET_KEY = env.str("SECRET_KEY")
ENCRYPTION_KEYS: list[str] = env.list("ENCRYPTION_KEYS")

# The address that people and clients use; links, cookies and hosts follow it, never the request.
PORT = env.int("PORT", 8000)
PUBLIC_URL = env.str("PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")
_public = urlsplit(PUBLIC_URL)
_secure = _public.scheme == "https"
_loopback = {"localhost", "127.0.0.1", "[::1]"}
ALLOWED_HOSTS = sorted(
    {_public.hostname or "", *env.list("ALLOWED_HOSTS", []), *(_loopback if not _secure or DEMO or TESTING else set())}
)
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", [])
STAFF_NETWORKS: list[str] = env.list("STAFF_NETWORKS", [])  # where /staff/ answers; everywhere when empty

INSTALLED_APPS = [
    "accounts",
    "rba",
    "mfa",
    "privacy",
    "config.apps.StaffConfig",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "phonenumber_field",
    "csp",
]
MIDDLEWARE = [
    "accounts.http.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.content_policy.ContentPolicyMiddleware",
    "privacy.held_back.HeldBackMiddleware",
    "mfa.compat.miniorange.shortcut.ShortcutMiddleware",  # what follows, the dialect's calls do not need
    "django.contrib.sessions.middleware.SessionMiddleware",
    "mfa.hosted.me.session.OwnSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
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
                "accounts.context.operator",
                "accounts.context.shell",
            ],
            "builtins": ["accounts.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# The database. Limits of time keep one slow statement from holding all the others (security.md R6).
_timeouts = {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "10s"}
_offline = {"migrate", "demo", "dumpdata", "loaddata", "reencrypt"}
_options = "" if _offline & set(sys.argv[:2]) else " ".join(f"-c {name}={value}" for name, value in _timeouts.items())
DATABASES = {"default": env.dj_db_url("DATABASE_URL", conn_max_age=None)}
# PostgreSQL binds the values and keeps the plan of what is asked again and again (docs/performance.md)
_binding = {"server_side_binding": True, "prepare_threshold": 3}
DATABASES["default"]["OPTIONS"] = {**DATABASES["default"].get("OPTIONS", {}), **_binding, "options": _options}
DATABASES["default"]["TEST"] = {"NAME": "test_kumquat"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Valkey: rate counts, the live log of sites' calls, Celery's queue. Nothing personal, nothing that cannot be lost.
REDIS_URL = env.str("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_ACKS_LATE = True  # a worker that dies hands its task back
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # workers log the way of everything else, see LOGGING
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "accounts.tasks.send_code": {"queue": "otp"},
    "mfa.tasks.ask_who_knocked": {"queue": "otp"},
    "privacy.tasks.send_site_jobs": {"queue": "webhooks"},
    "privacy.tasks.*": {"queue": "privacy"},
    "accounts.tasks.send_webhook": {"queue": "webhooks"},
    "accounts.tasks.sweep_webhooks": {"queue": "webhooks"},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 1, "socket_timeout": 5}
CELERY_TASK_PUBLISH_RETRY = False  # the outbox row waits, so a request never does
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE

# People and sessions
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.OperatorBackend"]
# Names are unique within a customer (docs/decisions/0002); TLS ends at the proxy, which redirects people, for an API
# call must never be redirected
SILENCED_SYSTEM_CHECKS = ["auth.E003", "auth.W004", "security.W008"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.SimilarityValidator"},
    {"NAME": "accounts.passwords.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "accounts.passwords.MaximumLengthValidator"},
    {"NAME": "accounts.passwords.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["accounts.passwords.Argon2Hasher"]
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 12 * 3600
_prefix = "__Host-" if _secure else ""
SESSION_COOKIE_NAME = f"{_prefix}session"
ME_COOKIE_NAME = f"{_prefix}me"  # the persons' own pages, beside a member's session
CSRF_COOKIE_NAME = f"{_prefix}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_prefix}language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"
LOGIN_URL = "doors:sign_in"
LOGIN_REDIRECT_URL = "console:start"

# Headers
SECURE_HSTS_SECONDS = 63072000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _secure
SECURE_SSL_REDIRECT = False  # TLS ends at the proxy, which also redirects; API calls must never be redirected
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("nb", _("Norwegian Bokmål"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
TIME_ZONE = "UTC"
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_REGION = env.str("PHONE_REGION", "NO")

# Static files
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Sending. In a demo and in tests the outbox file stands for every provider (accounts/gateways/).
OUTBOX_FILE = VAR_DIR / "outbox.jsonl"
ERASURES_FILE = Path(env.str("ERASURES_FILE", str(VAR_DIR / "erasures.jsonl")))  # survives a restored database
EMAIL_URL = env.str("EMAIL_URL", "file:" if DEMO or TESTING else "")
SMTP_CA_FILE = env.str("SMTP_CA_FILE", "")  # the authority behind a mail server's certificate, if it is one's own
SMS_URLS = env.list("SMS_URLS", ["file:"] if DEMO or TESTING else [])
VOICE_URLS = env.list("VOICE_URLS", ["file:"] if DEMO or TESTING else [])
# The mailbox behind the published address: imaps://user:password@host/folder or maildir:///path; none is polled unset
INBOUND_URL = env.str("INBOUND_URL", "")
INBOUND_CA_FILE = env.str("INBOUND_CA_FILE", "")  # the authority behind its certificate, if it is one's own
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"Kumquat <no-reply@{_public.hostname}>")
SENDING_LIMITS = {
    # per hour unless the name says day; a customer's own day limits stand on its row
    "address": env.int("LIMIT_ADDRESS_HOUR", 10),
    "user": env.int("LIMIT_USER_HOUR", 20),
    "site": env.int("LIMIT_SITE_HOUR", 2000),
    "customer_email_day": env.int("LIMIT_CUSTOMER_EMAIL_DAY", 5000),
    "customer_sms_day": env.int("LIMIT_CUSTOMER_SMS_DAY", 500),
    "number_block": env.int("LIMIT_NUMBER_BLOCK_HOUR", 20),
    "country": env.int("LIMIT_COUNTRY_HOUR", 500),
}

# Addresses that customers choose are called over https and in public networks only (accounts/outbound.py)
OUTBOUND_NETWORKS: list[str] = env.list("OUTBOUND_NETWORKS", [])  # the operator's own that may be called as well
OUTBOUND_CA_FILE = env.str("OUTBOUND_CA_FILE", "")  # the authority behind their certificates, if it is one's own

# Who runs this server: shown on pages and in documents, and required of a production server
OPERATOR_NAME = env.str("OPERATOR_NAME", "Fjordvakt" if DEMO or TESTING else "")
OPERATOR_CONTACT = env.str("OPERATOR_CONTACT", "hei@fjordvakt.example" if DEMO or TESTING else "")
OPERATOR_HOSTING = env.str("OPERATOR_HOSTING", "Bergen, Norway" if DEMO or TESTING else "")
OPERATOR_SUBPROCESSORS = env.str("OPERATOR_SUBPROCESSORS", "None" if DEMO or TESTING else "")
SOURCE_URL = env.str("SOURCE_URL", "")  # where the source of what runs here is; without it people ask the operator
HIDE_REGISTERED = env.bool("HIDE_REGISTERED", False)  # no call then tells which addresses have an account

# The dialect's published client identifiers: the same in every copy of the clients' public source, nobody's secret
PUBLISHED_CLIENTS = dict(
    pair.split(":", 1)
    for pair in env.list(
        "PUBLISHED_CLIENTS", ["16555:fFd2XcvTGDemZvbw1bcUesNJWEqKbbUq", "16622:XzjkmAaAOzmtJRmXddkXyhgDXnMCrdZz"]
    )
)

# How long somebody who lost every way to prove themselves waits for a new beginning, so that its owner can say no
RECOVERY_HOURS = env.int("RECOVERY_HOURS", 24)
# How long sign-ins and their risks can be read; and after how many months without one a person is set aside, then
# erased. A customer may choose other months for its own people.
SIGN_IN_DAYS = env.int("SIGN_IN_DAYS", 60)
INACTIVE_MONTHS = env.int("INACTIVE_MONTHS", 18)
SET_ASIDE_DAYS = env.int("SET_ASIDE_DAYS", 90)
ERASURE_HOURS = env.int("ERASURE_HOURS", 72)  # in which a person, or whoever has stolen their phone, can be stopped

GEOIP_CITY = env.str("GEOIP_CITY", "")
GEOIP_ASN = env.str("GEOIP_ASN", "")
PLACES = env.bool("PLACES", not TESTING)  # whether the databases that come with us serve where none is named
# Kind of network (tor, proxy, hosting) and a file that lists addresses, blocks and AS numbers, one a line
NETWORK_LISTS: dict[str, str] = dict(env.dict("NETWORK_LISTS", {}))

API_TOKEN_MINUTE = env.int("LIMIT_API_TOKEN_MINUTE", 1200)  # calls a minute by each token
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "mfa.api.schema.Schema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "mfa.api.wire.OnlyJson",
    "EXCEPTION_HANDLER": "mfa.api.problems.handle",
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Kumquat",
    "DESCRIPTION": "Ask people for their second factor, and keep what they prove themselves with.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVERS": [{"url": "/", "description": "The server that you read this on"}],
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "AssuranceEnum": ["none", "weak", "aal1", "aal2", "aal3"],
        "RiskOutcome": ["allow", "step_up", "deny"],
        "TransactionState": ["pending", "approved", "denied", "expired", "failed"],
        "MessageState": ["queued", "claimed", "sending", "sent", "refused", "unknown", "expired", "dead", "kept"],
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "mfa.api.schema.completed"],
}

LOGGING = logs.settings(logs.render_line if DEMO else logs.render_json, env.str("LOG_LEVEL", "INFO"))
logs.configure()
os.makedirs(VAR_DIR, exist_ok=True)
