"""A decoder graph in three: what depends on the image only, the scores, and the masks.

Most of a grid's answers fail the predicted IoU, which the decoder knows before it makes a mask: upscaling the image
tokens and smoothing the result, half of its work, can wait until a prompt is known to be worth it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from sam_backend.amg.wire import Graph, Node

SCORES, MASKS = "iou", "logits"
GUARD = "guard"
PROMPTS = ("point_coords", "point_labels", "mask_input", "has_mask_input")
# Operators by which a graph computes shapes from shapes; the masks' part does that anew for the rows it is given.
SHAPE_STEPS = {"Gather", "Unsqueeze", "Squeeze", "Concat", "Cast", "Slice", "Add", "Sub", "Mul", "Div", "Floor",
               "Neg", "Equal", "Where", "ConstantOfShape", "Reshape", "Identity", "Range"}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A graph of its own. ``rows`` are the inputs that have one row per prompt along their first axis."""

    model: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True)
class SplitDecoder:
    """``image`` (None where nothing depends on the image alone) feeds ``scores`` and ``masks``; ``scores`` feeds
    ``masks``, which may be given any selection of its rows."""

    image: Part | None
    scores: Part
    masks: Part


def split_decoder(path: Path) -> SplitDecoder:
    """Cuts a package's ``decode`` or ``decode_fast`` graph at ``path``.

    Raises:
        ValueError: the graph lacks the outputs, or its scores need its masks.
    """
    graph = Graph.read(path.read_bytes(), path.parent)
    if SCORES not in graph.outputs or MASKS not in graph.outputs:
        raise ValueError(f"The graph has no outputs {SCORES!r} and {MASKS!r}.")
    return _Splitter(graph).split()


class _Splitter:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.maker = {name: node for node in graph.nodes for name in node.outputs}
        # What each tensor depends on: "image" and "prompt" inputs.
        self.source: dict[str, frozenset[str]] = {
            name: frozenset({"prompt" if name in PROMPTS else "image"}) for name in graph.inputs
        }
        for node in graph.nodes:  # in topological order, as ONNX demands
            found = frozenset().union(*(self.source.get(name, frozenset()) for name in node.inputs))
            self.source |= dict.fromkeys(node.outputs, found)

    def split(self) -> SplitDecoder:
        wanted = [SCORES, *([GUARD] if GUARD in self.graph.outputs else [])]
        known = {id(node) for node in self.graph.nodes if self._of(node) == {"image"}}
        # Shapes are cheap and no floats: each part computes its own.
        image = known - {id(node) for node in self.graph.nodes if self._is_shape(node)}
        head = {id(node) for node in self._before(wanted, stop=set())}
        tail = self._tail(head)
        if any(name == MASKS for node in self.graph.nodes if id(node) in head for name in node.outputs):
            raise ValueError("The graph's scores need its masks: it cannot be cut.")
        head_nodes, tail_nodes = self._without(head, image), self._without({id(n) for n in tail}, image)
        head_inputs, tail_inputs = self._needed(head_nodes), self._needed(tail_nodes)
        made = {name for node in head_nodes for name in node.outputs}
        passed = [name for name in tail_inputs if name in made]
        first = [node for node in self.graph.nodes if id(node) in known]
        shared = [n for n in dict.fromkeys([*head_inputs, *tail_inputs]) if id(self.maker.get(n)) in image]
        first = [node for node in first if id(node) in {id(n) for n in self._before(shared, stop=set())}]
        return SplitDecoder(
            self._part(first, self._needed(first), shared) if shared else None,
            self._part(head_nodes, head_inputs, [*wanted, *passed]),
            self._part(tail_nodes, tail_inputs, [MASKS]),
        )

    def _part(self, nodes: list[Node], inputs: list[str], outputs: list[str]) -> Part:
        # Constants are made where they are used.
        chosen = {id(node) for node in nodes} | {id(node) for node in self._constants(nodes)}
        ordered = [node for node in self.graph.nodes if id(node) in chosen]
        rows = tuple(name for name in inputs if "prompt" in self.source[name])
        return Part(self.graph.part(ordered, inputs, outputs), tuple(inputs), tuple(outputs), rows)

    def _constants(self, nodes: Iterable[Node]) -> list[Node]:
        names = [name for node in nodes for name in node.inputs if name in self.maker and not self.source[name]]
        return self._before(names, stop=set())

    def _of(self, node: Node) -> frozenset[str]:
        return self.source[node.outputs[0]]

    def _before(self, names: Iterable[str], stop: Collection[str]) -> list[Node]:
        """The nodes that lead to ``names``."""
        found: dict[int, Node] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            node = self.maker.get(name)
            if node is None or name in stop or id(node) in found:
                continue
            found[id(node)] = node
            waiting += node.inputs
        return list(found.values())

    def _tail(self, head: set[int]) -> list[Node]:
        """The nodes that lead to the masks from tensors of the scores' part; shapes are computed again."""
        found: dict[int, Node] = {}
        waiting = [MASKS]
        while waiting:
            node = self.maker.get(waiting.pop())
            if node is None or id(node) in found or (id(node) in head and not self._is_shape(node)):
                continue
            found[id(node)] = node
            waiting += node.inputs
        return list(found.values())

    def _is_shape(self, node: Node) -> bool:
        """Whether the node's output is a shape or a number derived from shapes alone."""
        if node.op == "Shape":
            return True
        makers = [self.maker.get(name) for name in node.inputs if self.source.get(name)]
        return bool(makers) and node.op in SHAPE_STEPS and all(m is not None and self._is_shape(m) for m in makers)

    def _without(self, chosen: set[int], image: set[int]) -> list[Node]:
        return [node for node in self.graph.nodes if id(node) in chosen and id(node) not in image and self._of(node)]

    def _needed(self, nodes: list[Node]) -> list[str]:
        """What the nodes take from elsewhere, constants left out."""
        made = {name for node in nodes for name in node.outputs}
        names = dict.fromkeys(name for node in nodes for name in node.inputs)
        return [name for name in names if name not in made and self.source.get(name)]
