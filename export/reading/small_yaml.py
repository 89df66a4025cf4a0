"""As much YAML as a data.yaml has: keys with a word, a list or a table of numbers and names."""

from __future__ import annotations

import json
import re

Value = str | list[str] | dict[str, str]
_KEY = re.compile(r"""(?:"([^"]*)"|'([^']*)'|([^\s:#'"][^:#]*?))\s*:(?:\s+(.*))?$""")
_ITEM = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,"'\[\]{}][^,]*|)\s*(?:,|$)""")


def parse(text: str) -> dict[str, Value]:
    """The top-level keys. Raises ValueError for YAML that is more than this."""
    found: dict[str, Value] = {}
    key = ""
    for line in text.replace("\t", "    ").splitlines():
        bare = line.strip()
        if not bare or bare.startswith(("#", "---", "...")):
            continue
        indented = line.startswith(" ") or bare.startswith("- ")
        if indented and key:
            _nest(found, key, bare)
        elif match := _KEY.match(bare):
            key = match[1] or match[2] or match[3]
            found[key] = _value(_without_comment(match[4] or ""))
        else:
            raise ValueError(f"The line {bare[:60]!r} is not YAML as data.yaml has it.")
    return found


def _nest(found: dict[str, Value], key: str, line: str) -> None:
    value = found[key]
    if line.startswith("- "):
        if value == "":
            value = found[key] = []
        if isinstance(value, list):
            value.append(_scalar(_without_comment(line[2:].strip())))
        return
    match = _KEY.match(line)
    if value == "":
        value = found[key] = {}
    if match and isinstance(value, dict):
        value[match[1] or match[2] or match[3]] = _scalar(_without_comment(match[4] or ""))
    elif isinstance(value, list) or not match:
        raise ValueError(f"The line {line[:60]!r} under {key!r} is not YAML as data.yaml has it.")


def _value(text: str) -> Value:
    if text.startswith("[") and text.endswith("]"):
        return [_scalar(item) for item in _split(text[1:-1])]
    if text.startswith("{") and text.endswith("}"):
        pairs = (item.partition(":") for item in _split(text[1:-1]))
        return {_scalar(name.strip()): _scalar(value.strip()) for name, _, value in pairs}
    return _scalar(text)


def _split(text: str) -> list[str]:
    items, place = [], 0
    while place < len(text):
        match = _ITEM.match(text, place)
        if match is None or match.end() == place:
            raise ValueError(f"The list {text[:60]!r} is not YAML as data.yaml has it.")
        if match[1].strip():
            items.append(match[1].strip())
        place = match.end()
    return items


def _scalar(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            return text[1:-1]
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text


def _without_comment(text: str) -> str:
    quoted = re.match(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*(#.*)?$""", text)
    return quoted[1] if quoted else re.split(r"\s#", text, maxsplit=1)[0].strip()
