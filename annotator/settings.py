"""Django settings. Every knob is an environment variable; the defaults run on a laptop with nothing installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kombu import Queue

from annotator.lib.env import (
    env_address,
    env_bool,
    env_buckets,
    env_choice,
    env_database,
    env_folders,
    env_int,
    env_list,
    env_networks,
    env_path,
    env_secret,
    env_str,
    needs,
)
from annotator.lib.places import ASSETS, default_var
from annotator.lib.private import keep_private

BASE_DIR = Path(__file__).resolve().parent.parent
MASKWRIGHT_VAR = env_path("MASKWRIGHT_VAR", default_var())
keep_private(MASKWRIGHT_VAR)

DEBUG = env_bool("MASKWRIGHT_DEBUG", False)
SECRET_KEY = env_secret("MASKWRIGHT_SECRET_KEY", MASKWRIGHT_VAR / "secret_key")
ALLOWED_HOSTS = env_list("MASKWRIGHT_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("MASKWRIGHT_CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "annotator.accounts",
    "annotator.runs",
    "annotator.projects",
    "annotator.jobs",
    "annotator.annotations",
    "annotator.inference",
    "annotator.suggestions",
    "annotator.evaluations",
    "annotator.datasets",
    "annotator.imports",
    "annotator.tuning",
    "annotator.privacy",
    "annotator.reviews",
    "annotator.audits",
    "annotator.experiments",
    "annotator.ratings",
    "annotator.agreement",
    "annotator.history",
    "annotator.dashboard",
    "annotator.journal",
    "annotator.notices",
    "annotator.upkeep",
    "annotator.watch",
    "annotator.webhooks",
    "annotator.web",
    "rest_framework",
    "drf_spectacular",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    # First, so that its headers also reach the files that WhiteNoise answers.
    "annotator.lib.headers.HeadersMiddleware",
    "annotator.lib.tracing.RequestIds",
    "annotator.lib.probes.ProbesMiddleware",
    "annotator.watch.requests.Measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "annotator.accounts.sessions.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Before whatever reads a body.
    "annotator.accounts.bodies.BodyLimits",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "annotator.web.required.TwoStepRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "annotator.urls"
WSGI_APPLICATION = "annotator.wsgi.application"
ASGI_APPLICATION = "annotator.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ASSETS / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Database -------------------------------------------------------------------------------------------------------
SQLITE_OPTIONS: dict[str, Any] = {
    # One writer at a time, readers never wait: enough for a laptop's web process and worker.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
}
DATABASES: dict[str, Any] = {"default": env_database("DATABASE_URL", MASKWRIGHT_VAR / "maskwright.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS | DATABASES["default"].get("OPTIONS", {})
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    needs("psycopg", "team", "DATABASE_URL")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/signin/"
LOGIN_REDIRECT_URL = "/"
# Whether anybody who reaches the sign-in page may make an account; else by invitation, or by an administrator.
OPEN_SIGNUP = env_bool("MASKWRIGHT_OPEN_SIGNUP", False)
# Whether everybody has to have two-step sign-in: who has none gets nowhere but to where it is set up.
REQUIRE_TWO_STEP = env_bool("MASKWRIGHT_REQUIRE_TWO_STEP", False)
SIGNIN_LINK_MINUTES = env_int("MASKWRIGHT_SIGNIN_LINK_MINUTES", 60, minimum=1)

# Single sign-on by OpenID Connect: the issuer's address, and what it calls this installation.
OIDC_ISSUER = env_str("MASKWRIGHT_OIDC_ISSUER", "").rstrip("/")
OIDC_CLIENT = env_str("MASKWRIGHT_OIDC_CLIENT", "")
OIDC_SECRET = env_str("MASKWRIGHT_OIDC_SECRET", "")
OIDC_NAME = env_str("MASKWRIGHT_OIDC_NAME", "single sign-on")
# Whether somebody whom the issuer knows and nobody here does gets an account.
OIDC_NEW = env_bool("MASKWRIGHT_OIDC_NEW", False)
if OIDC_ISSUER:
    needs("authlib", "sso", "MASKWRIGHT_OIDC_ISSUER")

# How long it is known who signed in, from where, and who could not.
TRAIL_DAYS = env_int("MASKWRIGHT_SIGNIN_LOG_DAYS", 365, minimum=1)

# Behind a proxy that ends TLS, say so: cookies then travel over https only.
HTTPS = env_bool("MASKWRIGHT_HTTPS", False)
# Proxies whose X-Forwarded-For is believed, when wrong passwords are counted by address.
TRUSTED_PROXIES = env_networks("MASKWRIGHT_TRUSTED_PROXIES", ["127.0.0.1", "::1"] if HTTPS else [])
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_NAME = env_str("MASKWRIGHT_SESSION_COOKIE", "sessionid")
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = env_int("MASKWRIGHT_HSTS_SECONDS", 60 * 60 * 24 * 365 if HTTPS else 0)
# Both bind every neighbour of this host, for months after this server is gone: only who owns the domain may say so.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("MASKWRIGHT_HSTS_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = env_bool("MASKWRIGHT_HSTS_PRELOAD", False)
# What the deployment check would say of that choice.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "annotator.lib.pages.csrf_failure"

# --- API ------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "annotator.accounts.authentication.TokenAuthentication",
        "annotator.accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "annotator.accounts.authentication.ProjectKeys",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_THROTTLE_CLASSES": ["annotator.lib.limits.PerPerson"],
    "DEFAULT_PARSER_CLASSES": ["annotator.lib.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "annotator.lib.pagination.Page",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # OPTIONS would tell what the description does, in other words.
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "annotator.lib.errors.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# How often one person may ask for what is expensive, in each web process; 0: without limit.
LIMITS = {
    "heavy": env_int("MASKWRIGHT_HEAVY_PER_HOUR", 120),
    "quick": env_int("MASKWRIGHT_QUICK_PER_MINUTE", 120),
    "keys": env_int("MASKWRIGHT_KEYS_PER_HOUR", 60),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Maskwright",
    "DESCRIPTION": "Interactive segmentation on Segment Anything.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "annotator.lib.openapi.add_errors",
    ],
    "ENUM_NAME_OVERRIDES": {
        "TrailEventEnum": "annotator.accounts.choices.Event",
        "ScopeEnum": "annotator.accounts.choices.Scope",
        "RoleEnum": "annotator.accounts.choices.Role",
        "RunStateEnum": "annotator.runs.choices.State",
        "ImageStateEnum": "annotator.projects.choices.ImageState",
        "StageEnum": "annotator.annotations.choices.Stage",
        "StatusEnum": "annotator.annotations.choices.Status",
        "PartEnum": "annotator.datasets.choices.Part",
        "ActionEnum": "annotator.annotations.choices.Action",
        "ModelStateEnum": "annotator.inference.choices.ModelState",
        "EmbeddingStateEnum": "annotator.projects.choices.EmbeddingState",
        "SuggestionStateEnum": "annotator.suggestions.choices.State",
        "ImportStateEnum": "annotator.imports.choices.State",
        "ImportKindEnum": "annotator.imports.choices.Kind",
        "UpkeepKindEnum": "annotator.upkeep.choices.Kind",
        "MergeHowEnum": "annotator.agreement.choices.How.choices",
        "MergeManyHowEnum": "annotator.agreement.api.serializers.TOGETHER",
        "FormatEnum": "annotator.datasets.api.serializers.WRITTEN",
        "ImportFormatEnum": "annotator.imports.choices.READ",
    },
}

# --- Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env_path("MASKWRIGHT_STATIC_ROOT", MASKWRIGHT_VAR / "static")
STATICFILES_DIRS = [
    (name, path) for name in ("app", "css", "vendor", "img") if (path := ASSETS / "static" / name).is_dir()
]
# Off: files come straight from the source folders and are asked for anew. On: `collectstatic` with hashed names.
STATIC_HASHED = env_bool("MASKWRIGHT_STATIC_HASHED", False)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_HASHED
WHITENOISE_MAX_AGE = 60 if STATIC_HASHED else 0
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MIMETYPES = {
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
    ".onnx": "application/octet-stream",
}
BLOB_STORAGE: dict[str, Any] = {
    "BACKEND": env_str("MASKWRIGHT_BLOB_BACKEND", "annotator.lib.storage.BlobFileStorage"),
    "OPTIONS": {"location": str(MASKWRIGHT_VAR / "blobs")},
}
if BLOB_STORAGE["BACKEND"].startswith("storages.backends.s3"):
    needs("storages", "s3", "MASKWRIGHT_BLOB_BACKEND")
    from botocore.config import Config

    BLOB_STORAGE["BACKEND"] = "annotator.lib.bucket.BucketStorage"
    BLOB_STORAGE["OPTIONS"] = {
        "bucket_name": env_str("MASKWRIGHT_S3_BUCKET", "maskwright"),
        "endpoint_url": env_str("MASKWRIGHT_S3_ENDPOINT", "") or None,
        "location": env_str("MASKWRIGHT_S3_PREFIX", ""),
        "default_acl": None,
        # A bucket that does not answer must not hold a thread for minutes, as botocore's own limits would: half a
        # minute at most, within which browsers and proxies still wait.
        "client_config": Config(
            connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}
        ),
    }
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "blobs": BLOB_STORAGE,
    "staticfiles": {
        "BACKEND": "annotator.lib.staticfiles.HashedModules"
        if STATIC_HASHED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = MASKWRIGHT_VAR / "media"

# --- Uploads --------------------------------------------------------------------------------------------------------
MAX_IMAGE_PIXELS = env_int("MASKWRIGHT_MAX_IMAGE_MEGAPIXELS", 200, minimum=1, maximum=2000) * 1_000_000
MAX_UPLOAD_BYTES = env_int("MASKWRIGHT_MAX_UPLOAD_MB", 256, minimum=1) * 1024 * 1024
MAX_VIDEO_BYTES = env_int("MASKWRIGHT_MAX_VIDEO_MB", 4096, minimum=1) * 1024 * 1024
MAX_VIDEO_SECONDS = env_int("MASKWRIGHT_MAX_VIDEO_MINUTES", 240, minimum=1) * 60
MAX_VIDEO_FRAMES = env_int("MASKWRIGHT_MAX_VIDEO_FRAMES", 5000, minimum=1, maximum=100_000)
MAX_IMPORT_BYTES = env_int("MASKWRIGHT_MAX_IMPORT_MB", 4096, minimum=1) * 1024 * 1024
# Folders of this machine below which managers may import data sets, read by the workers. None: nobody may.
IMPORT_FOLDERS = env_folders("MASKWRIGHT_IMPORT_FOLDERS")
# Whether managers may import from web addresses, and networks inside, such as 10.0.0.0/8, that those may lead to.
IMPORT_URLS = env_bool("MASKWRIGHT_IMPORT_URLS", True)
IMPORT_NETWORKS = env_networks("MASKWRIGHT_IMPORT_NETWORKS", [])
# Buckets and folders in them, as s3://bucket/folder, that managers may import from. None: nobody may.
IMPORT_S3 = env_buckets("MASKWRIGHT_IMPORT_S3")
if IMPORT_S3:
    needs("boto3", "s3", "MASKWRIGHT_IMPORT_S3")
IMPORT_S3_ENDPOINT = env_str("MASKWRIGHT_IMPORT_S3_ENDPOINT", "")
IMPORT_S3_KEY_ID = env_str("MASKWRIGHT_IMPORT_S3_KEY_ID", "")
IMPORT_S3_SECRET = env_str("MASKWRIGHT_IMPORT_S3_SECRET", "")
MAX_IMPORT_FILES = env_int("MASKWRIGHT_MAX_IMPORT_FILES", 100_000, minimum=1)
MAX_MODEL_BYTES = env_int("MASKWRIGHT_MAX_MODEL_MB", 8192, minimum=1) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = env_int("MASKWRIGHT_MAX_BODY_MB", 32, minimum=1) * 1024 * 1024
# With less than this free on the disk, the server is not ready and workers begin nothing (`/readyz` says so).
MIN_FREE_BYTES = env_int("MASKWRIGHT_MIN_FREE_MB", 100, minimum=0) * 1024 * 1024
# What is read of a body before its sender is known: enough for a form.
MAX_STRANGER_BODY_BYTES = env_int("MASKWRIGHT_MAX_STRANGER_BODY_KB", 64, minimum=1) * 1024
# Who sends slower than this, after some seconds of grace, is cut off: each waiting request has a thread.
BODY_GRACE_SECONDS = env_int("MASKWRIGHT_BODY_GRACE_SECONDS", 10, minimum=1)
BODY_BYTES_PER_SECOND = env_int("MASKWRIGHT_BODY_BYTES_PER_SECOND", 4096, minimum=1)
DATA_UPLOAD_MAX_NUMBER_FILES = 4
FILE_UPLOAD_PERMISSIONS = 0o600

# --- Runs -----------------------------------------------------------------------------------------------------------
RUN_LEASE_SECONDS = env_int("MASKWRIGHT_RUN_LEASE_SECONDS", 30, minimum=1)
RUN_SWEEP_SECONDS = env_int("MASKWRIGHT_RUN_SWEEP_SECONDS", 10, minimum=1)
RUN_RESEND_SECONDS = env_int("MASKWRIGHT_RUN_RESEND_SECONDS", 60, minimum=1)
RUN_MAX_ATTEMPTS = env_int("MASKWRIGHT_RUN_MAX_ATTEMPTS", 3, minimum=1)
EVENT_STREAMS = env_int("MASKWRIGHT_EVENT_STREAMS", 4)
# How long a job taken from the pool stays with its person after their last sign of work on it.
JOB_LEASE_MINUTES = env_int("MASKWRIGHT_JOB_LEASE_MINUTES", 24 * 60, minimum=1)
# Parts of pictures that are encoded on their own, for small things: how many one person may have waiting, and how many
# are kept of an image, of a project, and for how long nobody may have asked for them.
REGIONS_WAITING = env_int("MASKWRIGHT_REGIONS_WAITING", 8, minimum=1)
REGIONS_PER_IMAGE = env_int("MASKWRIGHT_REGIONS_PER_IMAGE", 16, minimum=1)
REGIONS_PER_PROJECT = env_int("MASKWRIGHT_REGIONS_PER_PROJECT", 400, minimum=1)
REGION_DAYS = env_int("MASKWRIGHT_REGION_DAYS", 7, minimum=1)
ENCODER_THREADS = env_int("MASKWRIGHT_ENCODER_THREADS", 2, minimum=1)
# Models that nobody uses now stay loaded up to this much in each process, counted by the size of their files.
MODEL_MEMORY_MB = env_int("MASKWRIGHT_MODEL_MEMORY_MB", 2000, minimum=0)
# On a GPU: minutes of torch.compile at each worker's first image, for faster ones from then on.
ENCODER_COMPILED = env_bool("MASKWRIGHT_ENCODER_COMPILED", False)

QUEUE_DIR = MASKWRIGHT_VAR / "queue"
CELERY_BROKER_URL = env_str("MASKWRIGHT_BROKER_URL", "filesystem://localhost")
if CELERY_BROKER_URL.startswith("filesystem:"):
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "control_folder": str(QUEUE_DIR / "control"),
        "polling_interval": 0.2,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    needs("redis", "team", "MASKWRIGHT_BROKER_URL")
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_connect_timeout": 3,
        "visibility_timeout": 6 * 60 * 60,
        # Several installations may share one Redis.
        "global_keyprefix": env_str("MASKWRIGHT_QUEUE_PREFIX", ""),
    }
CELERY_TASK_DEFAULT_QUEUE = "default"
# A worker started without -Q serves both; a GPU machine is started with `-Q gpu`.
CELERY_TASK_QUEUES = [Queue("default"), Queue("gpu")]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = env_int("MASKWRIGHT_WORKER_THREADS", 2, minimum=1)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = not CELERY_BROKER_URL.startswith("filesystem:")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- E-mail -----------------------------------------------------------------------------------------------------------
# Without a host no e-mail is sent, and notices stand in the app alone.
EMAIL_HOST = env_str("MASKWRIGHT_EMAIL_HOST", "")
EMAIL_PORT = env_int("MASKWRIGHT_EMAIL_PORT", 587, minimum=1, maximum=65_535)
EMAIL_HOST_USER = env_str("MASKWRIGHT_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env_str("MASKWRIGHT_EMAIL_PASSWORD", "")
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = not EMAIL_USE_SSL and env_bool("MASKWRIGHT_EMAIL_TLS", True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env_str("MASKWRIGHT_EMAIL_FROM", "maskwright@localhost")
# The address people open this installation by, for links in e-mail and webhooks: https://masks.example.org
SITE_URL = env_str("MASKWRIGHT_SITE_URL", "").rstrip("/")

# Networks inside, such as 10.0.0.0/8, that webhooks may go to, too.
WEBHOOK_NETWORKS = env_networks("MASKWRIGHT_WEBHOOK_NETWORKS", [])

# --- The rest -------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
# --- Watching -------------------------------------------------------------------------------------------------------
# Told to gunicorn by annotator.launch.hooks; here for how many connections that many can take.
WEB_PROCESSES = env_int("MASKWRIGHT_WEB_PROCESSES", 2, minimum=1)
# After so many days the Server page reminds of a backup, and of verifying; 0: never.
BACKUP_DAYS = env_int("MASKWRIGHT_BACKUP_DAYS", 2)
VERIFY_DAYS = env_int("MASKWRIGHT_VERIFY_DAYS", 35)
# What a collector sends as `Authorization: Bearer …` to read `/metrics`; without it there is no such page.
METRICS_TOKEN = env_str("MASKWRIGHT_METRICS_TOKEN", "")
# Where each worker process tells its own numbers to whoever can reach it, such as 127.0.0.1:9108.
WORKER_METRICS = env_address("MASKWRIGHT_WORKER_METRICS")
# Where errors are reported, with the package of the extra `watch`.
SENTRY_DSN = env_str("MASKWRIGHT_SENTRY_DSN", "")
if SENTRY_DSN:
    needs("sentry_sdk", "watch", "MASKWRIGHT_SENTRY_DSN")
# Where requests and tasks are told to, by OpenTelemetry's protocol over HTTP, with the packages of the extra `traces`.
TRACES_ENDPOINT = env_str("MASKWRIGHT_TRACES_ENDPOINT", "")
if TRACES_ENDPOINT:
    needs("opentelemetry.instrumentation.django", "traces", "MASKWRIGHT_TRACES_ENDPOINT")
TRACES_PERCENT = env_int("MASKWRIGHT_TRACES_PERCENT", 100, maximum=100)
LOG_FORMAT = env_choice("MASKWRIGHT_LOG_FORMAT", "line", ["line", "json"])
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "annotator.lib.redact.LineFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "annotator.lib.jsonlog.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env_str("MASKWRIGHT_LOG_LEVEL", "WARNING")},
    "loggers": {"annotator": {"level": env_str("MASKWRIGHT_LOG_LEVEL", "INFO")}},
}
