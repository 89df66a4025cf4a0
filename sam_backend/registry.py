"""Checkpoints that can be fetched: where they are, what they weigh and how they are checked. We ship none of them."""

from __future__ import annotations

from dataclasses import dataclass

_META = "https://dl.fbaipublicfiles.com/segment_anything"
_META_2_1 = f"{_META}_2/092824"
_HQ = "https://huggingface.co/lkeab/hq-sam/resolve/main"
_EDGETAM = "https://github.com/facebookresearch/EdgeTAM/raw/7711e012a30a2402c4eaab637bdb00a521302c91"
SAM_3_PAGE = "https://huggingface.co/facebook/sam3"
"""Where people accept SAM 3's licence and get its files; nobody can without a name."""
_SAM2_DATA = ("SA-1B", "SA-V", "an internal set of licensed videos")


@dataclass(frozen=True)
class Checkpoint:
    """An official weight file.

    Attributes:
        name: what people type; also the name of a variant in `sam_backend.config`.
        title: what people read.
        family: the package's family.
        licence: SPDX name of the weights' licence.
        url: where the authors publish it.
        sha256: of the file.
        bytes: its size.
        training_data: what it was trained on.
    """

    name: str
    title: str
    family: str
    licence: str
    url: str
    sha256: str
    bytes: int
    training_data: tuple[str, ...]

    @property
    def file_name(self) -> str:
        """The file's own name."""
        return self.url.rsplit("/", 1)[1]


CHECKPOINTS: tuple[Checkpoint, ...] = (
    Checkpoint(
        "mobile_sam", "MobileSAM", "mobile_sam", "Apache-2.0",
        "https://github.com/ChaoningZhang/MobileSAM/raw/master/weights/mobile_sam.pt",
        "6dbb90523a35330fedd7f1d3dfc66f995213d81b29a5ca8108dbcdd4e37d6c2f", 40_728_226, ("SA-1B (1 %)",),
    ),
    Checkpoint(
        "vit_b", "Segment Anything ViT-B", "sam", "Apache-2.0", f"{_META}/sam_vit_b_01ec64.pth",
        "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912", 375_042_383, ("SA-1B",),
    ),
    Checkpoint(
        "vit_l", "Segment Anything ViT-L", "sam", "Apache-2.0", f"{_META}/sam_vit_l_0b3195.pth",
        "3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622", 1_249_524_607, ("SA-1B",),
    ),
    Checkpoint(
        "vit_h", "Segment Anything ViT-H", "sam", "Apache-2.0", f"{_META}/sam_vit_h_4b8939.pth",
        "a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e", 2_564_550_879, ("SA-1B",),
    ),
    Checkpoint(
        "hq_vit_h", "HQ-SAM ViT-H", "hq_sam", "Apache-2.0", f"{_HQ}/sam_hq_vit_h.pth",
        "a7ac14a085326d9fa6199c8c698c4f0e7280afdbb974d2c4660ec60877b45e35", 2_570_940_653, ("SA-1B", "HQSeg-44K"),
    ),
    Checkpoint(
        "sam2.1_tiny", "SAM 2.1 Hiera tiny", "sam2", "Apache-2.0", f"{_META_2_1}/sam2.1_hiera_tiny.pt",
        "7402e0d864fa82708a20fbd15bc84245c2f26dff0eb43a4b5b93452deb34be69", 156_008_466, _SAM2_DATA,
    ),
    Checkpoint(
        "sam2.1_small", "SAM 2.1 Hiera small", "sam2", "Apache-2.0", f"{_META_2_1}/sam2.1_hiera_small.pt",
        "6d1aa6f30de5c92224f8172114de081d104bbd23dd9dc5c58996f0cad5dc4d38", 184_416_285, _SAM2_DATA,
    ),
    Checkpoint(
        "sam2.1_base_plus", "SAM 2.1 Hiera base+", "sam2", "Apache-2.0", f"{_META_2_1}/sam2.1_hiera_base_plus.pt",
        "a2345aede8715ab1d5d31b4a509fb160c5a4af1970f199d9054ccfb746c004c5", 323_606_802, _SAM2_DATA,
    ),
    Checkpoint(
        "sam2.1_large", "SAM 2.1 Hiera large", "sam2", "Apache-2.0", f"{_META_2_1}/sam2.1_hiera_large.pt",
        "2647878d5dfa5098f2f8649825738a9345572bae2d4350a2468587ece47dd318", 898_083_611, _SAM2_DATA,
    ),
    Checkpoint(
        "edgetam", "EdgeTAM", "edgetam", "Apache-2.0", f"{_EDGETAM}/checkpoints/edgetam.pt",
        "ed2d4850b8792c239689b043c47046ec239b6e808a3d9b6ae676c803fd8780df", 56_116_523, ("SA-1B", "SA-V"),
    ),
)  # fmt: skip
"""Family by family, each in order of size."""


def find_checkpoint(name: str) -> Checkpoint:
    """The entry called `name`.

    Raises:
        ValueError: no such entry.
    """
    for entry in CHECKPOINTS:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in CHECKPOINTS)
    raise ValueError(f"There is no checkpoint called {name!r} in the registry. Known: {known}.")
