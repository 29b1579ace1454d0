"""Market data of many symbols over all reconnections.

quote          what is told: quotes and gaps
subscription   one contract's data, and how far it can be trusted
silence        deadlines of silence
pacer          requests again, one by one
service        what programs use
"""

from leanib.ib.quotes.quote import Gap, Quote, QuoteStatus
from leanib.ib.quotes.service import QuoteService

__all__ = ["Gap", "Quote", "QuoteService", "QuoteStatus"]
