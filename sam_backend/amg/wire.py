"""ONNX files read and written without the ``onnx`` package, which a server does not have: protobuf's wire format.

Only what cutting a graph in two needs: nodes with the names they read and write, and everything else as raw bytes.
Field numbers are those of onnx.proto (ModelProto, GraphProto, NodeProto, AttributeProto, ValueInfoProto).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

Field = tuple[int, int, int | bytes]
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_FIXED = {FIXED64: 8, FIXED32: 4}

MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_NAME, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT = 1, 2, 5, 11, 12
NODE_INPUT, NODE_OUTPUT, NODE_OP, NODE_ATTRIBUTE = 1, 2, 4, 5
TENSOR_RAW, TENSOR_EXTERNAL, TENSOR_LOCATION = 9, 13, 14
ENTRY_KEY, ENTRY_VALUE = 1, 2
ATTRIBUTE_GRAPH, TENSOR_NAME, VALUE_NAME, VALUE_TYPE = 6, 8, 1, 2
FLOAT = 1


def read_fields(data: bytes) -> Iterator[Field]:
    """(field number, wire type, value) of a message, in order. Raises ValueError where it is none."""
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        kind = key & 7
        if kind == VARINT:
            value, at = _read_varint(data, at)
            yield key >> 3, kind, value
            continue
        if kind == BYTES:
            size, at = _read_varint(data, at)
        elif kind in _FIXED:
            size = _FIXED[kind]
        else:
            raise ValueError("This is no ONNX file: it holds a field of an unknown kind.")
        if at + size > len(data):
            raise ValueError("The ONNX file is cut short.")
        yield key >> 3, kind, data[at : at + size]
        at += size


def write_fields(fields: Iterable[Field]) -> bytes:
    """The message of the fields."""
    out = bytearray()
    for number, kind, value in fields:
        out += _varint(number << 3 | kind)
        if isinstance(value, int):
            out += _varint(value)
        else:
            out += _varint(len(value)) + value if kind == BYTES else value
    return bytes(out)


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data):
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
    raise ValueError("The ONNX file is cut short.")


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


@dataclass(frozen=True)
class Node:
    """One operator; ``inputs`` include what its inner graphs (of an If) read from outside."""

    raw: bytes
    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Graph:
    """A model file taken apart. ``initializers``, ``inputs`` and ``outputs`` are raw messages by name."""

    around: tuple[Field, ...]
    nodes: tuple[Node, ...]
    initializers: dict[str, bytes]
    inputs: dict[str, bytes]
    outputs: dict[str, bytes]

    @classmethod
    def read(cls, data: bytes, folder: Path | None = None) -> Graph:
        """Takes a model apart; weights that it borrows from other files of its ``folder`` are put in.

        Raises:
            ValueError: this is no ONNX model, or a borrowed weight is not where it should be.
        """
        fields = list(read_fields(data))
        graphs = [_bytes(value) for number, _, value in fields if number == MODEL_GRAPH]
        if len(graphs) != 1:
            raise ValueError("This is no ONNX model: it holds no graph.")
        around = tuple(field for field in fields if field[0] != MODEL_GRAPH)
        parts = list(read_fields(graphs[0]))
        return cls(
            around,
            tuple(_node(raw) for raw in _all(parts, GRAPH_NODE)),
            {_text(raw, TENSOR_NAME): _complete(raw, folder) for raw in _all(parts, GRAPH_INITIALIZER)},
            {_text(raw, VALUE_NAME): raw for raw in _all(parts, GRAPH_INPUT)},
            {_text(raw, VALUE_NAME): raw for raw in _all(parts, GRAPH_OUTPUT)},
        )

    def part(self, nodes: Iterable[Node], inputs: Iterable[str], outputs: Iterable[str]) -> bytes:
        """A model of some of the nodes, in their order; tensors that were inner are declared float32 of any shape."""
        chosen = list(nodes)
        used = {name for node in chosen for name in node.inputs}
        graph: list[Field] = [(GRAPH_NAME, BYTES, b"part")]
        graph += [(GRAPH_NODE, BYTES, node.raw) for node in chosen]
        graph += [(GRAPH_INITIALIZER, BYTES, raw) for name, raw in self.initializers.items() if name in used]
        graph += [(GRAPH_INPUT, BYTES, self.inputs.get(name) or _float_value(name)) for name in inputs]
        graph += [(GRAPH_OUTPUT, BYTES, self.outputs.get(name) or _float_value(name)) for name in outputs]
        return write_fields([*self.around, (MODEL_GRAPH, BYTES, write_fields(graph))])


def _node(raw: bytes) -> Node:
    fields = list(read_fields(raw))
    inputs = [name.decode() for name in _all(fields, NODE_INPUT)]
    inputs += [name for attribute in _all(fields, NODE_ATTRIBUTE) for name in _read_from_outside(attribute)]
    outputs = [name.decode() for name in _all(fields, NODE_OUTPUT)]
    return Node(raw, _text(raw, NODE_OP), tuple(name for name in inputs if name), tuple(outputs))


def _read_from_outside(attribute: bytes) -> list[str]:
    """Names that an attribute's inner graph uses and does not make."""
    found: list[str] = []
    for graph in _all(list(read_fields(attribute)), ATTRIBUTE_GRAPH):
        parts = list(read_fields(graph))
        nodes = [_node(raw) for raw in _all(parts, GRAPH_NODE)]
        own = {name for node in nodes for name in node.outputs}
        own |= {_text(raw, TENSOR_NAME) for raw in _all(parts, GRAPH_INITIALIZER)}
        given = [name for node in nodes for name in node.inputs]
        given += [_text(raw, VALUE_NAME) for raw in _all(parts, GRAPH_OUTPUT)]
        found += [name for name in given if name not in own]
    return found


def _complete(raw: bytes, folder: Path | None) -> bytes:
    """A tensor with its values in it, wherever they lie."""
    fields = list(read_fields(raw))
    entries = _all(fields, TENSOR_EXTERNAL)
    if not entries:
        return raw
    where = {_text(entry, ENTRY_KEY): _text(entry, ENTRY_VALUE) for entry in entries}
    name, start, length = where.get("location", ""), int(where.get("offset", 0)), int(where.get("length", 0))
    if folder is None or not name or name != Path(name).name:
        raise ValueError(f"The graph borrows weights from {name!r}, which lies in no folder of its own.")
    with (folder / name).open("rb") as lender:
        lender.seek(start)
        values = lender.read(length)
    if len(values) != length:
        raise ValueError(f"{name} holds fewer weights than the graph borrows.")
    kept = [field for field in fields if field[0] not in (TENSOR_EXTERNAL, TENSOR_LOCATION)]
    return write_fields([*kept, (TENSOR_RAW, BYTES, values)])


def _float_value(name: str) -> bytes:
    tensor = write_fields([(1, VARINT, FLOAT)])
    kind = write_fields([(1, BYTES, tensor)])
    return write_fields([(VALUE_NAME, BYTES, name.encode()), (VALUE_TYPE, BYTES, kind)])


def _all(fields: list[Field], number: int) -> list[bytes]:
    return [_bytes(value) for found, _, value in fields if found == number]


def _text(raw: bytes, number: int) -> str:
    return next((_bytes(value).decode() for found, _, value in read_fields(raw) if found == number), "")


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("This is no ONNX model: a field has another kind than it should.")
    return value
