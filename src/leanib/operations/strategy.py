"""A strategy on the embedded engine in a container of its own: what the compose service `strategy` runs.

It reads the configuration that `leanib deploy --engine embedded` wrote, trades through the Gateway that it names, and
leaves with 0 when it was told to stop (SIGINT, a command, `quit`), with 143 on SIGTERM (the machine goes down: Docker
and the monitor start it again), with 1 on an error. After an error of the algorithm's own it trades no more in this
deployment, however often it is started: Docker's restart policy cannot tell an error from a kill.

`--check` is the container's health check.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leanib.errors import ConfigurationError, LeanIBError
from leanib.operations.lean_log import LeanLog

if TYPE_CHECKING:
    from leanib.ib import Alert

__all__ = ["health", "main"]

RESULTS = Path("/Results")
_ENDED = "ended-by-an-error"
_TAIL = 1 << 18
_SIGTERM = 143
_SILENT = timedelta(seconds=180)
_STEP = timedelta(seconds=120)


def main(arguments: list[str] | None = None) -> int:
    """Trades, or with `--check` tells whether the one that trades is well; the exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    if words == ["--check"]:
        problem = health(RESULTS, datetime.now(UTC))
        print(problem or "the strategy trades")
        return 1 if problem else 0
    return _trade()


def health(results: Path, now: datetime) -> str:
    """What is wrong, by the last lines of the log; empty when nothing is.

    Args:
        results: The result folder.
        now: Aware.
    """
    try:
        with (results / "log.txt").open("rb") as stream:
            stream.seek(max(0, stream.seek(0, 2) - _TAIL))
            lines = stream.read().decode(errors="replace").splitlines()
    except OSError as error:
        return f"its log cannot be read ({error.strerror})"
    facts = LeanLog().feed(lines)
    if facts.heartbeat_at is None:
        return "it does not trade yet"
    if now - facts.heartbeat_at > _SILENT:
        return f"its loop gave its last sign of life at {facts.heartbeat_at:%H:%M:%S} UTC"
    if facts.step > _STEP:
        return f"its present step has taken {facts.step.total_seconds():.0f} s"
    if facts.lost_at is not None:
        return f"it has been without the Gateway since {facts.lost_at:%H:%M:%S} UTC"
    return ""


def _trade() -> int:
    from leanib import collector
    from leanib.operations.lean_launcher import CONFIG, LeanLog, check_supported, prepare, read_config
    from leanib.operations.lean_live import Surroundings, run_live

    collector.exit_quickly()
    log = LeanLog(sys.stdout)
    try:
        config = read_config(CONFIG)
        environment = check_supported(config)
        results = Path(str(config.get("results-destination-folder") or RESULTS))
        mark = results / _ENDED
        if mark.exists():
            raise ConfigurationError(
                f"it ended with an error of its own and is not started again by itself ({mark.read_text().strip()}): "
                "mend it, then 'leanib redeploy'"
            )
        prepare(config, log)
        with _alerts(environment) as alert:
            around = Surroundings(results, alert, lambda error: _remember(mark, error), _SIGTERM)
            return run_live(config, environment, sys.stdout, around)
    except LeanIBError as error:
        log.line("ERROR", f"Engine.Run(): Algorithm.Initialize() Error: {error}")
        return 1


def _remember(mark: Path, error: BaseException) -> None:
    try:
        mark.write_text(f"{type(error).__name__}: {error}\n", encoding="utf-8")
    except OSError:
        return  # a full disk: Docker's own budget ends the starts


@contextmanager
def _alerts(environment: dict[str, Any]) -> Iterator[Callable[[Alert], object]]:
    """The project's addresses; what waits for the end of quiet hours is kept beside the journal."""
    from leanib.ib.redaction import Redactor
    from leanib.operations.alerts import AlertCenter, AlertPost, AppriseChannel, load_addresses, load_rules

    root, mode = Path("/LeanCLI"), str(environment.get("ib-trading-mode") or "paper")
    addresses = load_addresses(root)
    if not addresses.normal and not addresses.urgent:
        yield lambda _alert: None
        return
    storage = Path(str(environment.get("object-store-root") or "/Storage"))
    center = AlertCenter(
        load_rules(root),
        AppriseChannel(addresses, f"strategy-{mode}"),
        redactor=Redactor([str(environment.get("ib-account") or "")]),
        state=storage / f"alerts-strategy-{mode}.json",
        keeps_outbox=True,
    )
    post = AlertPost(center, lambda text: print(f"warning: {text}", file=sys.stderr))
    try:
        yield post
    finally:
        post.close()


if __name__ == "__main__":
    sys.exit(main())
