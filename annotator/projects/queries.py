"""Reading projects and images with what pages and API show beside them, in a fixed number of queries."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from annotator.accounts.access import Person, Right, Row, bound_to, get_for, role_in, sees_all, sees_image
from annotator.accounts.choices import Role, Sight
from annotator.accounts.extensions import given_to
from annotator.accounts.models import User
from annotator.lib.errors import ApiError, Forbidden, NotFound
from annotator.projects.apart import is_kept_from, listed, withheld_from
from annotator.projects.choices import ImageState
from annotator.projects.extensions import objects, urgent
from annotator.projects.models import (
    Image,
    Invitation,
    Label,
    Membership,
    Project,
    SavedFilter,
    Tag,
    Team,
    TeamMember,
    TeamRole,
)
from annotator.projects.models.image import IN_ORDER


def _live(rows: QuerySet[Any], by: str) -> Any:
    """Count rows per `by` in a subquery, so that joins do not multiply each other."""
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def seen(user: Person, rows: QuerySet[Any], image: str = "") -> QuerySet[Any]:
    """Leave out what lies on images that this person may not see, in whatever projects of theirs; `image` names the
    way from a row to its image, "" for images themselves."""
    if user.pk is None:
        return rows
    narrow = Membership.objects.filter(user_id=user.pk, project__annotators_see=Sight.OWN, role=Role.ANNOTATOR)
    bound = narrow.values("project")
    way = f"{image}__" if image else ""
    open_to = ~Q(**{f"{way}project__in": bound}) | Q(**{f"{way}pk__in": given_to(user.pk)})
    return rows.filter(open_to).exclude(**{f"{way}pk__in": withheld_from(user.pk)})


def images_for(user: Person, project: Project) -> QuerySet[Image]:
    """Return the images of a project as a member finds them: all, or those they were given; an annotator's copies in
    place of their originals."""
    if role_in(user, project) not in (None, Role.ANNOTATOR):
        return project.images.all()
    images = Image.workable.filter(listed(user), project=project).exclude(pk__in=withheld_from(user.pk))
    return images if sees_all(user, project) else images.filter(pk__in=given_to(user.pk))


def with_counts(projects: QuerySet[Project], user: Person) -> QuerySet[Project]:
    """Add image and object counts to each project, of what this person sees of it."""
    images = seen(user, Image.workable.filter(listed(user), project=OuterRef("pk")))
    live = objects().filter(listed(user, "image"), image__project=OuterRef("pk"), image__deleted_at=None)
    annotations = seen(user, live, "image")
    return projects.select_related("model_version").annotate(
        image_count=_live(images, "project"),
        done_count=_live(images.filter(state=ImageState.DONE), "project"),
        in_progress_count=_live(images.filter(state=ImageState.IN_PROGRESS), "project"),
        annotation_count=_live(annotations, "image__project"),
    )


def objects_with_label(label: Label) -> int:
    """Count the live objects that carry a label."""
    return objects().filter(label=label).count()


def _before(image: Image) -> Q:
    return Q(place__lt=image.place) | Q(place=image.place, pk__lt=image.pk)


def window(
    images: QuerySet[Image], limit: int, *, middle: Image | None = None, start: int = 0
) -> tuple[int, int, QuerySet[Image]]:
    """Return how many images these are, the place of the first of `limit` of them, and those in order: from `start` on,
    or around an image, which may lie in the bin."""
    if middle is None:
        count = images.count()
    else:
        found = images.order_by().aggregate(count=Count("pk"), place=Count("pk", filter=_before(middle)))
        count, start = found["count"], max(0, found["place"] - limit // 2)
    return count, start, images.order_by(*IN_ORDER)[start : start + limit]


def next_unfinished(images: QuerySet[Image], image: Image, user: Person | None = None) -> uuid.UUID | None:
    """Return the next of these images that is not done, starting over at the end; None when all others are. What comes
    first for the person (`extensions.add_urgent`) does so wherever it stands."""
    for first in urgent(user, image.project) if user else []:
        if (pk := first.filter(pk__in=images).exclude(pk=image.pk).values_list("pk", flat=True).first()) is not None:
            return pk
    others = images.exclude(state=ImageState.DONE).exclude(pk=image.pk).order_by(*IN_ORDER)
    ids = others.values_list("pk", flat=True)
    return ids.exclude(_before(image)).first() or ids.first()


def middle_for(user: Person, project: Project, pk: uuid.UUID | None) -> Image | None:
    """Return the image around which a member looks, which may lie in the bin; None when none is asked for. Raises
    NotFound when it is none of the project that they see."""
    if pk is None:
        return None
    image = Image.with_bin.filter(project=project, pk=pk).first()
    if image is None or not sees_image(user, project, image.pk) or is_kept_from(user, image):
        raise NotFound("image")
    return image


def projects_of(user: Person) -> QuerySet[Project]:
    """Return the projects this person is a member of, as far as the key with which they came opens them."""
    if user.pk is None:
        return Project.objects.none()
    mine = Project.objects.filter(memberships__user_id=user.pk)
    only = bound_to(user)
    return mine if only is None else mine.filter(pk=only)


def is_member(user: Person, project: Project) -> bool:
    """Tell whether this person may see the project at this moment: a fresh look, for who listens for long."""
    members = Membership.objects.filter(project=project, user__is_active=True)
    return user.pk is not None and members.filter(user_id=user.pk).exists()


def get_project_for(user: Person, pk: uuid.UUID | str, right: Right) -> Project:
    """Return a project. Raises NotFound and Forbidden."""
    return get_for(user, Project.objects.select_related("model_version"), pk, right, lambda row: row, "project")


def get_on_image_for(
    user: Person,
    rows: QuerySet[Row],
    pk: uuid.UUID | str,
    right: Right,
    image_of: Callable[[Row], Image],
    what: str,
) -> Row:
    """Return a row that lies on an image, if the person sees that image and has the right in its project: the one
    place that decides about images and everything on them. `rows` should select_related the way to the project.

    Raises NotFound and Forbidden."""

    def sees(row: Row) -> bool:
        image = image_of(row)
        return sees_image(user, image.project, image.pk) and not is_kept_from(user, image)

    return get_for(user, rows, pk, right, lambda row: image_of(row).project, what, sees)


def get_image_for(user: Person, pk: uuid.UUID | str, right: Right) -> Image:
    """Return an image or a copy, with its project and the project's model version. Raises NotFound and Forbidden."""
    rows = Image.workable.select_related("project__model_version")
    return get_on_image_for(user, rows, pk, right, lambda row: row, "image")


