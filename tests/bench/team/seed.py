"""`python -m tests.bench.team.seed PEOPLE IMAGES [OBJECTS]`: make a team's database, and print what is in it as JSON.

Each person has the password `PASSWORD`; images are shared by all, and each has some objects already.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import numpy as np
from PIL import Image as Picture

PASSWORD = "a long enough password"
SIZE = (768, 1024)
"""Height and width in pixels."""
OBJECTS = 40


def blob(seed: int) -> Any:
    """Return the mask of a round thing with a rough border, as a click makes one."""
    from export import rle

    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    middle, radius = rng.uniform(0.1, 0.9, 2) * SIZE, rng.uniform(20, 120)
    angle = np.arctan2(y - middle[0], x - middle[1])
    border = radius * (1 + 0.15 * np.sin(angle * int(rng.integers(3, 30)) + rng.uniform(0, 6)))
    return rle.encode(np.hypot(y - middle[0], x - middle[1]) < border).to_json()


def make(people: int, images: int, few: int = 0) -> dict[str, Any]:
    """Make it; `few` objects on each image, and as many masks, in place of 40 of 60 masks."""
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command

    from annotator.accounts.choices import Role
    from annotator.accounts.models import User
    from annotator.annotations import services
    from annotator.lib import storage
    from annotator.projects.models import Image, Label, Membership, Project

    call_command("migrate", verbosity=0)
    project, hashed = Project.objects.create(name="Team"), make_password(PASSWORD)
    users = [User.objects.create(username=f"person{number}", password=hashed) for number in range(people)]
    for number, user in enumerate(users):
        role = Role.ANNOTATOR if number else Role.OWNER
        Membership.objects.create(project=project, user=user, role=role)
    labels = [Label.objects.create(project=project, name=f"label {n}", color="#0072b2", order=n) for n in range(3)]
    masks = [blob(seed) for seed in range(few or 60)]
    made = []
    for number in range(images):
        out = io.BytesIO()
        Picture.new("RGB", SIZE[::-1], (number % 256, 90, 120)).save(out, "JPEG", comment=str(number).encode())
        sha256 = storage.put_bytes(out.getvalue())
        image = Image.objects.create(
            project=project, name=f"photo{number}.jpg", sha256=sha256, source_sha256=f"{number:064x}",
            thumb_sha256=sha256, media_type="image/jpeg", width=SIZE[1], height=SIZE[0], bytes=len(out.getvalue()),
            source_format="JPEG",
        )  # fmt: skip
        made.append(str(image.pk))
        for at in range(few or (OBJECTS if images <= 200 else 2)):
            services.create(
                image, users[0], None, {"rle": masks[(number + at) % len(masks)], "label": labels[at % 3].pk}
            )
    return {
        "people": [user.username for user in users], "project": str(project.pk), "images": made,
        "labels": [str(label.pk) for label in labels], "masks": masks,
    }  # fmt: skip


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(make(*map(int, sys.argv[1:]))))
