"""Jobs as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.accounts.api.serializers import PersonSerializer
from annotator.jobs.choices import WORDS, Priority, State
from annotator.jobs.models import Job
from annotator.lib.parsers import StrictSerializer
from annotator.projects.api.wishes import ImageWish

MANY = 100_000
"""Images that may be named one by one."""


class PriorityField(serializers.ChoiceField):
    """A priority by its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=WORDS, **kwargs)

    def to_representation(self, value: Any) -> str:
        """Return the name."""
        return Priority(value).word

    def to_internal_value(self, data: Any) -> Any:
        """Return the priority."""
        return Priority.of(super().to_internal_value(data))


class JobSerializer(serializers.Serializer[Job]):
    """A job with its progress. The row comes from `queries.with_progress`."""

    id = serializers.UUIDField()
    project = serializers.UUIDField(source="project_id")
    project_name = serializers.CharField(source="project.name")
    number = serializers.IntegerField(help_text="What people call it by in its project.")
    name = serializers.CharField()
    title = serializers.CharField(help_text="Number and name, as people say it.")
    state = serializers.ChoiceField(choices=State.choices, help_text="pool: waits for somebody.")
    priority = PriorityField()
    due = serializers.DateField(allow_null=True)
    paused = serializers.BooleanField()
    assignee = PersonSerializer(allow_null=True)
    lease_until = serializers.DateTimeField(
        allow_null=True, help_text="Taken from the pool; without work on it until then it goes back there."
    )
    images = serializers.IntegerField(source="image_count")
    done = serializers.IntegerField(source="done_count", help_text="Images that are marked done.")
    returned = serializers.IntegerField(source="returned_count", help_text="Images that a review returned.")
    next_image = serializers.UUIDField(allow_null=True, help_text="The first returned image, else the first not done.")
    created = serializers.DateTimeField()


class MatchingWrite(ImageWish, StrictSerializer):
    """Which images: all that match every part."""


class SplitWrite(StrictSerializer):
    """Which images, how many of them, in how many jobs, and whose. Images in jobs, or done, are left out."""

    images = serializers.ListField(
        child=serializers.UUIDField(), required=False, min_length=1, max_length=MANY, help_text="These, not `matching`."
    )
    matching = MatchingWrite(required=False)
    sample = serializers.IntegerField(required=False, min_value=1, help_text="So many of them, drawn at random.")
    take = serializers.BooleanField(
        required=False, help_text="Take them out of the jobs they are in; those that are done stay there."
    )
    jobs = serializers.IntegerField(required=False, min_value=1, help_text="So many jobs, or `size`.")
    size = serializers.IntegerField(required=False, min_value=1, help_text="So many images in each job, or `jobs`.")
    assignees = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=1000, help_text="In turn; none: into the pool."
    )
    overlap = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=10,
        help_text="Each image to so many people, who do not see each other's work.",
    )
    name = serializers.CharField(required=False, allow_blank=True, max_length=100)
    priority = PriorityField(required=False)
    due = serializers.DateField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what contradicts itself."""
        if "images" in attrs and "matching" in attrs:
            raise serializers.ValidationError({"images": ["Name the images or say what they match, not both."]})
        if ("jobs" in attrs) == ("size" in attrs):
            raise serializers.ValidationError({"jobs": ["Say how many jobs, or how many images in each: one of them."]})
        return attrs


class SplitSerializer(serializers.Serializer[Any]):
    """What came of it."""

    results = JobSerializer(many=True)
    images = serializers.IntegerField(help_text="In the new jobs.")
    in_jobs = serializers.IntegerField(help_text="Left out, for they are in a job already.")
    done = serializers.IntegerField(help_text="Left out, for they are done.")


class JobWrite(StrictSerializer):
    """What one may change of a job."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=100)
    priority = PriorityField(required=False)
    due = serializers.DateField(required=False, allow_null=True)
    paused = serializers.BooleanField(required=False)
    assignee = serializers.UUIDField(required=False, allow_null=True, help_text="null: into the pool.")


class JobsNamed(StrictSerializer):
    """Some jobs of a project."""

    jobs = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=1000)


class JobsWrite(JobsNamed, JobWrite):
    """The same change for many jobs."""


class JobFilter(serializers.Serializer[None]):
    """What a list of jobs may be narrowed by."""

    state = serializers.ChoiceField(choices=State.choices, required=False)
    assignee = serializers.UUIDField(required=False)


class NextJobSerializer(serializers.Serializer[Any]):
    """The work to go on with; both null when there is none."""

    job = JobSerializer(allow_null=True)
    image = serializers.UUIDField(allow_null=True)


class PersonProgressSerializer(serializers.Serializer[Any]):
    """One person's jobs; without a person: the pool."""

    user = PersonSerializer(allow_null=True)
    jobs = serializers.IntegerField()
    images = serializers.IntegerField()
    done = serializers.IntegerField()


class ProgressSerializer(serializers.Serializer[Any]):
    """How far a project is."""

    images = serializers.IntegerField()
    done = serializers.IntegerField()
    in_jobs = serializers.IntegerField(help_text="Images that are in a job.")
    people = PersonProgressSerializer(many=True)
