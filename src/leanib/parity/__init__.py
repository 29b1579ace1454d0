"""Holds the embedded engine against LEAN: LEAN's own regression algorithms, on LEAN's data, with LEAN's answers."""

from leanib.parity.compare import Difference, compare
from leanib.parity.expectations import Expectation, read_expectations
from leanib.parity.ledger import ledger_text
from leanib.parity.runner import Outcome, run_all

__all__ = ["Difference", "Expectation", "Outcome", "compare", "ledger_text", "read_expectations", "run_all"]
