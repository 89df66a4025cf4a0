"""The administration page's own commands, as they stand there, on a machine that is nearly fresh: its PostgreSQL is
real, and so is all that Maskwright does; packages, accounts and systemd are stood in for (page_shims.py)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.page_shims import ROOT, install, moved

PAGE = (ROOT / "deploy" / "README.md").read_text()
NOT_HERE = ("make wheel", "docker ", "cp deploy/env.example .env")
"""Run elsewhere (test_wheel.py) or not to be had here; what they name is looked at by test_deploy.py."""


def blocks(title: str) -> list[list[str]]:
    """The commands of a section, block by block."""
    section = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    found = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return [[re.sub(r"\s{2,}#.*", "", line) for line in block.splitlines() if line] for block in found]


class Machine:
    """A fresh machine below a folder."""

    def __init__(self, folder: Path) -> None:
        self.here, self.name = folder / "machine", f"test_page_{uuid.uuid4().hex[:10]}"
        self.here.mkdir()
        install(folder / "bin", self.here)
        self.path = f"{folder / 'bin'}:{self.here}/usr/local/bin:{os.environ['PATH']}"
        self.said = ""

    def type(self, line: str, answers: str = "", **env: str) -> str:
        """Type a command as it stands on the page."""
        own = {"PATH": self.path, "HOME": str(self.here), "PGPASSWORD": ""} | env
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", moved(line, self.here, self.name)], cwd=ROOT, env=own, input=answers,
            capture_output=True, text=True, check=False, start_new_session=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        self.said += done.stdout
        return done.stdout

    def fill_in(self, **changed: str) -> None:
        """Fill in the settings as the page says, and change some afterwards."""
        file = self.here / "etc" / "maskwright" / "env"
        text = file.read_text()
        if "MASKWRIGHT_SECRET_KEY=\n" in text:
            head, last = text.split("# systemd:")
            head = head.replace("MASKWRIGHT_SECRET_KEY=\n", f"MASKWRIGHT_SECRET_KEY={uuid.uuid4().hex * 2}\n")
            last = re.sub(r"(?m)^#(?=[A-Z_]+=)", "", last).replace("maskwright:PASSWORD", self.name)
            last = last.replace("5432/maskwright", f"5432/{self.name}").replace("/var/lib", f"{self.here}/var/lib")
            text = f"{head}# systemd:{last}"
        for name, value in changed.items():
            text = re.sub(rf"(?m)^{name}=.*$", f"{name}={value}", text)
        file.write_text(text)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    psycopg = pytest.importorskip("psycopg")
    if not (shutil.which("createdb") and shutil.which("psql")):
        pytest.skip("PostgreSQL's own commands (createdb, psql) are not on this machine.")
    try:
        admin = psycopg.connect(host="127.0.0.1", user="postgres", dbname="postgres", autocommit=True)
    except psycopg.OperationalError:
        pytest.skip("No PostgreSQL on this machine that lets 'postgres' in.")
    made = Machine(tmp_path)
    yield made
    for (name,) in admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{made.name}%"]).fetchall():
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.execute(f"DROP ROLE IF EXISTS {made.name}")
    admin.close()


@pytest.mark.slow
@pytest.mark.any_database
def test_the_page_is_followed_word_for_word(machine: Machine) -> None:
    making, installing, starting = blocks("Without containers")
    assert all(line.startswith(NOT_HERE) for line in making)
    for line in installing:
        machine.type(line, answers="abc\nabc\n")
    machine.fill_in()
    for line in starting:
        said = machine.type(line)
    assert "no issues" in said, "check --deploy is not clean with the settings of the page"
    caddy = (machine.here / "etc" / "caddy" / "Caddyfile").read_text()
    assert "masks.example.org {" in caddy
    assert "reverse_proxy 127.0.0.1:8000" in caddy
    assert "web:8000" not in caddy

    ((make_one, link),) = blocks("The first administrator")
    machine.type(f"{make_one} --noinput --username ann --email ''", DJANGO_SUPERUSER_PASSWORD="a long pass phrase")
    assert "https://masks.example.org/signin/link/" in machine.type(link.replace("NAME", "ann"))

    backup, by_container, restore, restore_there, tidy, move = blocks("Backup and restore")
    assert by_container[-1].startswith("docker compose run")
    assert all(line.startswith(NOT_HERE) for line in restore_there)
    assert "All of it was read again" in machine.type(*backup)
    machine.fill_in(DATABASE_URL=f"sqlite:///{machine.here}/other.sqlite3")
    for line in [*restore, *tidy]:
        machine.type(line)
    machine.type(f"runuser -u postgres -- createdb {machine.name.replace('maskwright', '')}_moved")
    target = f"postgres://postgres@127.0.0.1:5432/{machine.name}_moved"
    machine.type(move[0].replace("postgres://USER:PASSWORD@HOST:5432/NAME", target))
    machine.fill_in(DATABASE_URL=target)
    assert "ann" in machine.type("maskwright shell --no-imports -c 'from annotator.accounts.models import User as U; "
                                 "print(U.objects.get())'")  # fmt: skip

    machine.fill_in(DATABASE_URL=f"postgres://postgres@127.0.0.1:5432/{machine.name}")
    upgrade, back, back_there = blocks("Upgrade, and back")
    assert all(line.startswith(NOT_HERE) for line in back_there)
    for line in [*upgrade, *back]:
        machine.type(line)
    assert machine.said.count("is back:") == 2
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    for asked in re.findall(r"\[([a-z0-9,]+)\]", (machine.here / "pip").read_text()):
        assert set(asked.split(",")) <= extras


def test_every_command_of_the_page_is_one_that_is_run_here_or_known_elsewhere() -> None:
    """A section with commands that no test runs would rot."""
    titles = re.findall(r"(?m)^## (.+)$", PAGE)
    told = {title for title in titles if blocks(title)}
    assert told == {"With containers", "Without containers", "The first administrator", "Backup and restore",
                    "Upgrade, and back"}  # fmt: skip
    assert all(line.startswith(NOT_HERE) for block in blocks("With containers") for line in block)


def test_the_tests_that_the_security_page_names_are_there() -> None:
    named = re.findall(r"`(tests/[\w/.]+)`", (ROOT / "SECURITY.md").read_text())
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []
