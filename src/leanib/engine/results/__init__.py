"""What a run says and leaves behind: samples, messages, LEAN's result files."""

from leanib.engine.results.handler import BacktestingResultHandler
from leanib.engine.results.listener import Listener, SilentListener
from leanib.engine.results.sampler import Sampler

__all__ = ["BacktestingResultHandler", "Listener", "Sampler", "SilentListener"]
