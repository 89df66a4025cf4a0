"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """What a member is in a project. access.py says what each role may do."""

    OWNER = "owner"
    MANAGER = "manager"
    REVIEWER = "reviewer"
    ANNOTATOR = "annotator"
    VIEWER = "viewer"


class Sight(models.TextChoices):
    """Which images of a project its annotators see."""

    ALL = "all"
    OWN = "own"


class Purpose(models.TextChoices):
    """What a person's link is for."""

    SIGN_IN = "signin"
    PASSWORD = "password"


class Event(models.TextChoices):
    """What the trail of an account tells."""

    PASSWORD = "password", "Signed in with the password"
    LINK = "link", "Signed in by a link"
    SSO = "sso", "Signed in by single sign-on"
    INVITED = "invited", "Came by an invitation"
    SIGNED_UP = "signed_up", "Made an account"
    RESET = "reset", "Set a new password by a link"
    WRONG = "wrong", "Wrong password"
    REFUSED = "refused", "Refused after too many wrong passwords"
    SIGNED_OUT = "signed_out", "Signed out"
    NEW_PASSWORD = "new_password", "Changed the password"
    KEY_MADE = "key_made", "Made an API token"
    KEY_DELETED = "key_deleted", "Revoked an API token"
    WRONG_CODE = "wrong_code", "Wrong code or passkey after the password"
    STEP_ON = "step_on", "Turned two-step sign-in on"
    STEP_OFF = "step_off", "Two-step sign-in was turned off"
    RECOVERY = "recovery", "Used a recovery code"
    NEW_CODES = "new_codes", "Made new recovery codes"
    PASSKEY_ADDED = "passkey_added", "Added a passkey"
    PASSKEY_REMOVED = "passkey_removed", "Removed a passkey"
    CONNECTED = "connected", "Connected with single sign-on"
    DISCONNECTED = "disconnected", "Disconnected from single sign-on"
    OFF = "off", "Was switched off"
    ON = "on", "Was switched on"


class Scope(models.TextChoices):
    """What a key for programs may do in its owner's name."""

    READ = "read"
    WRITE = "write"
