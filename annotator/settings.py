"""Django settings. Every knob is an environment variable; the defaults run on a laptop with nothing installed."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from kombu import Queue

from annotator.lib.env import env_bool, env_database, env_int, env_list, env_path, env_secret, env_str

BASE_DIR = Path(__file__).resolve().parent.parent
MASKWRIGHT_VAR = env_path("MASKWRIGHT_VAR", BASE_DIR / "var")

DEBUG = env_bool("MASKWRIGHT_DEBUG", False)
SECRET_KEY = env_secret("MASKWRIGHT_SECRET_KEY", MASKWRIGHT_VAR / "secret_key")
ALLOWED_HOSTS = env_list("MASKWRIGHT_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("MASKWRIGHT_CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "annotator.accounts",
    "annotator.runs",
    "annotator.projects",
    "annotator.annotations",
    "annotator.inference",
    "annotator.suggestions",
    "annotator.evaluations",
    "annotator.datasets",
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
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "annotator.urls"
WSGI_APPLICATION = "annotator.wsgi.application"
ASGI_APPLICATION = "annotator.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
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
SIGNIN_LINK_MINUTES = env_int("MASKWRIGHT_SIGNIN_LINK_MINUTES", 60, minimum=1)

# Behind a proxy that ends TLS, say so: cookies then travel over https only.
HTTPS = env_bool("MASKWRIGHT_HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_NAME = env_str("MASKWRIGHT_SESSION_COOKIE", "sessionid")
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = env_int("MASKWRIGHT_HSTS_SECONDS", 60 * 60 * 24 * 365 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
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
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["annotator.lib.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "annotator.lib.pagination.Page",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "annotator.lib.errors.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
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
        "RoleEnum": "annotator.projects.choices.Role",
        "RunStateEnum": "annotator.runs.choices.State",
        "ImageStateEnum": "annotator.projects.choices.ImageState",
        "ActionEnum": "annotator.annotations.choices.Action",
        "ModelStateEnum": "annotator.inference.choices.ModelState",
        "EmbeddingStateEnum": "annotator.projects.choices.EmbeddingState",
        "SuggestionStateEnum": "annotator.suggestions.choices.State",
    },
}

# --- Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env_path("MASKWRIGHT_STATIC_ROOT", MASKWRIGHT_VAR / "static")
STATICFILES_DIRS = [
    (name, path) for name in ("app", "css", "vendor", "img") if (path := BASE_DIR / "static" / name).is_dir()
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
    BLOB_STORAGE["OPTIONS"] = {
        "bucket_name": env_str("MASKWRIGHT_S3_BUCKET", "maskwright"),
        "endpoint_url": env_str("MASKWRIGHT_S3_ENDPOINT", "") or None,
        "location": env_str("MASKWRIGHT_S3_PREFIX", ""),
        "default_acl": None,
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
MAX_MODEL_BYTES = env_int("MASKWRIGHT_MAX_MODEL_MB", 8192, minimum=1) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = env_int("MASKWRIGHT_MAX_BODY_MB", 32, minimum=1) * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 4
FILE_UPLOAD_PERMISSIONS = 0o600

# --- Runs -----------------------------------------------------------------------------------------------------------
RUN_LEASE_SECONDS = env_int("MASKWRIGHT_RUN_LEASE_SECONDS", 30, minimum=1)
RUN_SWEEP_SECONDS = env_int("MASKWRIGHT_RUN_SWEEP_SECONDS", 10, minimum=1)
RUN_RESEND_SECONDS = env_int("MASKWRIGHT_RUN_RESEND_SECONDS", 60, minimum=1)
RUN_MAX_ATTEMPTS = env_int("MASKWRIGHT_RUN_MAX_ATTEMPTS", 3, minimum=1)
EVENT_STREAMS = env_int("MASKWRIGHT_EVENT_STREAMS", 4)
ENCODER_THREADS = env_int("MASKWRIGHT_ENCODER_THREADS", 2, minimum=1)
# On a GPU: minutes of torch.compile at each worker's first picture, for faster ones from then on.
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

# --- The rest -------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env_str("MASKWRIGHT_LOG_LEVEL", "WARNING")},
    "loggers": {"annotator": {"level": env_str("MASKWRIGHT_LOG_LEVEL", "INFO")}},
}
