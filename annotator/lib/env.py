"""Settings from environment variables. A value that makes no sense stops the start with a sentence."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def env_str(name: str, default: str) -> str:
    """Return the variable's text, or the default when it is unset or blank."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    """Return a yes/no variable. Raises ImproperlyConfigured for anything else."""
    raw = os.environ.get(name, "").strip().lower()
    if not raw:
        return default
    if raw in _TRUE:
        return True
    if raw in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {raw!r}; write 1 or 0 (also true/false, yes/no, on/off).")


def env_choice(name: str, default: str, choices: Sequence[str]) -> str:
    """Return one of some words. Raises ImproperlyConfigured for any other."""
    value = env_str(name, default).lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; write {' or '.join(choices)}.")
    return value


def env_int(name: str, default: int, *, minimum: int = 0, maximum: int | None = None) -> int:
    """Return a whole number within bounds. Raises ImproperlyConfigured otherwise."""
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {raw!r}; write a whole number.") from None
    if value < minimum or (maximum is not None and value > maximum):
        upper = f" and at most {maximum}" if maximum is not None else ""
        raise ImproperlyConfigured(f"{name} is {value}; it must be at least {minimum}{upper}.")
    return value


def needs(module: str, extra: str, reason: str) -> None:
    """Check that an extra's package is installed. Raises ImproperlyConfigured with the command that installs it."""
    if not _there(module):
        raise ImproperlyConfigured(
            f"{reason} needs packages that are not installed here: pip install 'maskwright[{extra}]' brings them."
        )


def _there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package that it would be in
        return False


def env_list(name: str, default: list[str]) -> list[str]:
    """Return a comma-separated variable as a list without blanks."""
    raw = os.environ.get(name, "")
    return [part.strip() for part in raw.split(",") if part.strip()] or default


def env_folders(name: str) -> list[str]:
    """Return a comma-separated variable of absolute folders; `~` is understood. Raises ImproperlyConfigured for one
    that depends on where the server was started."""
    found = [Path(folder).expanduser() for folder in env_list(name, [])]
    for folder in found:
        if not folder.is_absolute():
            raise ImproperlyConfigured(f"{name} names {str(folder)!r}; write whole paths, such as /data/incoming.")
    return [str(folder) for folder in found]


def env_buckets(name: str) -> list[str]:
    """Return a comma-separated variable of buckets and folders in them, `s3://bucket/folder`, without a slash at the
    end. Raises ImproperlyConfigured for anything else."""
    found = [bucket.rstrip("/") for bucket in env_list(name, [])]
    for bucket in found:
        if not re.fullmatch(r"s3://[A-Za-z0-9][A-Za-z0-9._-]+(/[^/]+)*", bucket) or ".." in bucket.split("/"):
            raise ImproperlyConfigured(f"{name} names {bucket!r}; write s3://bucket or s3://bucket/folder.")
    return found


def env_networks(name: str, default: list[str]) -> list[str]:
    """Return a comma-separated variable of addresses and networks. Raises ImproperlyConfigured for anything else."""
    found = env_list(name, default)
    for network in found:
        try:
            ip_network(network)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} names {network!r}; write addresses and networks, such as 10.0.0.1 or 10.0.0.0/24."
            ) from None
    return found


def env_address(name: str) -> tuple[str, int] | None:
    """Return a host and a port, written host:port; None when it is unset. Raises ImproperlyConfigured otherwise."""
    raw = env_str(name, "")
    if not raw:
        return None
    host, _, port = raw.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ImproperlyConfigured(f"{name} is {raw!r}; write an address and a port, such as 127.0.0.1:9108.")
    return host.strip("[]"), int(port)


def env_path(name: str, default: Path) -> Path:
    """Return an absolute path; `~` is understood."""
    raw = os.environ.get(name, "").strip()
    return Path(raw).expanduser().resolve() if raw else default


def env_database(name: str, sqlite: Path) -> dict[str, Any]:
    """Return Django's description of the database at this URL; an SQLite file when the variable is unset."""
    return database_at(env_str(name, f"sqlite:///{sqlite}"), name)


def database_at(url: str, name: str) -> dict[str, Any]:
    """Return Django's description of the database at a URL; `name` is what an error calls it by."""
    try:
        return dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    except (ValueError, KeyError):
        # The URL may hold a password: it is not repeated.
        raise ImproperlyConfigured(
            f"{name} is no database address. Write it like postgres://user:password@host:5432/name."
        ) from None


def env_secret(name: str, keep_in: Path) -> str:
    """Return a secret from the variable, else from a file that is made once, readable by its owner only."""
    raw = os.environ.get(name, "").strip()
    if raw:
        if len(raw) < 32:
            raise ImproperlyConfigured(f"{name} has {len(raw)} characters; use at least 32 random ones.")
        return raw
    try:
        return _kept_secret(keep_in)
    except OSError as error:
        raise ImproperlyConfigured(
            f"No {name} is set and none can be kept in {keep_in} ({error.strerror}). "
            f"Set {name}, or point MASKWRIGHT_VAR to a folder that can be written."
        ) from None


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(48))
        # link() refuses to replace: of two processes starting at once, the first one's secret stays.
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()
