"""onnxruntime sessions with settings measured on CPUs; needs no torch."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

LARGE_GRAPH = 200 * 2**20
"""Bytes of a graph file from which its activations, not its weights, decide about memory (ViT-B has 340 MiB)."""


def is_large(path: Path) -> bool:
    """Whether the graph at `path` should run without a memory arena."""
    return path.is_file() and path.stat().st_size >= LARGE_GRAPH


def session_options(threads: int, *, spare_memory: bool = False, spin: bool = False) -> onnxruntime.SessionOptions:
    """Options for one session.

    Args:
        threads: threads of the session's own pool, at least 1.
        spare_memory: give memory back after each operator and plan no activations ahead. A ViT-B encoder then
            peaks at about 4 GB instead of 7, at the same speed; small graphs run a little slower for it.
        spin: let idle threads spin between runs: quicker answers, but it slows down everything beside us.

    Raises:
        ValueError: less than one thread.
    """
    if threads < 1:
        raise ValueError(f"A session needs at least one thread, not {threads}.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = not spare_memory
    options.enable_mem_pattern = not spare_memory
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if spin else "0")
    return options


def open_session(path: Path, threads: int = 2, *, spin: bool = False) -> onnxruntime.InferenceSession:
    """A CPU session on the graph at `path`; large encoders run without the memory arena.

    Raises:
        ValueError: the file is missing or no valid graph.
    """
    if not path.is_file():
        raise ValueError(f"There is no ONNX graph at {path}.")
    options = session_options(threads, spare_memory=is_large(path), spin=spin)
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own classes, one per status code
        raise ValueError(f"{path.name} is not a complete ONNX graph. Export or fetch the model again.") from error
