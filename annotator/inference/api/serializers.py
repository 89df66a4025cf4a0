"""Model versions as the API shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.inference.addresses import file_urls
from annotator.inference.choices import ModelState, Prompts
from annotator.inference.models import ModelVersion
from annotator.lib.parsers import StrictSerializer
from annotator.runs.api.serializers import RunSerializer


class ModelSerializer(serializers.Serializer[ModelVersion]):
    """A model version; `files` maps names to immutable addresses."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    version = serializers.CharField()
    family = serializers.CharField()
    sha256 = serializers.CharField()
    encoder_sha256 = serializers.CharField()
    licence = serializers.CharField()
    notice = serializers.CharField()
    state = serializers.ChoiceField(choices=ModelState.choices)
    prompts = serializers.ChoiceField(choices=Prompts.choices, help_text="What it is asked with.")
    builtin = serializers.BooleanField()
    bytes = serializers.SerializerMethodField()
    created = serializers.DateTimeField()

    def get_bytes(self, version: ModelVersion) -> int:
        """Add up the package's files."""
        return sum(int(entry["bytes"]) for entry in version.files.values())


class ModelDetailSerializer(ModelSerializer):
    """A model version with what a decoder needs."""

    manifest = serializers.DictField()
    files = serializers.SerializerMethodField()

    def get_files(self, version: ModelVersion) -> dict[str, str]:
        """Return file name → address."""
        return file_urls(version)


class RegionWrite(StrictSerializer):
    """What to encode: the whole image, or a region [x, y, w, h] of it in image pixels."""

    region = serializers.ListField(
        child=serializers.IntegerField(min_value=0), min_length=4, max_length=4, required=False, allow_null=True
    )


class UseModel(StrictSerializer):
    """The model version a project shall use."""

    model_version = serializers.UUIDField()


class ModelSwitchSerializer(serializers.Serializer[Any]):
    """The version in use now, and the run after which the asked one is (null: it is already)."""

    model_version = serializers.UUIDField(allow_null=True)
    run = RunSerializer(allow_null=True)
