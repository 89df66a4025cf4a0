"""People and keys as the API shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.choices import Scope
from annotator.accounts.models import ApiToken, User
from annotator.accounts.services import MAX_TOKEN_DAYS, TOKEN_DAYS
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


class TokenProjectSerializer(serializers.Serializer[Any]):
    """The only project that a key opens."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class TokenSerializer(serializers.Serializer[ApiToken]):
    """A key, without the key."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    hint = serializers.CharField()
    created = serializers.DateTimeField()
    last_used = serializers.DateTimeField(allow_null=True)
    scope = serializers.ChoiceField(choices=Scope.choices)
    expires = serializers.DateTimeField(allow_null=True, help_text="null: never; only for keys of earlier versions.")
    project = TokenProjectSerializer(allow_null=True, help_text="The only project that it opens; null: all.")


class NewTokenSerializer(TokenSerializer):
    """A key just made, with the key."""

    key = serializers.CharField()


class TokenWrite(StrictSerializer):
    """What a new key needs: how many days it works, whether it may only read, and whether it opens one project only."""

    name = serializers.CharField(max_length=100)
    days = serializers.IntegerField(min_value=1, max_value=MAX_TOKEN_DAYS, default=TOKEN_DAYS)
    scope = serializers.ChoiceField(choices=Scope.choices, default=Scope.WRITE)
    project = serializers.UUIDField(required=False, allow_null=True, default=None)
