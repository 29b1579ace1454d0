"""`self.notify`, `self.signal_export`, and the commands that a live algorithm is sent (`Algorithm/QCAlgorithm.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.communication.commands import CallbackCommand, link, payload_of
from leanib.engine.communication.notifications import NotificationManager
from leanib.engine.communication.signal_exports import SignalExportManager
from leanib.errors import UsageError

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["Communication"]


class Communication(AlgorithmPart):
    """The part of QCAlgorithm that talks to people and is talked to."""

    if TYPE_CHECKING:
        live_mode: bool
        project_id: int

        def debug(self, message: str) -> None:
            """Tell the user."""

    def _qc_init_communication(self) -> None:
        self.notify = NotificationManager(lambda: self.live_mode)
        self.signal_export = SignalExportManager(cast("QCAlgorithm", self))
        self._qc_commands: dict[str, type[Any]] = {}
        self._qc_told_about_broadcasts = False

    def add_command(self, type: type[Any]) -> None:
        """Take commands of a class, which has a method `run(algorithm)`."""
        if not callable(getattr(type, "run", None)):
            raise UsageError(f"the command {type.__name__} must define run(self, algorithm)")
        self._qc_commands[type.__name__] = type

    def run_command(self, command: CallbackCommand) -> bool | None:
        """Carry out a command: of a class that was added, or else by `on_command`."""
        kind = self._qc_commands.get(command.type)
        if kind is None:
            return self._qc_base.on_command(command)
        instance = kind()
        for name, value in command.payload.items():
            setattr(instance, name, value)
        done: bool | None = instance.run(self._qc_users)
        return done

    def on_command(self, data: object) -> bool | None:
        """A command without a class: override to carry it out."""
        return True

    def link(self, command: object) -> str:
        """The address at QuantConnect that sends a command to this project, live there."""
        name = type(command).__name__
        return link(self.project_id, payload_of(command), name if name in self._qc_commands else None)

    def broadcast_command(self, command: object) -> None:
        """Send a command to all live projects: not in a backtest."""
        if not self._qc_told_about_broadcasts:
            self._qc_told_about_broadcasts = True
            self._qc_base.debug("Warning: sending broadcast commands is disabled in backtesting")
