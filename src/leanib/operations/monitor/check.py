"""Does the monitor live? Asked by a container's health check, by a timer beside it, and by a person.

The timer is the second of two watchers over the watcher: the first is the dead man's switch at a service outside
(LEANIB_DEAD_MAN_URL), which also notices a machine that is gone. It uses the urgent addresses, a channel of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from leanib.errors import ConfigurationError
from leanib.ib.alerts import Severity
from leanib.operations.alerts import Addresses, AppriseChannel, Delivery, load_addresses
from leanib.operations.monitor.memory import Heartbeat
from leanib.private_files import write_private
from leanib.project import OPERATIONS

__all__ = ["Life", "check", "tell_of_death"]

_KEY = "monitor-dead"


@dataclass(frozen=True)
class Life:
    """Whether the monitor lives, and in words."""

    lives: bool
    text: str


def check(root: Path, mode: str, now: datetime) -> Life:
    """By its heartbeat."""
    beat = Heartbeat.read(root, mode)
    if beat is None:
        return Life(False, f"no monitor has watched the {mode} account yet ('leanib monitor')")
    age = int((now - beat.at).total_seconds())
    if not beat.is_fresh(now):
        return Life(False, f"the monitor of the {mode} account gave its last heartbeat {age} s ago: nobody watches")
    return Life(True, f"the monitor of the {mode} account lives ({beat.status or beat.phase}, {age} s ago)")


def tell_of_death(root: Path, mode: str, life: Life) -> None:
    """One message when it is found dead, one when it lives again; to the urgent addresses, else the normal ones.

    Raises:
        ConfigurationError: There is no address to tell.
    """
    file = root / OPERATIONS / f"monitor-{mode}.dead"
    if life.lives != file.is_file():
        return
    addresses = load_addresses(root)
    if not addresses.urgent and not addresses.normal:
        raise ConfigurationError(
            "there is no address: put Apprise addresses into secrets/alerts (chmod 600), or into LEANIB_ALERT_URLS"
        )
    channel = AppriseChannel(Addresses(normal=addresses.urgent or addresses.normal), mode)
    kind, severity = ("resolved", Severity.INFORMATION) if life.lives else ("raised", Severity.CRITICAL)
    text = life.text if life.lives else f"{life.text}: 'systemctl status leanib-monitor', or 'leanib monitor up'"
    if not channel.send(Delivery(datetime.now(UTC), kind, severity, _KEY, text)):
        return  # the next run of the timer tries again
    if life.lives:
        file.unlink(missing_ok=True)
    else:
        write_private(file, life.text + "\n")
