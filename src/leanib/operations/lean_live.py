"""Live trading behind LEAN's container contract: what `lean live deploy` starts in our image.

The configuration's environment says which Gateway and account (`ib-host`, `ib-port`, `ib-account`, `ib-trading-mode`);
order journal and state lie in the object store's folder, /Storage, which is the project's storage/. The limits come
from `leanib-risk` (`lean live deploy --extra-config leanib-risk '{"max_order_value": 10000}'`, or lean.json), else from
the strategy's own config/paper.toml. LEAN's lines are written where LEAN writes them, on the console and in `log.txt`
beside the results, since that is what people, the CLI and the monitor go by. Commands are files in the working folder.
The same runs as a compose service, without the CLI (`leanib.operations.strategy`), with other surroundings.
"""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from leanib.errors import ConfigurationError, LeanIBError
from leanib.ib.redaction import mask_account
from leanib.operations.tracebacks import user_traceback

if TYPE_CHECKING:
    from leanib.ib import Alert

__all__ = ["LiveLog", "Surroundings", "run_live"]

_PROJECT = Path("/LeanCLI")
_HEARTBEAT = timedelta(minutes=1)
_RISK = "leanib-risk"
_JOURNAL = "leanib-journal"
"""The order journal's name in the object store's folder, where it is not `orders-<mode>.sqlite3`."""
_WORDS = {"debug": "Debug: ", "log": "Log: ", "error": "Error: "}


