"""The embedded engine, live, as the compose service `strategy` (or `strategy-live`).

The container sees a private copy of the code, the data, the results' folder, `storage/` with the order journal and the
strategy's state, and the user's folder in which programs tell each other what they send. Docker starts it again when it
was killed, which doubles nothing: the journal knows what was sent, and a run that ended by its own error refuses.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from leanib.engine.configuration import load_configuration
from leanib.errors import ConfigurationError
from leanib.ib.settings import IBSettings, load_settings
from leanib.operations.compose import Compose
from leanib.operations.deploy.plan import DeployPlan
from leanib.operations.deploy.release import make_release, sweep_releases
from leanib.operations.gateway import docker_client, ensure_network, environment_of
from leanib.private_files import write_private
from leanib.project import OPERATIONS

__all__ = ["ENGINE_IMAGE", "launch_embedded", "sell_and_stop"]

ENGINE_IMAGE = "leanib/engine"


def launch_embedded(plan: DeployPlan) -> None:
    """Makes the copy and starts the service; returns when the container is there.

    Raises:
        ConfigurationError: A file is wrong, or the order journal lies where the container would not see it.
        ComposeError: Compose failed.
    """
    settings = load_settings(plan.mode, plan.root, account=plan.account)
    _check_journal(plan, settings)
    sweep_releases(plan.root, plan.container)
    release = make_release(plan, settings.orders.journal.name)
    for folder in (plan.root / plan.output, plan.root / OPERATIONS, settings.state_folder):
        folder.mkdir(parents=True, exist_ok=True)
    ensure_network(docker_client())
    compose = Compose(plan.root, _variables(plan, settings, release))
    compose.run("--profile", "strategy", "up", "-d", plan.service)


def sell_and_stop(folder: Path, number: int) -> None:
    """Leaves commands for the algorithm in its result folder, where it looks about once a second.

    Both are carried out in one step, so that the algorithm buys nothing between them. The answer to the first will be
    `result-command-<number>.json`.
    """
    form = "QuantConnect.Commands.{}, QuantConnect.Common"
    sell = {"$type": form.format("LiquidateCommand"), "Id": str(number)}
    end = {"$type": form.format("AlgorithmStatusCommand"), "Status": "Stopped"}
    write_private(folder / f"command-{number}.json", json.dumps([sell, end]))


def _check_journal(plan: DeployPlan, settings: IBSettings) -> None:
    if settings.orders.journal.parent.resolve() != (plan.root / "storage").resolve():
        raise ConfigurationError(
            f"the order journal is {settings.orders.journal}, which the container would not see: leave [orders] "
            f"journal in config/{plan.mode}.toml at storage/orders-{plan.mode}.sqlite3, or start the strategy with "
            "'leanib live'"
        )


def _variables(plan: DeployPlan, settings: IBSettings, release: Path) -> dict[str, str]:
    data = load_configuration(plan.root / plan.project).data_folder()
    zone: Any = environment_of(plan.root).get("TIME_ZONE")
    return {
        "LEANIB_ENGINE_IMAGE": plan.image,
        "LEANIB_STRATEGY": plan.container,
        "LEANIB_RELEASE": str(release),
        "LEANIB_DATA": str(data),
        "LEANIB_STORAGE": str(plan.root / "storage"),
        "LEANIB_RESULTS": str(plan.root / plan.output),
        "LEANIB_STATE": str(settings.state_folder),
        "LEANIB_USER": f"{os.getuid()}:{os.getgid()}",
        **({"TIME_ZONE": zone} if zone else {}),
    }
