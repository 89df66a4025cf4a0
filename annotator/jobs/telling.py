"""That jobs were given to somebody, told to whoever follows (`lib/happenings.py`)."""

from __future__ import annotations

from collections.abc import Iterable

from annotator.accounts.models import User
from annotator.jobs.models import Job
from annotator.lib.happenings import Happening, Kind, tell
from annotator.projects.models import Project


def tell_given(project: Project, by: User, jobs: Iterable[Job], person: User) -> None:
    """Tell it once for all jobs together; what people give themselves is no news."""
    given = list(jobs)
    if given and person.pk != by.pk:
        about = {"count": len(given), "jobs": [str(job.pk) for job in given], "title": given[0].title}
        tell(Happening(Kind.JOBS_ASSIGNED, project.pk, by.pk, about, [person.pk]))
