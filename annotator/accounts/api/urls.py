"""Routes of people."""

from __future__ import annotations

from django.urls import path

from annotator.accounts.api import people, sessions, trail, views

urlpatterns = [
    path("me/", views.Me.as_view(), name="me"),
    path("me/sessions/", sessions.Sessions.as_view(), name="sessions"),
    path("me/sessions/<uuid:session_id>/", sessions.SessionDetail.as_view(), name="session"),
    path("me/trail/", trail.MyTrail.as_view(), name="my-trail"),
    path("people/trail/", trail.Trail.as_view(), name="trail"),
    path("people/", people.People.as_view(), name="people"),
    path("people/<uuid:person_id>/", people.PersonDetail.as_view(), name="person"),
    path("tokens/", views.Tokens.as_view(), name="tokens"),
    path("tokens/<uuid:token_id>/", views.TokenDetail.as_view(), name="token"),
]
