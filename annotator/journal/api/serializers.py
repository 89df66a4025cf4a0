"""The log as the API shows it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.journal.choices import Topic


class LogFilter(serializers.Serializer[None]):
    """Which entries."""

    topic = serializers.ChoiceField(choices=Topic.choices, required=False)
    person = serializers.UUIDField(required=False, help_text="Who did it.")
    since = serializers.DateField(required=False, help_text="The first day, in UTC.")
    until = serializers.DateField(required=False, help_text="The last day, in UTC.")


class EntrySerializer(serializers.Serializer[Any]):
    """Something that was done to the project."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    text = serializers.CharField(help_text="What was done, as a sentence.")
    actor = PersonSerializer(allow_null=True, help_text="null: somebody who is gone, or the server itself.")
    actor_name = serializers.CharField(help_text="How the person was called then; blank: the server itself.")
    about = serializers.DictField()
    created = serializers.DateTimeField()