def get_binned_image_for(user: Person, pk: uuid.UUID | str, right: Right) -> Image:
    """Return an image that lies in its project's bin. Raises NotFound and Forbidden."""
    binned = Image.with_bin.filter(copy_of=None).exclude(deleted_at=None)
    rows = binned.select_related("project__model_version")
    return get_on_image_for(user, rows, pk, right, lambda row: row, "image in the bin")


def get_label_for(user: Person, pk: uuid.UUID | str, right: Right) -> Label:
    """Return a label. Raises NotFound and Forbidden."""
    return get_for(user, Label.objects.select_related("project"), pk, right, lambda row: row.project, "label")


def teams_seen(user: User) -> QuerySet[Team]:
    """Return the teams that a person is in or leads, with their people; all to an administrator."""
    mine = Team.objects.filter(Q(lead=user) | Q(pk__in=TeamMember.objects.filter(user=user).values("team")))
    rows = Team.objects.all() if user.is_staff else mine
    people = Prefetch("people", User.objects.order_by("username"))
    return rows.select_related("lead").prefetch_related(people).annotate(project_count=_live(_roles(), "team"))


def _roles() -> QuerySet[TeamRole]:
    return TeamRole.objects.filter(team=OuterRef("pk"))


def get_team_for(user: User, pk: uuid.UUID, *, change: bool = False) -> Team:
    """Return a team that the person sees, or may `change`. Raises NotFound and Forbidden."""
    team = teams_seen(user).filter(pk=pk).first()
    if team is None:
        raise NotFound("team")
    if change and not user.is_staff and team.lead_id != user.pk:
        raise Forbidden("Only who leads this team, or an administrator, may do this.")
    return team


def get_team_role_for(user: Person, pk: uuid.UUID, right: Right) -> TeamRole:
    """Return a team's role in a project. Raises NotFound and Forbidden."""
    rows = TeamRole.objects.select_related("project", "team")
    return get_for(user, rows, pk, right, lambda row: row.project, "team in this project")


def person_called(typed: str) -> User:
    """Return the person with this user name or e-mail address. Raises ApiError when there is none."""
    person = User.objects.filter(username=typed, is_active=True).first()
    if person is None and "@" in typed:
        found = list(User.objects.filter(email__iexact=typed, is_active=True)[:2])
        person = found[0] if len(found) == 1 else None
    if person is None:
        raise ApiError(
            "unknown_person",
            f"Nobody here is called “{typed}”. Invite the person, or have an administrator make the account.",
            fields={"user": ["There is no such person."]},
        )
    return person


def get_invitation_for(user: Person, pk: uuid.UUID | str, right: Right) -> Invitation:
    """Return an invitation. Raises NotFound and Forbidden."""
    rows = Invitation.objects.select_related("project", "created_by")
    return get_for(user, rows, pk, right, lambda row: row.project, "invitation")


def get_member_for(user: Person, pk: uuid.UUID | str, right: Right) -> Membership:
    """Return a membership. Raises NotFound and Forbidden."""
    rows = Membership.objects.select_related("project", "user")
    return get_for(user, rows, pk, right, lambda row: row.project, "member")


def get_tag_for(user: Person, pk: uuid.UUID, right: Right) -> Tag:
    """Return a tag. Raises NotFound and Forbidden."""
    return get_for(user, Tag.objects.select_related("project"), pk, right, lambda row: row.project, "tag")


def get_filter_for(user: Person, pk: uuid.UUID, right: Right) -> SavedFilter:
    """Return a filter that is kept under a name. Raises NotFound and Forbidden."""
    rows = SavedFilter.objects.select_related("project")
    return get_for(user, rows, pk, right, lambda row: row.project, "saved filter")
