"""Routes of projects, labels, members, teams, invitations and images."""

from __future__ import annotations

from django.urls import path

from annotator.projects.api import images, index, invitations, many, runs, teams, views
from annotator.projects.api.videos import Videos

urlpatterns = [
    path("projects/", views.Projects.as_view(), name="projects"),
    path("projects/<uuid:project_id>/", views.ProjectDetail.as_view(), name="project"),
    path("projects/<uuid:project_id>/guidelines/", views.Guidelines.as_view(), name="guidelines"),
    path("projects/<uuid:project_id>/labels/", views.Labels.as_view(), name="labels"),
    path("labels/<uuid:label_id>/", views.LabelDetail.as_view(), name="label"),
    path("projects/<uuid:project_id>/members/", views.Members.as_view(), name="members"),
    path("members/<uuid:member_id>/", views.MemberDetail.as_view(), name="member"),
    path("teams/", teams.Teams.as_view(), name="teams"),
    path("teams/<uuid:team_id>/", teams.TeamDetail.as_view(), name="team"),
    path("teams/<uuid:team_id>/people/", teams.TeamPeople.as_view(), name="team-people"),
    path("teams/<uuid:team_id>/people/<uuid:user_id>/", teams.TeamPersonDetail.as_view(), name="team-person"),
    path("projects/<uuid:project_id>/teams/", teams.ProjectTeams.as_view(), name="project-teams"),
    path("team-roles/<uuid:team_role_id>/", teams.ProjectTeamDetail.as_view(), name="project-team"),
    path("projects/<uuid:project_id>/invitations/", invitations.Invitations.as_view(), name="invitations"),
    path("invitations/<uuid:invitation_id>/", invitations.InvitationDetail.as_view(), name="invitation"),
    path("projects/<uuid:project_id>/images/", images.Images.as_view(), name="images"),
    path("projects/<uuid:project_id>/images/index/", index.ImageIndex.as_view(), name="image-index"),
    path("projects/<uuid:project_id>/images/ids/", many.ImageIds.as_view(), name="image-ids"),
    path("projects/<uuid:project_id>/images/mark/", many.ImagesMarkView.as_view(), name="images-mark"),
    path("projects/<uuid:project_id>/images/tag/", many.ImagesTagView.as_view(), name="images-tag"),
    path("projects/<uuid:project_id>/images/delete/", many.ImagesDelete.as_view(), name="images-delete"),
    path("projects/<uuid:project_id>/images/restore/", many.ImagesRestore.as_view(), name="images-restore"),
    path("projects/<uuid:project_id>/tags/", many.Tags.as_view(), name="tags"),
    path("tags/<uuid:tag_id>/", many.TagDetail.as_view(), name="tag"),
    path("projects/<uuid:project_id>/filters/", many.SavedFilters.as_view(), name="filters"),
    path("filters/<uuid:filter_id>/", many.SavedFilterDetail.as_view(), name="filter"),
    path("projects/<uuid:project_id>/videos/", Videos.as_view(), name="videos"),
    path("projects/<uuid:project_id>/runs/events/", runs.ProjectRunEvents.as_view(), name="project-run-events"),
    path("projects/<uuid:project_id>/bin/", images.Bin.as_view(), name="bin"),
    path("images/<uuid:image_id>/", images.ImageDetail.as_view(), name="image"),
    path("images/<uuid:image_id>/unfinished/", index.NextUnfinished.as_view(), name="image-unfinished"),
    path("images/<uuid:image_id>/restore/", images.ImageRestore.as_view(), name="image-restore"),
]
