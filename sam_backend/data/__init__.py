"""Images with masks: read from folders and COCO files, made up, packed into one file and unpacked again.

Packs and made-up images need OpenCV (`pip install 'maskwright[torch,eval]'`); reading records does not.
"""

from __future__ import annotations
