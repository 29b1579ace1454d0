"""An algorithm in Docker on the shared Gateway: checked, started, looked at, stopped.

In LEAN's container through the unmodified `lean` CLI, or on the embedded engine as a compose service.
"""

from __future__ import annotations

from leanib.operations.deploy.control import DeploymentStatus, liquidate, look, stop
from leanib.operations.deploy.deployer import DEFAULT_IMAGES, find_target, make_plan, plan_again, record_start
from leanib.operations.deploy.launch import DeployFailed, launch, wait_until_trading
from leanib.operations.deploy.plan import DeployPlan
from leanib.operations.deploy.preflight import Preflight
from leanib.operations.deploy.record import Deployment, Engine, load_deployment, only_deployment, save_deployment

__all__ = [
    "DEFAULT_IMAGES",
    "DeployFailed",
    "DeployPlan",
    "Deployment",
    "DeploymentStatus",
    "Engine",
    "Preflight",
    "find_target",
    "launch",
    "liquidate",
    "load_deployment",
    "look",
    "make_plan",
    "only_deployment",
    "plan_again",
    "record_start",
    "save_deployment",
    "stop",
    "wait_until_trading",
]
