"""Forms that are sent as pages: people, joining, one's password."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from annotator.accounts.models import User


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # a parameter only in the stubs
    """A new account. It has no password: a link lets the person in, and they may set one."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")
        labels: ClassVar = {"username": "User name", "email": "E-mail address"}

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


class JoinForm(PersonForm):
    """A new account that its person makes: with a password, so that they come back by themselves."""

    password = forms.CharField(strip=False)
    again = forms.CharField(strip=False)

    class Meta(PersonForm.Meta):
        pass

    def clean(self) -> dict[str, Any]:
        """Check that the password was typed twice alike, and is not easily guessed."""
        cleaned: dict[str, Any] = super().clean() or {}
        password = cleaned.get("password", "")
        if "again" in cleaned and password != cleaned["again"]:
            self.add_error("again", "This is not the same as above.")
        elif password:
            person = User(**{name: cleaned.get(name, "") for name in self.Meta.fields})
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def save(self, commit: bool = True) -> User:
        """Make the account."""
        person = super().save(commit=False)
        person.set_password(self.cleaned_data["password"])
        if commit:
            person.save()
        return person


def password_form(user: User, data: object = None, *, proved: bool = False) -> SetPasswordForm:  # type: ignore[type-arg]  # as above
    """Return the form to change one's password; who has none yet, or proved who they are, need not type an old one."""
    kind = PasswordChangeForm if user.has_usable_password() and not proved else SetPasswordForm
    return kind(user, data)
