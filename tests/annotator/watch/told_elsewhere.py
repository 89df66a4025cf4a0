"""`python -m tests.annotator.watch.told_elsewhere`: have a request, a task and errors of both, with things in them that
nobody else may hear of; what is told elsewhere goes where the settings say."""

from __future__ import annotations

from unittest.mock import patch

PERSON, EMAIL, PASSWORD, ADDRESS = "carolina", "carolina@example.org", "her long pass phrase", "203.0.113.77"
SECRET = "zk3-the-secret-of-a-link"
SOUGHT, AGENT, ROUTE = "cellar-door", "AgentOfCarolina", "api/v1/projects/"
PRIVATE = (PERSON, EMAIL, PASSWORD, ADDRESS, SECRET, SOUGHT, AGENT)
FROM = {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": AGENT}


def main() -> None:
    """Do it, against the database of the settings."""
    import django

    django.setup()
    import sentry_sdk
    from django.core.management import call_command
    from django.test import Client
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider

    from annotator.accounts.models import User
    from annotator.projects.api import views
    from annotator.projects.models import Project
    from annotator.runs.models import Run
    from annotator.runs.tasks import execute_run

    call_command("migrate", verbosity=0)
    person = User.objects.create_user(PERSON, EMAIL, PASSWORD)
    client = Client(raise_request_exception=False)
    client.get(f"/signin/link/{SECRET}/", **FROM)
    client.post("/signin/", {"username": PERSON, "password": PASSWORD}, **FROM)
    client.force_login(person)
    assert client.get(f"/api/v1/projects/?search={SOUGHT}", **FROM).status_code < 500

    def broken(self: object, request: object) -> None:
        raise ZeroDivisionError(f"in a request, /join/{SECRET}/\nDETAIL:  Key (username)=({PERSON}) exists.")

    with patch.object(views.Projects, "get", broken):
        assert client.get(f"/api/v1/projects/?search={SOUGHT}", **FROM).status_code == 500
    run = Run.objects.create(kind="no such kind", project=Project.objects.create(name="Told"), requested_by=person)
    execute_run.apply(args=[str(run.pk)])

    def crashing(*_: object) -> None:
        raise ZeroDivisionError(f"in a task, /signin/link/{SECRET}/")

    run = Run.objects.create(kind="no such kind", project=run.project, requested_by=person)
    with patch("annotator.runs.worker._runner", crashing):
        execute_run.apply(args=[str(run.pk)])
    sentry_sdk.flush(20)
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    provider.force_flush()


if __name__ == "__main__":
    main()
