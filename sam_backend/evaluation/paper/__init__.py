"""The zero-shot tasks of Segment Anything (Kirillov et al. 2023, sections 7.1 to 7.4, appendix D), on any masks.

Each number is a mean over sets; its 95 % interval resamples the images of each set.
"""

from __future__ import annotations
