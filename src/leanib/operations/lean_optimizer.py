"""`lean optimize` on the embedded engine: a grid of parameters, each point a backtest in a process of its own.

The CLI mounts two configurations: the optimizer's in the working directory and the engine's in LEAN's launcher folder.
Results go to `<results>/<backtest id>/`; the CLI finds the best one by a line in `<results>/log.txt`
(`Optimizer/LeanOptimizer.cs`).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from leanib.errors import ConfigurationError, NotSupportedError
from leanib.operations.lean_launcher import CONFIG, LeanLog, read_config
from leanib.operations.optimize.space import OPERATORS, Constraint, Point, grid, value_at

__all__ = ["optimize"]

_ENGINE_CONFIG = Path("/Lean/Launcher/bin/Debug/config.json")
_DEADLINE = 24 * 3600.0


def optimize(*, estimate: bool, engine_config: Path = _ENGINE_CONFIG) -> int:
    """Runs the grid; 0 when at least one backtest met the constraints. With `estimate` only counts the backtests.

    Raises:
        ConfigurationError: The optimizer's configuration is wrong.
        NotSupportedError: It asks for another strategy than the grid.
    """
    config, engine = read_config(CONFIG), read_config(engine_config)
    points = list(grid(_parameters(config)))
    folder = Path(config.get("results-destination-folder") or "/Results")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log.txt").open("a", encoding="utf-8") as copy:
        log = LeanLog(sys.stdout, copy)
        if estimate:
            log.line("TRACE", f"Optimization estimate: {len(points)}")
            return 0
        _check_strategy(config)
        results = _run_all(points, engine, folder, int(config.get("maximum-concurrent-backtests") or 1), log)
        return _tell_best(config, results, log)


def _check_strategy(config: Mapping[str, Any]) -> None:
    strategy = str(config.get("optimization-strategy") or "GridSearch")
    if "GridSearch" not in strategy:
        name = strategy.rsplit(".", 1)[-1]
        raise NotSupportedError(f'this image optimizes on a grid (--strategy "Grid Search"), not with {name}')


def _parameters(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    parameters = config.get("parameters") or []
    if not parameters:
        raise ConfigurationError("the optimizer's configuration names no parameters")
    return list(parameters)


Results = list[tuple[Point, Mapping[str, Any] | None]]


def _run_all(points: list[Point], engine: Mapping[str, Any], folder: Path, at_once: int, log: LeanLog) -> Results:
    with ThreadPoolExecutor(max_workers=max(1, at_once)) as pool:
        return list(zip(points, pool.map(lambda point: _run(point, engine, folder, log), points), strict=True))


def _run(point: Point, engine: Mapping[str, Any], folder: Path, log: LeanLog) -> Mapping[str, Any] | None:
    destination = folder / point.backtest_id
    destination.mkdir(parents=True, exist_ok=True)
    config = {
        **engine,
        "parameters": {**(engine.get("parameters") or {}), **point.parameters},
        "algorithm-id": point.backtest_id,
        "results-destination-folder": str(destination),
        "debugging": False,
    }
    with tempfile.TemporaryDirectory() as work, (destination / "log.txt").open("w", encoding="utf-8") as output:
        (Path(work) / CONFIG).write_text(json.dumps(config), encoding="utf-8")
        command = [sys.executable, "-m", "leanib.operations.lean_launcher"]
        done = subprocess.run(  # noqa: S603 - ourselves
            command, cwd=work, stdout=output, stderr=subprocess.STDOUT, timeout=_DEADLINE, check=False
        )
    result = destination / f"{point.backtest_id}.json"
    if done.returncode or not result.is_file():
        log.line("ERROR", f"backtest '{point.backtest_id}' ({point.text}) failed; see {destination / 'log.txt'}")
        return None
    log.line("TRACE", f"backtest '{point.backtest_id}' ({point.text}) completed")
    content: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return content


def _tell_best(config: Mapping[str, Any], results: Results, log: LeanLog) -> int:
    criterion = config.get("optimization-criterion") or {}
    target = str(criterion.get("target") or "Statistics.Sharpe Ratio")
    constraints = [_constraint(entry) for entry in config.get("constraints") or []]
    scored = [
        (value, point)
        for point, result in results
        if result is not None
        and (value := value_at(result, target)) is not None
        and all(constraint.holds(result) for constraint in constraints)
    ]
    if not scored:
        log.line("ERROR", f"LeanOptimizer.Run(): no backtest has a result for {target} within the constraints")
        return 1
    choose = min if str(criterion.get("extremum") or "max").lower().startswith("min") else max
    value, best = choose(scored, key=lambda entry: entry[0])
    log.line(
        "TRACE",
        f"LeanOptimizer.TriggerOnEndEvent(): Optimization has ended. Result for {target}: was reached using "
        f"ParameterSet: ({best.text}) backtestId '{best.backtest_id}'. Value: {value:g}",
    )
    return 0


def _constraint(entry: Mapping[str, Any]) -> Constraint:
    operator = str(entry.get("operator"))
    operator = operator[:1].lower() + operator[1:]
    if operator not in OPERATORS:
        raise ConfigurationError(f"constraint on '{entry.get('target')}': unknown operator '{entry.get('operator')}'")
    bound = entry.get("target-value", entry.get("targetValue"))
    return Constraint(str(entry.get("target")), operator, float(bound or 0))