class LiveLog:
    """LEAN's log: the console's form, and that of `log.txt`; a `Listener`. A full disk loses lines of the file only.

    Args:
        out: The console.
        file: log.txt.
    """

    def __init__(self, out: TextIO, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._out = out
        self._file = file.open("a", encoding="utf-8", buffering=1)
        self._lock = threading.Lock()
        self._beat_at = datetime(1970, 1, 1, tzinfo=UTC)

    def line(self, level: str, text: str) -> None:
        """One line."""
        now = datetime.now(UTC)
        with self._lock:
            self._out.write(f"{now:%Y%m%d %H:%M:%S}.{now.microsecond // 1000:03} {level}:: {text}\n")
            self._out.flush()
            try:
                self._file.write(f"{now:%Y-%m-%dT%H:%M:%S.%f}0Z {level}:: {text}\n")
            except OSError:
                return

    def trace(self, text: str) -> None:
        """A line of the engine."""
        self.line("TRACE", text)

    def message(self, kind: str, text: str) -> None:
        """A message of the algorithm."""
        if kind == "runtime-error":
            self.line("ERROR", f"Engine.Run(): Runtime Error: {text}")
        else:
            self.line("ERROR" if kind == "error" else "TRACE", _WORDS.get(kind, "") + text)

    def progress(self, fraction: float, utc_time: datetime, data_points: int) -> None:
        """Progress is not logged."""

    def beat(self, busy: timedelta) -> None:
        """A sign of the loop's life, once a minute: how long its present step has taken."""
        now = datetime.now(UTC)
        if now - self._beat_at >= _HEARTBEAT:
            self._beat_at = now
            minutes, seconds = divmod(busy.total_seconds(), 60)
            self.trace(
                f"Isolator.ExecuteWithTimeLimit(): Used: 0, Sample: 0, App: 0, CurrentTimeStepElapsed: "
                f"{int(minutes):02}:{seconds:06.3f}. CPU: 0%"
            )


@dataclass(frozen=True)
class Surroundings:
    """What differs between the CLI's container and the service's.

    Attributes:
        commands: Where command files are looked for; None: in the working folder, as the CLI leaves them there.
        alert: Who hears of alerts besides the log; they hold no secret.
        failed: Told of what forbids another start: an error of the algorithm or of its configuration.
        sigterm: The exit status of a run that SIGTERM ended in order; a shutdown of the machine sends it.
    """

    commands: Path | None = None
    alert: Callable[[Alert], object] = lambda _alert: None
    failed: Callable[[BaseException], object] = lambda _error: None
    sigterm: int = 0


def run_live(
    config: Mapping[str, Any], environment: Mapping[str, Any], out: TextIO, around: Surroundings | None = None
) -> int:
    """Trades until it is stopped; 0 when that was in order."""
    from leanib.engine.live.runner import LiveRunner, StepTooLong
    from leanib.ib import ConnectionFailed, NotReady, RequestTimedOut

    around = around or Surroundings()
    results = Path(config.get("results-destination-folder") or "/Results")
    log = LiveLog(out, results / "log.txt")
    log.trace("Engine.Main(): LEAN ALGORITHMIC TRADING ENGINE v0 (the embedded engine of leanib)")
    try:
        storage = Path(config.get("object-store-root") or "/Storage")
        settings = _settings(environment, storage)
        job = _job(config, environment, results, storage, log)
        job.command_folder = around.commands or Path.cwd()
        job.alert = _alerts(log, around)
        log.trace(
            f"InteractiveBrokersBrokerage.InteractiveBrokersBrokerage(): Host: {settings.host}, Port: {settings.port}, "
            f"Account: {mask_account(settings.account)}, AgentDescription: Individual"
        )
        runner = LiveRunner(Path(config["algorithm-location"]), job, settings, tell=log.trace, look=log.beat)
        outcome = runner.run()
    except (ConnectionFailed, NotReady, RequestTimedOut) as error:
        log.line("ERROR", f"Engine.Run(): Error connecting to brokerage: {error}")
        return _exit(log, 1)
    except LeanIBError as error:
        around.failed(error)
        cause = "Runtime Error: " if isinstance(error, StepTooLong) else "Algorithm.Initialize() Error: "
        log.line("ERROR", f"Engine.Run(): {cause}{error}")
        return _exit(log, 1)
    except Exception as error:  # of the algorithm's own file
        around.failed(error)
        log.line("ERROR", f"Engine.Run(): Algorithm.Initialize() Error: {_traceback(error)}")
        return _exit(log, 1)
    if outcome.error is not None:
        around.failed(outcome.error)
        log.line("ERROR", f"Engine.Run(): {_traceback(outcome.error)}")
    if outcome.error is not None or not outcome.complete:
        return _exit(log, 1)
    return _exit(log, around.sigterm if runner.signal == signal.SIGTERM else 0)


def _alerts(log: LiveLog, around: Surroundings) -> Callable[[Alert], None]:
    def tell(alert: Alert) -> None:
        log.line("ERROR", f"{alert.key}: {alert.text}")
        around.alert(alert)

    return tell


def _exit(log: LiveLog, status: int) -> int:
    log.trace("Program.Main(): Exiting Lean...")
    return status


def _settings(environment: Mapping[str, Any], storage: Path) -> Any:
    """Where the Gateway is, whose account, and what may be sent."""
    from leanib.ib import load_settings

    mode = str(environment.get("ib-trading-mode") or "paper").lower()
    if mode not in ("paper", "live"):
        raise ConfigurationError(f'"ib-trading-mode" is {mode!r}; it must be paper or live')
    account = str(environment.get("ib-account") or "")
    if not account:
        raise ConfigurationError('"ib-account" is empty: set the account\'s id in lean.json, or give --ib-account')
    port = environment.get("ib-port")
    if not str(port or "").isdigit():
        raise ConfigurationError(f'"ib-port" is {port!r}; it must be the port of the Gateway\'s API')
    given: dict[str, Any] = {"host": str(environment.get("ib-host") or "127.0.0.1"), "account": account}
    given["paper_port" if mode == "paper" else "live_port"] = int(str(port))
    given["orders"] = {"journal": storage / str(environment.get(_JOURNAL) or f"orders-{mode}.sqlite3")}
    given["log_file"] = storage / "ib_connection.log"
    if environment.get(_RISK):
        given["risk"] = _object(_RISK, environment[_RISK])
    if str(environment.get("ib-enable-delayed-streaming-data")).lower() == "true":
        given["quotes"] = {"market_data_type": "delayed"}
    project = _PROJECT if _PROJECT.is_dir() else Path.cwd()
    return load_settings("live" if mode == "live" else "paper", project, **given)


def _job(
    config: Mapping[str, Any], environment: Mapping[str, Any], results: Path, storage: Path, log: LiveLog
) -> Any:
    from leanib.engine.live.job import LiveJob

    parameters = _object("parameters", config.get("parameters") or {})
    name = str(config.get("project-name") or _local_id() or config.get("algorithm-id") or "live")
    return LiveJob(
        Path(config.get("data-folder") or "/Lean/Data"),
        name=f"{name}-{environment.get('ib-trading-mode') or 'paper'}",
        algorithm_id=str(config.get("algorithm-id") or "L-3000000000"),
        state_folder=storage,
        destination=results,
        parameters={str(key): str(value) for key, value in parameters.items()},
        object_store_root=storage,
        listener=log,
        trace=log.trace,
        on_launch=_connected(log),
    )


def _local_id() -> str:
    """The number that the CLI gave the project, the same at each deployment: state is kept under it."""
    try:
        found = json.loads((_PROJECT / "config.json").read_text(encoding="utf-8")).get("local-id")
    except (OSError, ValueError, AttributeError):
        return ""
    return f"project-{found}" if found else ""


def _connected(log: LiveLog) -> Callable[[], object]:
    return lambda: log.trace("InteractiveBrokersBrokerage.HandleNextValidID(): IB next valid id received.")


def _object(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise ConfigurationError(f'"{name}" is not valid JSON ({error})') from None
    if not isinstance(value, dict):
        raise ConfigurationError(f'"{name}" must be an object of names and values')
    return value


def _traceback(error: BaseException) -> str:
    return f"{error}\n{user_traceback(error)}"
