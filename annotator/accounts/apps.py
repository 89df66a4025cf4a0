"""The accounts app."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "annotator.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Write down where people sign in."""
        from django.contrib.auth.signals import user_logged_in

        from annotator.accounts.sign_ins import begin

        user_logged_in.connect(begin, dispatch_uid="sign_ins")
