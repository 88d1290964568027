"""Settings, all from the environment; wrong mixes are system checks in `core/checks.py`.

`GRIDWELL_HOME` is the folder that holds the database, the key file, uploads and the audit heads.
Thresholds of the field (48 h, zone levels) are clauses of a protocol version, never settings.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF

from gridwell.core import clock

PACKAGE = Path(__file__).parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def envbool(name: str, default: bool = False) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def envint(name: str, default: int) -> int:
    return int(env(name, str(default)))


HOME = Path(env("GRIDWELL_HOME") or Path.cwd() / "var").expanduser().resolve()
DEMO = envbool("GRIDWELL_DEMO")
DEBUG = envbool("GRIDWELL_DEBUG")
GRIDWELL_KEY_FILE = env("GRIDWELL_KEY_FILE") or str(HOME / "keys.json")
GRIDWELL_FILES = env("GRIDWELL_FILES") or str(HOME / "files")
GRIDWELL_AUDIT_HEADS = env("GRIDWELL_AUDIT_HEADS") or str(HOME / "audit-heads")


def envsecret(name: str, file_name: str) -> str:
    """Return a secret from the environment, or from a file beside the database."""
    if value := env(name):
        return value
    path = HOME / file_name
    # Without either, nothing signed can be trusted; the check core.E001 refuses to serve.
    return path.read_text("ascii").strip() if path.exists() else "not-initialised"


SECRET_KEY = envsecret("GRIDWELL_SECRET_KEY", "secret-key")
ALLOWED_HOSTS = [
    host for host in env("GRIDWELL_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host
]
CSRF_TRUSTED_ORIGINS = [origin for origin in env("GRIDWELL_ORIGINS").split(",") if origin]

INSTALLED_APPS = [
    "gridwell.core",
    "gridwell.audit",
    "gridwell.places",
    "gridwell.accounts",
    "gridwell.notify",
    "gridwell.residents",
    "gridwell.protocols",
    "gridwell.orders",
    "gridwell.health",
    "gridwell.ledgers",
    "gridwell.plan",
    "gridwell.organisation",
    "gridwell.tasks",
    "gridwell.screening",
    "gridwell.command",
    "gridwell.demo",
    "gridwell.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gridwell.core.middleware.ErrorMiddleware",
    "gridwell.accounts.middleware.ActorMiddleware",
    *(["gridwell.demo.seen.SeenMiddleware"] if DEMO else []),
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gridwell.core.frame.frame_context",
            ],
        },
    }
]

ROOT_URLCONF = "gridwell.urls"
WSGI_APPLICATION = "gridwell.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for `sqlite:///path` or `postgresql://user:pass@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "gridwell.core.sqlite",
            "NAME": unquote(parts.path[1:]) if parts.path != "/:memory:" else ":memory:",
            # Opening the file and setting it up costs some milliseconds a request.
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=268435456;"
                    "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;"
                ),
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or "") or query.pop("host", ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": query,
            "CONN_MAX_AGE": 60,
        }
    raise ValueError(f"DATABASE_URL: {parts.scheme!r} is neither sqlite nor postgresql")


DATABASE_URL = env("DATABASE_URL") or f"sqlite:///{HOME / 'gridwell.sqlite3'}"
DATABASES = {"default": database(DATABASE_URL)}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["gridwell.accounts.backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "gridwell.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key"}
# Behind proxies of one's own the limits count by the visitor's address, not by the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = envint("GRIDWELL_PROXIES", 0)
ACCOUNT_SESSION_REMEMBER = False  # shared computers: the session ends with the browser
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_ADAPTER = "gridwell.accounts.adapter.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Gridwell"
# Rate limits and the idle clock need one cache for all workers of the server.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    }
}
SESSION_ENGINE = "gridwell.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = envint("GRIDWELL_IDLE_MINUTES", 30) * 60
SESSION_SAVE_EVERY_REQUEST = False
IDLE_MINUTES = envint("GRIDWELL_IDLE_MINUTES", 30)
HTTPS = envbool("GRIDWELL_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("GRIDWELL_ZONE", "Asia/Shanghai")
FORMAT_MODULE_PATH = ["gridwell.formats"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"] if (PACKAGE / "static").exists() else []
# WhiteNoise serves from the packages and from the built front-end; nothing is collected.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": GRIDWELL_FILES},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MAX_UPLOAD_BYTES = envint("GRIDWELL_MAX_UPLOAD_MB", 50) * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Telling people outside the desk. Nothing leaves until somebody sets up a channel of their own.
NOTIFY_MAIL_URL = env(
    "GRIDWELL_MAIL_URL"
)  # Apprise's form: mailtos://user:password@mail.example.cn
NOTIFY_ADDRESS = env("GRIDWELL_ADDRESS")  # where people reach this installation, for links
NOTIFY_INSIDE = envbool("GRIDWELL_NOTIFY_INSIDE")  # let web addresses of channels lie inside
# Own hosts of the services: wecom=https://wework.example.gov.cn,feishu=https://…
NOTIFY_HOSTS = {
    service: host
    for service, _, host in (
        part.strip().partition("=") for part in env("GRIDWELL_NOTIFY_HOSTS").split(",")
    )
    if host
}

# Encrypts the kits of the night; without it none are made (the button asks for one).
KIT_PASSPHRASE = env("GRIDWELL_KIT_PASSPHRASE")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("GRIDWELL_LOG_LEVEL", "WARNING")},
}

# The clock moves in the demo only.
clock.configure(zone=TIME_ZONE, shift_file=HOME / "demo-clock" if DEMO else None)
