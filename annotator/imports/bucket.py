"""Files below a prefix of a bucket that an administrator opened (`MASKWRIGHT_IMPORT_S3`), by boto3 (extra `s3`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from annotator.lib.addresses import NotReachable
from annotator.lib.errors import ApiError

_PIECE = 1 << 20
_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Item:
    """An object of a bucket; `path` is its key below the prefix."""

    key: str
    path: str
    size: int
    mark: str


def allowed_prefix(given: str) -> str:
    """Return the address `s3://bucket/prefix`, without a slash at the end. Raises ApiError (`bucket_not_allowed`) for
    one that no administrator opened, whether there is such a thing or not."""
    wanted = given.strip().rstrip("/")
    parts = wanted.removeprefix("s3://").split("/")
    known = any(wanted == root or wanted.startswith(f"{root}/") for root in settings.IMPORT_S3)
    if known and not {"", ".", ".."} & set(parts):
        return wanted
    sentence = (
        "This is no place in a bucket that this server imports from. An administrator opens them "
        "(MASKWRIGHT_IMPORT_S3); it is written s3://bucket/folder."
    )
    raise ApiError("bucket_not_allowed", sentence, fields={"s3": [sentence]})


def listed(address: str) -> Iterator[Item]:
    """Go through what lies below a prefix, or the one object it names; empty ones, which stand for folders, are left
    out. Raises NotReachable with a sentence."""
    bucket, _, prefix = allowed_prefix(address).removeprefix("s3://").partition("/")
    with _told(bucket):
        pages = _client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        for page in pages:
            for entry in page.get("Contents", ()):
                key = entry["Key"]
                if entry["Size"] and (not prefix or key == prefix or key.startswith(f"{prefix}/")):
                    path = key.rpartition("/")[2] if key == prefix else key[len(prefix) :].lstrip("/")
                    yield Item(key, path, entry["Size"], entry.get("ETag", ""))


def fetch(address: str, key: str, mark: str, target: Path, limit: int, going: Callable[[], None]) -> None:
    """Write an object to a file, if it is still the one that was listed; `going` is asked at each piece, and may raise
    to stop it. Raises NotReachable with a sentence."""
    bucket = allowed_prefix(address).removeprefix("s3://").partition("/")[0]
    received = 0
    with _told(bucket):
        same = {"IfMatch": mark} if mark else {}
        body = _client().get_object(Bucket=bucket, Key=key, **same)["Body"]
        with target.open("wb") as out:
            for piece in body.iter_chunks(_PIECE):
                going()
                received += len(piece)
                if received > limit:
                    raise NotReachable(f"It is larger than {limit / 2**20:,.0f} MB, the most here.")
                out.write(piece)


@contextmanager
def _told(bucket: str) -> Iterator[None]:
    """What a bucket refuses, as NotReachable with a sentence."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        raise NotReachable(_WORDS.get(code, f"The bucket {bucket} refused it ({code}).")) from error
    except BotoCoreError as error:
        raise NotReachable(f"The bucket {bucket} could not be reached ({type(error).__name__}).") from error


_WORDS = {
    "NoSuchBucket": "There is no such bucket.",
    "NoSuchKey": "It is not in the bucket any more.",
    "404": "It is not in the bucket any more.",
    "PreconditionFailed": "It was changed since it was listed. List the files again.",
    "412": "It was changed since it was listed. List the files again.",
    "AccessDenied": "This server's key may not read there. An administrator can allow it.",
    "403": "This server's key may not read there. An administrator can allow it.",
    "InvalidAccessKeyId": "This server's key is not known there (MASKWRIGHT_IMPORT_S3_KEY_ID).",
    "SignatureDoesNotMatch": "This server's secret is not the key's (MASKWRIGHT_IMPORT_S3_SECRET).",
}


def _client() -> Any:
    return _client_for(settings.IMPORT_S3_ENDPOINT, settings.IMPORT_S3_KEY_ID, settings.IMPORT_S3_SECRET)


@lru_cache(maxsize=2)
def _client_for(endpoint: str, key: str, secret: str) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=_SECONDS, read_timeout=_SECONDS, retries={"max_attempts": 3, "mode": "standard"})
    # Without a key of its own, the one that boto3 finds (AWS_ACCESS_KEY_ID, a role of the machine).
    own = {"aws_access_key_id": key, "aws_secret_access_key": secret} if key else {}
    session = boto3.session.Session()
    region = session.region_name or "us-east-1"
    return session.client("s3", endpoint_url=endpoint or None, config=config, region_name=region, **own)
