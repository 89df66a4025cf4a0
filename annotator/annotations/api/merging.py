"""Merging one label into another, and undoing that."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.annotations.merging import merge_label, undo_merge
from annotator.annotations.queries import get_merge_for
from annotator.lib.parsers import StrictSerializer, parse
from annotator.projects.api.serializers import LabelSerializer
from annotator.projects.queries import get_label_for, objects_with_label


class MergeSeen(serializers.Serializer[None]):
    """What a merge would change."""

    objects = serializers.IntegerField(help_text="Live objects that carry the label.")


class MergeWrite(StrictSerializer):
    """Where the objects go."""

    into = serializers.UUIDField(help_text="Another label of the same project.")


class Merged(serializers.Serializer[None]):
    """What a merge has changed."""

    id = serializers.UUIDField(help_text="Names the merge to whoever undoes it.")
    objects = serializers.IntegerField(help_text="Live objects that have the other label now.")
    into = LabelSerializer(help_text="The label that stays.")


class MergeUndone(serializers.Serializer[None]):
    """What undoing a merge has changed."""

    restored = LabelSerializer(help_text="The label that is back.")
    objects = serializers.IntegerField(help_text="Live objects that have it again.")
    kept = serializers.IntegerField(help_text="Live objects that were named anew since, and keep that.")


class LabelMerge(APIView):
    """One label merged into another one of its project."""

    @extend_schema(responses=MergeSeen)
    def get(self, request: Request, label_id: uuid.UUID) -> Response:
        """Say how many objects would get another label."""
        label = get_label_for(request.user, label_id, Right.MANAGE)
        return Response({"objects": objects_with_label(label)})

    @extend_schema(request=MergeWrite, responses=Merged)
    def post(self, request: Request, label_id: uuid.UUID) -> Response:
        """Give all its objects the other label, deleted ones too, each with a revision, and delete it."""
        label = get_label_for(request.user, label_id, Right.MANAGE)
        merge, target, count = merge_label(label, parse(MergeWrite, request)["into"], current_user(request))
        return Response({"id": merge.pk, "objects": count, "into": LabelSerializer(target).data})


class LabelMergeUndo(APIView):
    """A merge taken back."""

    @extend_schema(request=None, responses=MergeUndone)
    def post(self, request: Request, merge_id: uuid.UUID) -> Response:
        """Bring the label back, and give it to the objects that had it; 409 when what happened since forbids it."""
        merge = get_merge_for(request.user, merge_id, Right.MANAGE)
        label, objects, kept = undo_merge(merge, current_user(request))
        return Response({"restored": LabelSerializer(label).data, "objects": objects, "kept": kept})
