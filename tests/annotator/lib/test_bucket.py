"""Blobs in a bucket: the settings as an administrator writes them, against a stand-in for S3."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from annotator.lib.env import needs

pytestmark = pytest.mark.any_database

REPO = Path(__file__).resolve().parents[3]
STORE = """
import io, boto3, django
from moto import mock_aws
with mock_aws():
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="masks")
    django.setup()
    from django.core.files.base import ContentFile
    from annotator.lib import storage
    sha256 = storage.put_bytes(b"pixels")
    assert storage.put_bytes(b"pixels") == sha256 == storage.put_upload(ContentFile(b"pixels"))
    assert storage.open_blob(sha256).read() == b"pixels"
    listed = boto3.client("s3", region_name="us-east-1").list_objects_v2(Bucket="masks")
    print(*(item["Key"] for item in listed["Contents"]))
    storage.delete_blob(sha256)
    assert not storage.has_blob(sha256)
"""


def test_a_bucket_holds_each_blob_once_under_its_hash(tmp_path: Path) -> None:
    pytest.importorskip("moto")
    wanted = {
        "DJANGO_SETTINGS_MODULE": "annotator.settings",
        "MASKWRIGHT_VAR": str(tmp_path),
        "MASKWRIGHT_BLOB_BACKEND": "storages.backends.s3.S3Storage",
        "MASKWRIGHT_S3_BUCKET": "masks",
        "MASKWRIGHT_S3_PREFIX": "blobs",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    done = subprocess.run(
        [sys.executable, "-c", STORE], cwd=REPO, env=os.environ | wanted, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (key,) = done.stdout.split()
    assert key.startswith("blobs/")
    assert len(key.rsplit("/", 1)[1]) == 64


def test_a_missing_extra_is_told_with_the_command() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"MASKWRIGHT_BLOB_BACKEND needs .* pip install 'maskwright\[s3\]'"):
        needs("no_such_storages", "s3", "MASKWRIGHT_BLOB_BACKEND")
