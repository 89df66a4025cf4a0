"""What `transformers` does before and after its model, written from its own source where that cannot be imported."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

WANTED = ("_scale_boxes", "post_process_instance_segmentation")


def post_process(torch: Any, outputs: Any, threshold: float, size: tuple[int, int]) -> dict[str, Any]:
    """`Sam3ImageProcessor.post_process_instance_segmentation` of one picture: scores [N], masks [N, H, W].

    Its module asks for torchvision when it is imported, of which these functions need nothing: they are taken out."""
    found = importlib.util.find_spec("transformers")
    assert found is not None
    assert found.submodule_search_locations
    source = Path(found.submodule_search_locations[0], "models", "sam3", "image_processing_sam3.py").read_text()
    tree = ast.parse(source)
    taken = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in WANTED]
    assert {node.name for node in taken} == set(WANTED)
    names: dict[str, Any] = {"torch": torch}
    exec(compile(ast.Module(body=list(taken), type_ignores=[]), "image_processing_sam3", "exec"), names)
    (one,) = names[WANTED[1]](SimpleNamespace(), outputs, threshold=threshold, target_sizes=[size])
    return dict(one)


def pixels(torch: Any, rgb: Any, side: int) -> Any:
    """What its processor feeds the model [1, 3, side, side]: torchvision's antialiased bilinear resize, which is
    torch's, then 0 to 1, then mean and deviation one half."""
    planes = torch.from_numpy(rgb).permute(2, 0, 1)[None]
    small = torch.nn.functional.interpolate(planes, (side, side), mode="bilinear", antialias=True)
    return (small.float() / 255 - 0.5) / 0.5
