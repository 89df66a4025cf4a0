"""Rows of the pages. Who is not signed in is sent to the form."""

from __future__ import annotations

from functools import partial

from tests.annotator.permissions.row import Row

Page = partial(Row, "get", nobody=302)
PROJECT = "/projects/{project}/"

ROWS = [
    Page("/", "anyone"),
    Page("/account/", "anyone"),
    Page("/account/second-step/", "anyone"),
    Row("get", "/account/sso/", "anyone", 405, nobody=405),  # it only takes what a button sends
    Page("/help/", "anyone"),
    Page("/notices/", "anyone"),
    Page("/work/", "anyone"),
    Page("/teams/", "anyone"),
    Page("/models/", "admin"),
    Page("/people/", "admin"),
    Page("/people/trail/", "admin"),
    Page("/server/", "admin"),
    Page(PROJECT, "viewer"),
    Page(f"{PROJECT}settings/", "viewer"),
    Page(f"{PROJECT}exports/", "viewer"),
    Page(f"{PROJECT}imports/", "manager"),
    Page(f"{PROJECT}jobs/", "viewer"),
    Page(f"{PROJECT}dashboard/", "viewer"),
    Page(f"{PROJECT}webhooks/", "manager"),
    Page(f"{PROJECT}log/", "manager"),
    Page(f"{PROJECT}report/", "viewer"),
    Page(f"{PROJECT}retrain/", "manager"),
    Page(f"{PROJECT}reviews/", "reviewer"),
    Page(f"{PROJECT}evaluations/", "viewer"),
    Page(f"{PROJECT}automatic/", "viewer"),
    Page(f"{PROJECT}images/{{image}}/edit/", "viewer"),
    Page("/images/{image}/overlay/0.png", "viewer"),
]
