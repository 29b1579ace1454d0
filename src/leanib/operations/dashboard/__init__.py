"""The dashboard: one page on the loopback address for everything that runs.

access       who may speak to it
board        sections, and who is looking
watch        keeps the sections current
panels, usage, curve, timeline, deployments, backtests   the sections
commands     kill switch, cancel all, flatten
server       all of it as one program
"""

from leanib.operations.dashboard.server import Dashboard

__all__ = ["Dashboard"]
