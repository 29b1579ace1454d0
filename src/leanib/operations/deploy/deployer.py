"""`leanib deploy` from the first check to an algorithm that trades; the same for a redeployment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leanib.engine.lean.algorithm_file import find_algorithm_file
from leanib.errors import ConfigurationError, UsageError
from leanib.ib.settings import CLIENT_IDS, IBSettings
from leanib.operations.deploy.git_state import GitState
from leanib.operations.deploy.plan import DeployPlan, read_lean_json
from leanib.operations.deploy.record import Deployment, Engine, load_deployment, save_deployment
from leanib.operations.gateway import Gateway, environment_of, gateway_name
from leanib.operations.lean_backtest import lean_root
from leanib.operations.probe import probe

__all__ = ["DEFAULT_IMAGES", "Target", "find_target", "make_plan", "plan_again", "record_start"]

DEFAULT_IMAGES: dict[Engine, str] = {"lean": "quantconnect/lean:latest", "embedded": "leanib/engine"}
_SIMULATOR_PORT = 4004
_UNKNOWN_ACCOUNT = "(the account of the login)"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Target:
    """Where LEAN's container finds the Gateway.

    Attributes:
        service: The compose service; empty when the Gateway runs elsewhere.
    """

    host: str
    port: int
    service: str


def find_target(root: Path, settings: IBSettings, ib_host: str = "", ib_port: int = 0) -> Target:
    """The Gateway as LEAN sees it: as given, else the compose service that runs, else `IB_HOST` when it is elsewhere.

    Raises:
        UsageError: Only one of host and port is given.
        ConfigurationError: The Gateway's image is unknown, so nobody knows its port.
    """
    if bool(ib_host) != bool(ib_port):
        raise UsageError("give --ib-host and --ib-port together, as LEAN's container sees your Gateway")
    if ib_host:
        return Target(ib_host, ib_port, "")
    if settings.host not in _LOOPBACK:
        return Target(settings.host, settings.port, "")
    name = gateway_name(environment_of(root))
    if _simulator_runs(root):
        return Target(name, _SIMULATOR_PORT, "simulator")
    return Target(name, _inside_port(root, settings), "ib-gateway")


def _simulator_runs(root: Path) -> bool:
    return Gateway(root, simulator=True).status().state == "running" and Gateway(root).status().state != "running"


def _inside_port(root: Path, settings: IBSettings) -> int:
    gateway = Gateway(root)
    name = "IB_GATEWAY_PAPER_PORT" if settings.mode == "paper" else "IB_GATEWAY_LIVE_PORT"
    given = gateway.environment.get(name)
    if given:
        return int(given)
    if gateway.family is None:
        raise ConfigurationError(
            f"the image '{gateway.image}' is not in config/gateway-images.toml: add it there, or set {name} in .env"
        )
    return gateway.family.paper if settings.mode == "paper" else gateway.family.live


def make_plan(
    path: Path, settings: IBSettings, image: str, target: Target, engine: Engine = "lean"
) -> tuple[DeployPlan, str]:
    """The plan for a project folder, and the account's id as far as it is known.

    Raises:
        UsageError: There is no algorithm, or it lies below no lean.json.
    """
    file = find_algorithm_file(path).absolute()
    project = file.parent
    root = lean_root(project)
    relative = project.relative_to(root).as_posix()
    if relative == ".":
        raise UsageError(f"{path} is the folder of lean.json; give an algorithm's own folder, algorithms/NAME")
    account = settings.account or _only_account(settings)
    chosen = _image(root, project, image) if engine == "lean" else image or DEFAULT_IMAGES["embedded"]
    return _plan(root, relative, settings.mode, account, target, chosen, engine), account


def plan_again(root: Path, deployment: Deployment) -> DeployPlan:
    """The plan for starting the same deployment again, under a new name and into a new result folder."""
    host, _, port = deployment.gateway.rpartition(":")
    target = Target(host, int(port), deployment.service)
    return _plan(root, deployment.project, deployment.mode, deployment.account, target, deployment.image,
                 deployment.engine)  # fmt: skip


def _plan(
    root: Path, project: str, mode: Any, account: str, target: Target, image: str, engine: Engine
) -> DeployPlan:
    now = datetime.now()
    stamp = f"{now:%Y-%m-%d_%H-%M-%S}"
    prefix = "lean_cli" if engine == "lean" else "leanib"
    name = f"{prefix}_{Path(project).name[:30]}_{mode}_{now:%Y%m%d%H%M%S}"
    return DeployPlan(
        root, project, mode, account or _UNKNOWN_ACCOUNT, target.host, target.port, image, name,
        f"{project}/live/{stamp}", engine,
    )  # fmt: skip


def _only_account(settings: IBSettings) -> str:
    found = probe(settings.host, settings.port, client_id=CLIENT_IDS["deploy"][0], timeout=5.0)
    return found.accounts[0] if len(found.accounts) == 1 else ""


def _image(root: Path, project: Path, given: str) -> str:
    """As given, else the project's `engine-image`, else lean.json's, else the official one."""
    if given:
        return given
    try:
        own = json.loads((project / "config.json").read_text(encoding="utf-8")).get("engine-image", "")
    except (OSError, ValueError, AttributeError):
        own = ""
    return str(own or read_lean_json(root).get("engine-image") or DEFAULT_IMAGES["lean"])


def record_start(
    plan: DeployPlan, target: Target, git: GitState | None, *, before: Deployment | None = None
) -> Deployment:
    """Writes down, before the container is started, what is to run."""
    previous = before or load_deployment(plan.root, plan.mode)
    state = git or GitState(previous.commit if previous else "", previous.changed if previous else ())
    deployment = Deployment(
        project=plan.project,
        mode=plan.mode,
        account=plan.account,
        image=plan.image,
        container=plan.container,
        output=plan.output,
        gateway=f"{target.host}:{target.port}",
        service=target.service,
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        generation=(previous.generation if previous else 0) + 1,
        commit=state.commit,
        changed=state.changed,
        engine=plan.engine,
    )
    save_deployment(plan.root, deployment)
    return deployment
