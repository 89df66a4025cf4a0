"""The accounts app."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "annotator.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Write down where people sign in, and keep the trail of it."""
        from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

        from annotator.accounts import trail
        from annotator.accounts.sign_ins import begin

        user_logged_in.connect(begin, dispatch_uid="sign_ins")
        user_logged_in.connect(trail.signed_in, dispatch_uid="trail")
        user_logged_out.connect(trail.signed_out, dispatch_uid="trail")
        user_login_failed.connect(trail.failed, dispatch_uid="trail")
