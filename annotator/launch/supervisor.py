"""Runs the web server and the worker until Ctrl+C: `python -m annotator.launch.supervisor PORT`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from .checks import HOST
from .console import Problem, complain, say, tail
from .places import ROOT, var_folder
from .runlock import hold
from .service import Service, stop_all

START_SECONDS = 60.0
"""How long the web server may take until it answers."""
STOP_SECONDS = 2.0
"""How long a process may take to end its current work. An idle Celery needs five seconds to notice, and work that is
cut short is picked up again at the next start, so nobody is kept waiting for it."""
QUICK_DEATH_SECONDS = 10.0
MAX_QUICK_DEATHS = 5


class Stop(Exception):
    """Somebody asked the supervisor to end."""


def _raise_stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def environment(port: int) -> dict[str, str]:
    """Settings of a laptop: production code paths, on the loopback address only."""
    chosen = dict(os.environ)
    chosen.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    chosen.setdefault("MASKWRIGHT_VAR", str(var_folder()))
    chosen.setdefault("MASKWRIGHT_DEBUG", "0")
    chosen.setdefault("MASKWRIGHT_ALLOWED_HOSTS", f"{HOST},localhost")
    chosen["MASKWRIGHT_URL"] = f"http://{HOST}:{port}"
    return chosen


def services(port: int, env: dict[str, str]) -> list[Service]:
    """The two processes of a laptop: gunicorn with threads, and one Celery worker that needs no fork."""
    python, logs = sys.executable, Path(env["MASKWRIGHT_VAR"]) / "log"
    web = [
        python,
        "-m",
        "gunicorn",
        "annotator.wsgi:application",
        "--config",
        "python:annotator.launch.hooks",
        "--bind",
        f"{HOST}:{port}",
        "--worker-class",
        "annotator.launch.patient.Worker",
        "--workers",
        "1",
        "--threads",
        "24",
        "--timeout",
        "120",
        "--graceful-timeout",
        "2",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]
    worker = [python, "-m", "celery", "-A", "annotator", "worker", "--pool", "solo", "--loglevel", "INFO"]
    return [
        Service("web server", web, logs / "web.log", env, ROOT),
        Service("worker", worker, logs / "worker.log", env, ROOT),
    ]


def prepare(env: dict[str, str], when_migrated: Callable[[], None]) -> str:
    """Bring database and demo up to date in a child; returns the path of the one-time sign-in link.

    `when_migrated` is called as soon as the database is in order, while the rest still goes on.
    """
    answer, child_end = os.pipe()
    argv = [sys.executable, "-m", "annotator.launch.prepare", str(child_end)]
    # On the terminal a bar says how far it is: a line for each photo would tear it to pieces.
    quiet = {"MASKWRIGHT_LOG_LEVEL": "WARNING"} | env
    with subprocess.Popen(argv, env=quiet, cwd=ROOT, pass_fds=[child_end]) as child:
        os.close(child_end)
        try:
            with os.fdopen(answer) as pipe:
                if pipe.readline():
                    when_migrated()
                link = pipe.read().strip()
            code = child.wait()
        except BaseException:
            child.terminate()
            raise
    if code != 0:
        raise Problem("")  # the child has said why
    return link


def wait_until_ready(web: Service, url: str) -> None:
    """Return when the web server answers.

    Raises:
        Problem: it ended, or took longer than START_SECONDS.
    """
    deadline = time.monotonic() + START_SECONDS
    # No proxy: it could not reach this machine's loopback address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        try:
            opener.open(f"{url}/healthz", timeout=5).close()
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
            raise Problem(f"The web server answers with error {error.code}; see {web.log}.") from error
        except OSError:
            if web.exit_code() is not None:
                raise Problem(f"The web server stopped while starting: {tail(web.log)} ({web.log})") from None
            time.sleep(0.05)
        else:
            return
    raise Problem(f"The web server did not answer within {START_SECONDS:.0f} seconds; see {web.log}.")


def watch(running: list[Service]) -> None:
    """Start again whatever ends by itself; give up on one that keeps dying as soon as it starts."""
    quick: dict[str, int] = {}
    while True:
        time.sleep(0.2)
        for service in running:
            code = service.exit_code()
            if code is None:
                continue
            if time.monotonic() - service.started < QUICK_DEATH_SECONDS:
                quick[service.name] = quick.get(service.name, 0) + 1
            else:
                quick[service.name] = 1
            if quick[service.name] > MAX_QUICK_DEATHS:
                raise Problem(f"The {service.name} stops every time it is started: {tail(service.log)} ({service.log})")
            service.signal_group(signal.SIGKILL)  # children it may have left
            service.start()
            say(f"The {service.name} stopped ({describe_exit(code)}) and was started again.")


def describe_exit(code: int) -> str:
    """Say how a process ended: its exit status, or the signal that killed it."""
    return f"exit status {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def supervise(port: int) -> None:
    """Prepare, start, print the address, and watch until a signal says stop."""
    began = time.monotonic()
    env, url = environment(port), f"http://{HOST}:{port}"
    lock = hold(Path(env["MASKWRIGHT_VAR"]), url)
    running = services(port, env)
    try:
        web, worker = running
        link = prepare(env, web.start)
        worker.start()
        wait_until_ready(web, url)
        say(f"Ready after {time.monotonic() - began:.1f} s. Open this link once to sign in (Ctrl+C stops Maskwright):")
        say(f"\n  {url}{link}\n")
        watch(running)
    finally:
        # From here on a second Ctrl+C means "now": stop_all turns it into SIGKILL.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stop_all(running, STOP_SECONDS)
        lock.close()


def main(arguments: list[str]) -> int:
    """Run the supervisor; returns the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_stop)
    try:
        supervise(int(arguments[0]))
    except (Stop, KeyboardInterrupt):
        say("Stopped; nothing is running any more.")
    except Problem as problem:
        if str(problem):
            complain(str(problem))
        return 1
    except OSError as error:
        complain(f"Maskwright had to stop: {error.strerror or error} ({error.filename or 'no file'}).")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
