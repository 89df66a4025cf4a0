"""Webhooks as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.lib.parsers import StrictSerializer
from annotator.webhooks.choices import CHOSEN, Event, State


class WebhookSerializer(serializers.Serializer[Any]):
    """An address that is told what happens."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(choices=CHOSEN))
    active = serializers.BooleanField()
    created = serializers.DateTimeField()


class WebhookWithSecretSerializer(WebhookSerializer):
    """With the secret, which is shown only when it is new."""

    secret = serializers.CharField()


class WebhookWrite(StrictSerializer):
    """Address and events."""

    url = serializers.CharField(max_length=1000)
    events = serializers.ListField(child=serializers.ChoiceField(choices=CHOSEN), min_length=1, max_length=20)
    active = serializers.BooleanField(required=False)


class DeliverySerializer(serializers.Serializer[Any]):
    """One telling."""

    id = serializers.UUIDField()
    event = serializers.ChoiceField(choices=Event.choices)
    state = serializers.ChoiceField(choices=State.choices)
    tries = serializers.IntegerField()
    next_try = serializers.DateTimeField(allow_null=True)
    status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    body = serializers.DictField()
    created = serializers.DateTimeField()
    ended = serializers.DateTimeField(allow_null=True)
