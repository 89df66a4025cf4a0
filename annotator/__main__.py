"""`python -m annotator` and `maskwright`: `run` starts the app as `make run` does, else Django's command line."""

from __future__ import annotations

import os
import sys

from maskwright.cli import is_ours
from maskwright.cli import main as client

HELP = """maskwright run [PORT]      starts the app on http://127.0.0.1:8000 and prints a link to sign in
maskwright signin|signout|projects|upload|import|snapshot|export|boxes|find|track|runs|models|predict ...
                           work with a server from here; each explains itself with --help
maskwright COMMAND ...     any command of the server: migrate, createsuperuser, models, backup, restore, verify, ...
maskwright help            all of those commands
"""


def run(port: str = "8000") -> int:
    """Start web server and worker; returns when somebody stops them."""
    from annotator.launch import supervisor
    from annotator.launch.checks import check_port, check_writable, port_number
    from annotator.launch.console import Problem, complain
    from annotator.launch.places import var_folder
    from annotator.launch.runlock import check_not_running
    from annotator.lib.places import default_var

    os.environ.setdefault("MASKWRIGHT_VAR", str(default_var()))
    try:
        number = port_number(port)
        check_writable(var_folder())
        check_not_running(var_folder())
        check_port(number)
    except Problem as problem:
        complain(str(problem))
        return 1
    return supervisor.main([str(number)])


def main() -> int:
    """Become what the first word asks for; the answer is the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    words = sys.argv[1:]
    if not words or words[0] in ("-h", "--help") or (words[0] == "run" and words[1:2] in (["-h"], ["--help"])):
        sys.stdout.write(HELP)
        return 0
    if words[0] == "run":
        return run(*words[1:2])
    if is_ours(words):
        return client(words)
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["maskwright", *words])
    except ImproperlyConfigured as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
