"""People and the secrets that let them in. Secrets are stored as digests only."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac

from annotator.accounts.choices import Event, Purpose, Scope


def digest(secret: str) -> str:
    """SHA-256 of a random secret. The secrets are 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


class User(AbstractUser):
    """A person. `is_staff` marks an administrator of the installation, who may install models."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    preferences: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)

    bound_to: uuid.UUID | None = None
    """Not stored: came with a key that opens this project only, for the length of a request."""
    doors_shut = models.PositiveIntegerField(default=0, help_text="How often the account was switched off.")

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must match: it ends with the password it began with, and when the account is switched off."""
        known = f"{self.password}:{self.doors_shut}" if self.doors_shut else self.password
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, known, secret=secret, algorithm="sha256").hexdigest()

    @property
    def name(self) -> str:
        """What others call this person on a page."""
        return self.get_full_name() or self.username


class ApiToken(models.Model):
    """A key for programs: `Authorization: Token KEY`. The key itself is shown once, when it is made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8, help_text="The key's first characters, to tell keys apart.")
    created = models.DateTimeField(auto_now_add=True)
    last_used = models.DateTimeField(null=True, blank=True)
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.WRITE)
    expires = models.DateTimeField(null=True, blank=True, help_text="null: made before keys expired.")
    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, null=True, blank=True, related_name="+",
        help_text="The only project that the key opens; null: all of its owner's.",
    )  # fmt: skip

    class Meta:
        ordering = ["-created", "id"]


class SignIn(models.Model):
    """A session of a person, as they see it in the list of theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_ins")
    key = models.CharField(max_length=40, unique=True, help_text="Of the session; it stands in that table alike.")
    created = models.DateTimeField(auto_now_add=True)
    seen = models.DateTimeField(help_text="When it was used last, within some minutes.")
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=300, blank=True)


class SecondStep(models.Model):
    """What a person shows after the password: a code of their app (TOTP, RFC 6238), or one of the codes on paper.

    Who has passkeys alone has a row for the codes."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="second_step"
    )
    secret = models.CharField(max_length=64, help_text="Shared with the app, in base 32.")
    confirmed = models.DateTimeField(null=True, blank=True, help_text="null: begun; nobody is asked for it yet.")
    last_step = models.BigIntegerField(default=0, help_text="Of the last code that was taken: none is taken twice.")
    codes: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, help_text="Digests of recovery codes that were not used."
    )


class Passkey(models.Model):
    """A key pair of which the private half never leaves the person's device (WebAuthn)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    site = models.CharField(max_length=253, help_text="The host name at which it was made: it works at no other.")
    credential = models.CharField(max_length=1400, unique=True, help_text="Its id, at most 1023 bytes, in base64url.")
    key = models.TextField(help_text="Attested credential data (id and public key, COSE) in base64url.")
    counter = models.BigIntegerField(default=0, help_text="Of its last signature; 0: it counts nothing.")
    transports: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    created = models.DateTimeField(auto_now_add=True)
    last_used = models.DateTimeField(null=True, blank=True)


class OutsideIdentity(models.Model):
    """Who somebody is for an issuer of single sign-on: its subject, which never changes; names and addresses do."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once")]


class TrailEntry(models.Model):
    """Something that happened to an account or at its door. Nobody changes it in the app."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    event = models.CharField(max_length=16, choices=Event.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="trail",
        help_text="Whose account it is; null: nobody is called what was typed, which is not kept.",
    )  # fmt: skip
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+",
        help_text="Who did it, where that is somebody else.",
    )  # fmt: skip
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    about = models.CharField(max_length=100, blank=True, help_text="A token's name.")

    class Meta:
        ordering = ["-created", "id"]
        indexes = [models.Index(fields=["user", "-created", "id"], name="trail_of_user")]


class SignInLink(models.Model):
    """A link that signs one person in, or sets their password, once, before it expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="signin_links")
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True, blank=True)
    purpose = models.CharField(max_length=16, choices=Purpose.choices, default=Purpose.SIGN_IN)
    door = models.CharField(max_length=64, default="", help_text="The person's session hash when it was made.")


class SignInTries(models.Model):
    """Wrong passwords for one name from one address, from one address, or for one name; the key is a digest of it."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
