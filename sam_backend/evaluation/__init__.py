"""Measuring promptable segmentation on masks with ground truth: any model package, any masks, classical baselines.

Numbers are means over masks within a set, then over sets, so that a set with many masks does not rule the result.
"""

from __future__ import annotations
