"""First thing `make` runs: refuses a Python that is too old with a sentence, then hands over to cli.py.

Written in syntax that Python 2.7 can still parse: a newer construct here would greet the people this file is for with
a SyntaxError instead of the sentence.
"""

import os
import sys

MINIMUM = (3, 11)
TOO_OLD = (
    "Maskwright needs Python %d.%d or newer, but %s is Python %s. "
    "Install a newer one and name it: make run PYTHON=python%d.%d\n"
)


def complaint(version, executable):  # type: ignore[no-untyped-def]
    """Return the sentence for a Python that is too old, or None when `version` will do."""
    if tuple(version[:2]) >= MINIMUM:
        return None
    found = ".".join(str(part) for part in version[:3])
    return TOO_OLD % (MINIMUM[0], MINIMUM[1], executable, found, MINIMUM[0], MINIMUM[1])


def main():  # type: ignore[no-untyped-def]
    """Check the interpreter and run the command line of annotator/launch."""
    sentence = complaint(sys.version_info, sys.executable)
    if sentence:
        sys.stderr.write(sentence)
        return 1
    here = os.path.dirname(os.path.abspath(__file__))
    # `annotator` itself cannot be imported yet (it needs Django), but this folder stands on its own as a package.
    sys.path[0] = os.path.dirname(here)
    import importlib

    cli = importlib.import_module("launch.cli")
    sys.path.pop(0)
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
