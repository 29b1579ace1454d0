"""The order journal: what was asked, what IB confirmed and what filled, on disk before the socket."""

from leanib.ib.journal.journal import Journal
from leanib.ib.journal.neighbours import Neighbours
from leanib.ib.journal.records import FillRecord, OrderRecord, OrderStatus, Terms

__all__ = ["FillRecord", "Journal", "Neighbours", "OrderRecord", "OrderStatus", "Terms"]
