"""Notices as the API shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.lib.parsers import StrictSerializer


class NoticeSerializer(serializers.Serializer[Any]):
    """Something that concerns the person who asks."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    text = serializers.CharField(help_text="What happened, as a sentence.")
    comment = serializers.CharField(help_text="What somebody wrote with it; may be blank.")
    url = serializers.CharField(help_text="The page it leads to.")
    project = serializers.UUIDField(allow_null=True)
    image = serializers.UUIDField(allow_null=True)
    actor = PersonSerializer(allow_null=True)
    created = serializers.DateTimeField()
    read = serializers.DateTimeField(allow_null=True)


class NoticesFilter(serializers.Serializer[None]):
    """Which notices."""

    unread = serializers.BooleanField(required=False, help_text="true: only those that were not read.")


class UnreadSerializer(serializers.Serializer[Any]):
    """How many were not read."""

    unread = serializers.IntegerField()


class ReadWrite(StrictSerializer):
    """Which ones were read; without any named: all."""

    notices = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=500)
