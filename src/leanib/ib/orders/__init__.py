"""Orders: placing, changing and cancelling them, and what becomes of them."""

from leanib.ib.orders.changes import Change
from leanib.ib.orders.service import OrderService

__all__ = ["Change", "OrderService"]
