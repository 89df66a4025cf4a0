"""Forms that are sent as pages: people, one's password."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm

from annotator.accounts.models import User


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # a parameter only in the stubs
    """A new account. It has no password: a link lets the person in, and they may set one."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")

    def clean_username(self) -> str:
        """Refuse a name that differs from another only in the case of letters."""
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(f"Somebody is called “{name}” already.")
        return name

    def save(self, commit: bool = True) -> User:
        """Make the account."""
        person: User = super().save(commit=False)
        person.set_unusable_password()
        if commit:
            person.save()
        return person


def password_form(user: User, data: object = None) -> SetPasswordForm:  # type: ignore[type-arg]  # as above
    """Return the form to change one's password; who has none yet need not type an old one."""
    kind = PasswordChangeForm if user.has_usable_password() else SetPasswordForm
    return kind(user, data)
