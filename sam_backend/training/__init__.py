"""Training promptable segmentation with SAM's recipe (Kirillov et al. 2023, section 3 and appendix A).

The loop (`loop.py`) knows neither the model nor the data: a model is anything with `encode` and `decode`
(`model.py`), data is a function from a step number to a `Batch` (`batch.py`). Needs PyTorch and OpenCV
(`pip install 'maskwright[torch,eval]'`).
"""

from __future__ import annotations
