"""Which images to label next: what a model seems unsure of, and what is unlike that which is labelled.

Reads stored embeddings and the decoder alone, without PyTorch. Whether an order helps is measured, not believed:
`python -m sam_backend orders` (`sam_backend/tuning/orders.py`).
"""

from __future__ import annotations

from sam_backend.choosing.orders import ORDERS, Order, order_of
from sam_backend.choosing.outlook import Outlook, outlook

__all__ = ["ORDERS", "Order", "Outlook", "order_of", "outlook"]
