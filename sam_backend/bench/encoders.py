"""Images per second and peak memory of the encoders, each in a process of its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sam_backend.acceleration.hq import HqTorchEncoder
from sam_backend.acceleration.sam import TorchEncoder, half_precision_error
from sam_backend.acceleration.sam2 import Sam2TorchEncoder
from sam_backend.bench.timing import Row, median_ms
from sam_backend.build import build_random, build_random_hq, build_random_sam2
from sam_backend.checkpoints.load import is_sam2
from sam_backend.config import HQ_VARIANTS, VARIANTS, variant
from sam_backend.onnx.export import write_encoder
from sam_backend.onnx.hq.write import HQ_GRAPHS
from sam_backend.onnx.sam2.write import SAM2_GRAPHS
from sam_backend.sessions.options import open_session

GPU_BATCHES = (1, 8, 32)
Array = NDArray[np.float32]


def bench_encoders(names: list[str], threads: int, repeats: int) -> Iterator[Row]:
    """Rows per model: torch eager in float32 (the baseline), onnxruntime, and a GPU where there is one."""
    for name in names:
        with tempfile.TemporaryDirectory() as scratch:
            graph = Path(scratch) / "encoder.onnx"
            _write(name, graph)
            eager = _in_process({"backend": "torch", "name": name, "threads": threads, "repeats": repeats})
            task = {"backend": "onnxruntime", "graph": str(graph), "name": name, "threads": threads}
            fast = _in_process({**task, "repeats": repeats, "reference": eager["embedding"]})
        yield _row(name, "torch eager CPU fp32", threads, _detail(eager), eager, eager)
        yield _row(name, "onnxruntime CPU", threads, _detail(fast), fast, eager)
        if torch.cuda.is_available() and name in VARIANTS:
            yield from bench_gpu(name, repeats)


def _write(name: str, graph: Path) -> None:
    if is_sam2(variant(name)):
        SAM2_GRAPHS.write_encoder(build_random_sam2(variant(name)), graph)
    elif name in HQ_VARIANTS:
        HQ_GRAPHS.write_encoder(build_random_hq(variant(name)), graph)
    else:
        write_encoder(build_random(variant(name)), graph)


def _detail(one: dict[str, Any]) -> str:
    """What a picture costs all cores together, which other work on the machine hardly changes."""
    return f"batch 1, {one['cpu_s']:.1f} CPU s"


def _row(name: str, backend: str, threads: int, detail: str, one: dict[str, Any], base: dict[str, Any]) -> Row:
    ratio = one["median_ms"] / base["median_ms"]
    return Row("encoder", name, backend, threads, detail, one["median_ms"], ratio, one.get("error"), one["peak_mb"])


def _in_process(task: dict[str, Any]) -> dict[str, Any]:
    """Run `task` in a fresh interpreter, so that its peak memory is its own."""
    command = [sys.executable, "-m", "sam_backend.bench.encoders"]
    done = subprocess.run(command, input=json.dumps(task), capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"Measuring {task['name']} on {task['backend']} failed: {done.stderr.strip()[-300:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _measure(task: dict[str, Any]) -> dict[str, Any]:
    image = sample_image(variant(task["name"]).input_size)
    encode = _torch_eager(task) if task["backend"] == "torch" else _onnxruntime(task)
    result = {"median_ms": median_ms(lambda: encode(image), task["repeats"], warm_up=1)}
    begin = time.process_time()
    made = encode(image)
    result["cpu_s"] = time.process_time() - begin
    # a thinned embedding is enough to compare, and short enough to hand over as text
    embedding = (made[0] if isinstance(made, tuple) else made)[0, ::8, ::8, ::8]
    if "reference" in task:
        reference = np.array(task["reference"], np.float32)
        result["error"] = float(np.linalg.norm(embedding - reference) / np.linalg.norm(reference))
    return {**result, "embedding": embedding.tolist(), "peak_mb": _peak_mb()}


def _peak_mb() -> float:
    """Peak resident memory of this process in MiB."""
    status = Path("/proc/self/status")
    if status.is_file():
        # getrusage would count what the parent held before it started us
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _torch_eager(task: dict[str, Any]) -> Any:
    torch.set_num_threads(task["threads"])
    config = variant(task["name"])
    if is_sam2(config):
        return Sam2TorchEncoder(build_random_sam2(config), "cpu", torch.float32).encode
    if task["name"] in HQ_VARIANTS:
        return HqTorchEncoder(build_random_hq(config), "cpu", torch.float32).encode
    return TorchEncoder(build_random(config), "cpu", torch.float32).encode


def _onnxruntime(task: dict[str, Any]) -> Any:
    session = open_session(Path(task["graph"]), task["threads"], spin=True)
    return lambda image: session.run(None, {"image": image})[0]


def bench_gpu(name: str, repeats: int) -> Iterator[Row]:
    """bfloat16 with folded positions against plain float32, milliseconds per image."""
    model = build_random(variant(name))
    image = sample_image(model.config.input_size)
    base: float | None = None
    for dtype, label in ((torch.float32, "fp32 eager"), (torch.bfloat16, "bf16 SDPA")):
        encoder = TorchEncoder(model, "cuda", dtype)
        error = half_precision_error(model, encoder, image) if dtype != torch.float32 else None
        for batch in (1,) if base is None else GPU_BATCHES:
            torch.cuda.reset_peak_memory_stats()
            images = np.repeat(image, batch, 0)
            each = median_ms(lambda e=encoder, p=images: e.encode(p), repeats) / batch  # type: ignore[misc]
            base = each if base is None else base
            peak = torch.cuda.max_memory_allocated() / 2**20
            yield Row("encoder", name, f"torch CUDA {label}", 0, f"batch {batch}", each, each / base, error, peak)
        del encoder


def sample_image(size: int) -> Array:
    """Smooth noise, float32 [1, 3, size, size] in 0-255."""
    coarse = np.random.default_rng(0).uniform(0, 255, (1, 3, -(-size // 16), -(-size // 16))).astype(np.float32)
    return np.ascontiguousarray(coarse.repeat(16, 2).repeat(16, 3)[..., :size, :size])


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure(json.load(sys.stdin))))
