"""Verbs about projects, members and labels. Who may is decided before (accounts.access)."""
from __future__ import annotations

import logging
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from annotator.accounts.models import User
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.blobs import collect_unused
from annotator.projects.choices import Role
from annotator.projects.extensions import owned
from annotator.projects.models import Image, Label, Membership, Project
from annotator.projects.queries import default_model, objects_with_label

log = logging.getLogger(__name__)

# Told apart at a glance, also with the common colour blindnesses; labels take them in turn.
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#f0e442", "#8c6bb1")


@transaction.atomic
def create_project(owner: User, *, labels: list[dict[str, Any]] | None = None, **values: Any) -> Project:
    """Make a project with its owner and, at once, its first labels."""
    values.setdefault("model_version", default_model())
    project = Project.objects.create(**values)
    Membership.objects.create(project=project, user=owner, role=Role.OWNER)
    for label in labels or []:
        add_label(project, **label)
    return project


def change(row: Project | Label | Image, values: dict[str, Any]) -> None:
    """Write these fields of a row."""
    for name, value in values.items():
        setattr(row, name, value)
    if values:
        row.save(update_fields=list(values))


def delete_project(project: Project) -> None:
    """Delete a project with everything in it, and the pictures that no other project has."""
    hashes = owned(Image.with_bin.filter(project=project))
    with transaction.atomic():
        project.delete()
    collect_unused(hashes)


def add_label(project: Project, *, name: str, color: str = "", **values: Any) -> Label:
    """Add a label at the end. Raises Conflict when the project has the name already, in any case of letters."""
    last = project.labels.aggregate(last=Max("order"))["last"]
    order = values.pop("order", None)
    number = project.labels.count()
    try:
        with transaction.atomic():
            return Label.objects.create(
                project=project,
                name=name,
                color=(color or PALETTE[number % len(PALETTE)]).lower(),
                order=order if order is not None else (0 if last is None else last + 1),
                **values,
            )
    except IntegrityError:
        raise _label_exists(name) from None


def change_label(label: Label, values: dict[str, Any]) -> None:
    """Rename, recolour, reorder a label. Raises Conflict when the new name is taken."""
    if values.get("color"):
        values["color"] = values["color"].lower()
    try:
        with transaction.atomic():
            change(label, values)
    except IntegrityError:
        raise _label_exists(label.name) from None


def _label_exists(name: str) -> Conflict:
    return Conflict("label_exists", f"This project already has a label called “{name}”.")


def delete_label(label: Label) -> None:
    """Delete a label that no object carries. Raises Conflict otherwise: masks must not lose their meaning unasked."""
    used = objects_with_label(label)
    if used:
        raise Conflict(
            "label_in_use",
            f"{used} object(s) are called “{label.name}”. Give them another label first, then delete it.",
        )
    label.delete()


def add_member(project: Project, *, user: str, role: str) -> Membership:
    """Add a person by user name or e-mail address. Raises ApiError when there is no such person."""
    person = User.objects.filter(username=user, is_active=True).first()
    if person is None and "@" in user:
        found = list(User.objects.filter(email__iexact=user, is_active=True)[:2])
        person = found[0] if len(found) == 1 else None
    if person is None:
        raise ApiError(
            "unknown_person",
            f"Nobody here is called “{user}”. An administrator must make the account first.",
            fields={"user": ["There is no such person."]},
        )
    try:
        with transaction.atomic():
            return Membership.objects.create(project=project, user=person, role=role)
    except IntegrityError:
        raise Conflict("already_member", f"{person.name} is a member of this project already.") from None


def change_role(member: Membership, role: str) -> None:
    """Give a member another role. Raises Conflict when the project would lose its last owner."""
    with transaction.atomic():
        if member.role == Role.OWNER and role != Role.OWNER:
            _keep_an_owner(member)
        member.role = role
        member.save(update_fields=["role"])


def remove_member(member: Membership) -> None:
    """Take a person out of the project; what they made stays. Raises Conflict for the last owner."""
    with transaction.atomic():
        if member.role == Role.OWNER:
            _keep_an_owner(member)
        member.delete()


def _keep_an_owner(leaving: Membership) -> None:
    owners = Membership.objects.select_for_update().filter(project_id=leaving.project_id, role=Role.OWNER)
    if {owner.pk for owner in owners} <= {leaving.pk}:
        raise Conflict("last_owner", "A project needs an owner. Make somebody else an owner first.")
