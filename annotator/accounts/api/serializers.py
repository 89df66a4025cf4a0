"""People and keys as the API shows them."""
from __future__ import annotations

from rest_framework import serializers

from annotator.accounts.models import ApiToken, User
from annotator.lib.parsers import StrictSerializer


class PersonSerializer(serializers.Serializer[User]):
    """Somebody, as others see them."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class MeSerializer(serializers.Serializer[User]):
    """Oneself."""

    id = serializers.UUIDField()
    username = serializers.CharField()
    name = serializers.CharField()
    email = serializers.EmailField()
    is_admin = serializers.BooleanField(source="is_staff")
    preferences = serializers.DictField()


class MeWrite(StrictSerializer):
    """What one may change about oneself."""

    preferences = serializers.DictField()


class TokenSerializer(serializers.Serializer[ApiToken]):
    """A key, without the key."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    hint = serializers.CharField()
    created = serializers.DateTimeField()
    last_used = serializers.DateTimeField(allow_null=True)


class NewTokenSerializer(TokenSerializer):
    """A key just made, with the key."""

    key = serializers.CharField()


class TokenWrite(StrictSerializer):
    """What a new key needs."""

    name = serializers.CharField(max_length=100)
