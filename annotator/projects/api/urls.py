"""Routes of projects, labels, members and images."""
from __future__ import annotations

from django.urls import path

from annotator.projects.api import images, views
from annotator.projects.api.videos import Videos

urlpatterns = [
    path("projects/", views.Projects.as_view(), name="projects"),
    path("projects/<uuid:project_id>/", views.ProjectDetail.as_view(), name="project"),
    path("projects/<uuid:project_id>/labels/", views.Labels.as_view(), name="labels"),
    path("labels/<uuid:label_id>/", views.LabelDetail.as_view(), name="label"),
    path("projects/<uuid:project_id>/members/", views.Members.as_view(), name="members"),
    path("members/<uuid:member_id>/", views.MemberDetail.as_view(), name="member"),
    path("projects/<uuid:project_id>/images/", images.Images.as_view(), name="images"),
    path("projects/<uuid:project_id>/images/index/", images.ImageIndex.as_view(), name="image-index"),
    path("projects/<uuid:project_id>/videos/", Videos.as_view(), name="videos"),
    path("projects/<uuid:project_id>/bin/", images.Bin.as_view(), name="bin"),
    path("images/<uuid:image_id>/", images.ImageDetail.as_view(), name="image"),
    path("images/<uuid:image_id>/restore/", images.ImageRestore.as_view(), name="image-restore"),
]
