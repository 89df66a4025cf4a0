"""Projects, members, labels and images as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.accounts.choices import Role, Sight
from annotator.lib.parsers import StrictSerializer
from annotator.projects.api.attributes import AttributeSpec, check_attributes
from annotator.projects.choices import Audience, EmbeddingState, ImageState, ReviewState
from annotator.projects.models import Image, Label, Membership, Project

COLOR = r"^#[0-9a-fA-F]{6}$"
_BAD_COLOR: dict[str, Any] = {"invalid": "Write a colour as #rrggbb, for instance #0072b2."}


class LabelSerializer(serializers.Serializer[Label]):
    """A label."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    color = serializers.CharField()
    order = serializers.IntegerField()
    attributes = AttributeSpec(many=True)


class LabelWrite(StrictSerializer):
    """What one may set on a label."""

    name = serializers.CharField(max_length=100)
    color = serializers.RegexField(COLOR, required=False, error_messages=_BAD_COLOR)
    order = serializers.IntegerField(required=False, min_value=0, max_value=1_000_000)
    attributes = AttributeSpec(many=True, required=False)

    def validate_attributes(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse two attributes of one name."""
        return check_attributes(value)


class MemberTeamSerializer(serializers.Serializer[Any]):
    """A team through which somebody is in a project, and the role it gives there."""

    name = serializers.CharField(source="team.name")
    role = serializers.ChoiceField(choices=Role.choices)


class MemberSerializer(serializers.Serializer[Membership]):
    """Somebody's role in a project."""

    id = serializers.UUIDField()
    user = PersonSerializer()
    username = serializers.CharField(source="user.username")
    role = serializers.ChoiceField(choices=Role.choices, help_text="The highest of their own and of their teams'.")
    own_role = serializers.ChoiceField(
        choices=Role.choices, source="personal", allow_null=True, help_text="null: here through teams alone."
    )
    teams = MemberTeamSerializer(many=True)
    created = serializers.DateTimeField()


class MemberWrite(StrictSerializer):
    """A new member."""

    user = serializers.CharField(max_length=254, help_text="User name or e-mail address.")
    role = serializers.ChoiceField(choices=Role.choices)


class RoleWrite(StrictSerializer):
    """Another role for a member."""

    role = serializers.ChoiceField(choices=Role.choices)


class ProjectModelSerializer(serializers.Serializer[Any]):
    """The model version a project uses."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    version = serializers.CharField()
    encoder_sha256 = serializers.CharField()


class CountsSerializer(serializers.Serializer[Project]):
    """How much there is in a project."""

    images = serializers.IntegerField(source="image_count")
    in_progress = serializers.IntegerField(source="in_progress_count")
    done = serializers.IntegerField(source="done_count")
    annotations = serializers.IntegerField(source="annotation_count")


class ProjectSerializer(serializers.Serializer[Project]):
    """A project, as one of its members sees it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    guidelines = serializers.CharField()
    annotators_see = serializers.ChoiceField(choices=Sight.choices, help_text="All images, or those of their own jobs.")
    person_numbers = serializers.ChoiceField(choices=Audience.choices, help_text="Who sees how much single people did.")
    created = serializers.DateTimeField()
    labels = LabelSerializer(many=True)
    my_role = serializers.ChoiceField(choices=Role.choices)
    counts = CountsSerializer(source="*")
    model = ProjectModelSerializer(source="model_version", allow_null=True)


class ProjectWrite(StrictSerializer):
    """What one may set on a project."""

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    guidelines = serializers.CharField(required=False, allow_blank=True, max_length=100_000, trim_whitespace=False)
    annotators_see = serializers.ChoiceField(choices=Sight.choices, required=False)
    person_numbers = serializers.ChoiceField(choices=Audience.choices, required=False)


class ProjectCreate(ProjectWrite):
    """A new project, with its first labels."""

    labels = LabelWrite(many=True, required=False)


class GuidelinesSerializer(serializers.Serializer[Any]):
    """A project's guidelines, rendered."""

    html = serializers.CharField(allow_blank=True)


class ImageUrlsSerializer(serializers.Serializer[Any]):
    """Immutable addresses of the image."""

    full = serializers.CharField()
    thumb = serializers.CharField()


class EmbeddingInfoSerializer(serializers.Serializer[Any]):
    """How far the image's embedding for the project's model is."""

    state = serializers.ChoiceField(choices=EmbeddingState.choices)
    model_version = serializers.UUIDField(allow_null=True)
    encoder_sha256 = serializers.CharField()
    url = serializers.CharField(allow_null=True)
    bytes = serializers.IntegerField()
    run = serializers.UUIDField(allow_null=True)
    message = serializers.CharField()


class ImageSerializer(serializers.Serializer[Image]):
    """An image."""

    id = serializers.UUIDField()
    project = serializers.UUIDField(source="project_id")
    name = serializers.CharField()
    folder = serializers.CharField(help_text="Where it lay in the folder that was added; blank when it was none.")
    place = serializers.CharField(help_text="Images stand in the order of this text.")
    sha256 = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    bytes = serializers.IntegerField()
    source_format = serializers.CharField()
    notes = serializers.ListField(child=serializers.CharField())
    state = serializers.ChoiceField(choices=ImageState.choices)
    review = serializers.ChoiceField(choices=ReviewState.choices)
    annotations = serializers.IntegerField(source="object_count")
    annotation_seq = serializers.IntegerField()
    tags = serializers.ListField(child=serializers.CharField(), source="tag_names")
    created = serializers.DateTimeField()
    urls = ImageUrlsSerializer()
    embedding = EmbeddingInfoSerializer()


class BinnedImageSerializer(serializers.Serializer[Image]):
    """An image in the bin."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    folder = serializers.CharField()
    annotations = serializers.IntegerField(source="object_count")
    bytes = serializers.IntegerField()
    deleted_at = serializers.DateTimeField()


class ImageIndexSerializer(serializers.Serializer[Any]):
    """An image in the compact index."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    folder = serializers.CharField()
    state = serializers.ChoiceField(choices=ImageState.choices)
    thumb = serializers.CharField()


class ImageIndexPageSerializer(serializers.Serializer[Any]):
    """A window of the compact index."""

    count = serializers.IntegerField(help_text="Images of the project.")
    start = serializers.IntegerField(help_text="Place of the first result, counted from 0.")
    results = ImageIndexSerializer(many=True)


class NextImageSerializer(serializers.Serializer[Any]):
    """An image to go on with."""

    image = serializers.UUIDField(allow_null=True)


class ImageWrite(StrictSerializer):
    """What one may set on an image."""

    state = serializers.ChoiceField(choices=ImageState.choices)


class ImageUpload(StrictSerializer):
    """One file."""

    file = serializers.FileField(allow_empty_file=True, max_length=None)
    folder = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=4096,
        help_text="Where it lay in the folder that was added, a/b. Images are listed by folder and name.",
    )


class ImageIndexFilter(serializers.Serializer[None]):
    """Which window of the index is wanted."""

    around = serializers.UUIDField(required=False, help_text="An image of the project; it stands in the middle.")
    start = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**31 - 1)
    limit = serializers.IntegerField(required=False, default=200, min_value=1, max_value=500)
