"""Verbs about projects, members and labels. Who may is decided before (accounts.access)."""

from __future__ import annotations

import logging
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from annotator.accounts.access import Right, allows, higher
from annotator.accounts.choices import Role
from annotator.accounts.extensions import say_farewell
from annotator.accounts.models import User
from annotator.lib.errors import Conflict, NotFound
from annotator.lib.happenings import Kind
from annotator.lib.turns import write_in_turn
from annotator.projects.blobs import collect_unused
from annotator.projects.colors import next_color
from annotator.projects.extensions import default_model, owned, save_standing, state_said
from annotator.projects.models import Image, Label, Membership, Project
from annotator.projects.queries import objects_with_label, person_called
from annotator.projects.teams import roles_lent, teams_by_person
from annotator.projects.telling import tell_changes, tell_of

log = logging.getLogger(__name__)


@transaction.atomic
def create_project(owner: User, *, labels: list[dict[str, Any]] | None = None, **values: Any) -> Project:
    """Make a project with its owner and, at once, its first labels."""
    values.setdefault("model_version", default_model())
    project = Project.objects.create(**values)
    Membership.objects.create(project=project, user=owner, role=Role.OWNER)
    for label in labels or []:
        add_label(project, **label)
    return project


def set_state(image: Image, state: str, actor: User) -> None:
    """Say how far an image is. Apps above hear of it (`extensions.follow_state`); saying it again is no news."""
    with write_in_turn():
        row = Image.workable.select_for_update().filter(pk=image.pk).first()
        if row is None:
            raise NotFound("image")
        stood = row.standing
        row.project, before, row.state = image.project, row.state, state
        state_said(row, before, actor)
        save_standing(row, stood, actor)


def change(row: Project | Label, values: dict[str, Any]) -> None:
    """Write these fields of a row."""
    for name, value in values.items():
        setattr(row, name, value)
    if values:
        row.save(update_fields=list(values))


def change_project(project: Project, values: dict[str, Any], by: User | None = None) -> None:
    """Change name, description, guidelines or rules of a project."""
    with transaction.atomic():
        before = {name: getattr(project, name) for name in values}
        change(project, values)
        tell_changes(project, Kind.PROJECT_CHANGED, by, before, values)


def delete_project(project: Project) -> None:
    """Delete a project with everything in it, and the images that no other project has."""
    hashes = owned(Image.with_bin.filter(project=project))
    with transaction.atomic():
        project.delete()
    collect_unused(hashes)


def add_label(project: Project, *, name: str, color: str = "", by: User | None = None, **values: Any) -> Label:
    """Add a label at the end. Raises Conflict when the project has the name already, in any case of letters."""
    last = project.labels.aggregate(last=Max("order"))["last"]
    order = values.pop("order", None)
    try:
        with transaction.atomic():
            label = Label.objects.create(
                project=project,
                name=name,
                color=color.lower() or next_color(project.labels.values_list("color", flat=True)),
                order=order if order is not None else (0 if last is None else last + 1),
                **values,
            )
            tell_of(project, Kind.LABEL_ADDED, by, label=name)
            return label
    except IntegrityError:
        raise _label_exists(name) from None


def change_label(label: Label, values: dict[str, Any], by: User | None = None) -> None:
    """Rename, recolour, reorder a label. Raises Conflict when the new name is taken."""
    if values.get("color"):
        values["color"] = values["color"].lower()
    try:
        with transaction.atomic():
            before = {name: getattr(label, name) for name in values}
            named = label.name
            change(label, values)
            tell_changes(label.project, Kind.LABEL_CHANGED, by, before, values, label=named)
    except IntegrityError:
        raise _label_exists(label.name) from None


def _label_exists(name: str) -> Conflict:
    return Conflict("label_exists", f"This project already has a label called “{name}”.")


def delete_label(label: Label, by: User | None = None) -> None:
    """Delete a label that no object carries. Raises Conflict otherwise: masks must not lose their meaning unasked."""
    used = objects_with_label(label)
    if used:
        raise Conflict(
            "label_in_use",
            f"{used} object(s) are called “{label.name}”. Merge it into another label, or give them another one first.",
        )
    with transaction.atomic():
        label.delete()
        tell_of(label.project, Kind.LABEL_DELETED, by, label=label.name)


def add_member(project: Project, *, user: str, role: str, by: User | None = None) -> Membership:
    """Add a person by user name or e-mail address; who is here through a team gets a role of their own besides. Raises
    ApiError when there is no such person."""
    person = person_called(user)
    here = project.memberships.filter(user=person).first()
    if here is not None and here.personal is None:
        change_role(here, role, by)
        return here
    try:
        with transaction.atomic():
            member = Membership.objects.create(project=project, user=person, role=role)
            tell_of(project, Kind.MEMBER_ADDED, by, person=person.name, role=role)
            return member
    except IntegrityError:
        raise Conflict("already_member", f"{person.name} is a member of this project already.") from None


def change_role(member: Membership, role: str, by: User | None = None) -> None:
    """Give a member another role of their own; they stay what a team makes them where that is more. Raises Conflict
    when the project would lose its last owner."""
    with transaction.atomic():
        if member.role == Role.OWNER and role != Role.OWNER:
            _keep_an_owner(member)
        lent = roles_lent(member.project, [member.user_id]).get(member.user_id)
        _hold(member, Role(role), higher(Role(role), lent) or Role(role), by)


def _hold(member: Membership, own: Role | None, role: Role, by: User | None) -> None:
    before = member.role
    member.hold(own, role)
    member.save(update_fields=["role", "own_role"])
    if before != member.role:
        tell_of(member.project, Kind.MEMBER_ROLE, by, person=member.user.name, before=before, role=member.role)
    if not allows(member.role, Right.ANNOTATE):
        say_farewell(member.user_id, member.project_id)


def remove_member(member: Membership, by: User | None = None) -> None:
    """Take a person out of the project; what they made stays, their open work is free for others. Who is here through
    a team, too, loses the role of their own and keeps the team's. Raises Conflict for the last owner, and for who has
    no role of their own."""
    with transaction.atomic():
        lent = roles_lent(member.project, [member.user_id]).get(member.user_id)
        if lent is not None and member.personal is None:
            raise _in_a_team(member)
        if member.role == Role.OWNER:
            _keep_an_owner(member)
        if lent is not None:
            _hold(member, None, lent, by)
            return
        member.delete()
        say_farewell(member.user_id, member.project_id)
        tell_of(member.project, Kind.MEMBER_REMOVED, by, person=member.user.name, role=member.role)


def _in_a_team(member: Membership) -> Conflict:
    (lending, *_) = teams_by_person(member.project, [member.user_id])[member.user_id]
    return Conflict(
        "in_a_team",
        f"{member.user.name} is here through the team “{lending.team.name}”. Take the team out of the project, or the "
        "person out of the team.",
    )


def _keep_an_owner(leaving: Membership) -> None:
    owners = Membership.objects.select_for_update().filter(project_id=leaving.project_id, role=Role.OWNER)
    if {owner.pk for owner in owners} <= {leaving.pk}:
        raise Conflict("last_owner", "A project needs an owner. Make somebody else an owner first.")
