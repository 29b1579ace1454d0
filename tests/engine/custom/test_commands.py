"""Commands become LEAN's links; notifications wait for a live run."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from leanib.engine.algorithm.communication import Communication
from leanib.engine.communication.commands import CallbackCommand, Command
from leanib.engine.communication.signal_exports import VBaseSignalExport
from leanib.errors import NotSupportedError, UsageError


class Buy(Command):
    """Buys."""

    result = False

    def run(self, algorithm):
        algorithm.bought = self.quantity
        return True


class Plain:
    """Says nothing of how it is carried out."""


@pytest.fixture
def algorithm() -> Communication:
    """An algorithm that is not live."""
    made = Communication()
    made._qc_base = made._qc_users = made
    made.live_mode, made.project_id, made.said = False, 7, []
    made.debug = made.said.append
    made._qc_init_communication()
    made.add_command(Buy)
    return made


def test_a_link_carries_the_commands_parameters(algorithm):
    """As .NET encodes them: the members that say something, in order, then the type."""
    command = Buy()
    command.symbols = ["SPY", "A B"]
    command.quantity = 10
    assert algorithm.link(command).endswith(
        "projectId=7&command%5bquantity%5d=10&command%5bsymbols%5d%5b0%5d=SPY&command%5bsymbols%5d%5b1%5d=A+B"
        "&command%5b%24type%5d=Buy"
    )
    assert algorithm.link({"a": {"b": 1}}).endswith("&command%5ba%5d%5bb%5d=1")


def test_a_command_is_carried_out(algorithm):
    """By its class with its parameters, or by on_command when it has none; an unknown parameter is None."""
    assert algorithm.run_command(CallbackCommand("Buy", {"quantity": 3}))
    assert algorithm.bought == 3
    assert algorithm.run_command(CallbackCommand()) is True
    assert Buy().anything is None


def test_a_command_must_say_how_it_runs(algorithm):
    """The error names the class."""
    with pytest.raises(UsageError, match="the command Plain must define run"):
        algorithm.add_command(Plain)


def test_backtests_send_nothing(algorithm):
    """Notifications answer False, broadcasts say once that they are off; live, messages queue up."""
    assert not algorithm.notify.email("a@b.c", "subject", "text")
    algorithm.broadcast_command({})
    algorithm.broadcast_command({})
    assert algorithm.said == ["Warning: sending broadcast commands is disabled in backtesting"]
    algorithm.live_mode = True
    assert algorithm.notify.sms("1", "text")
    assert algorithm.notify.messages[0].recipient == "1"


def test_signals_are_exported_live_only(algorithm):
    """In a backtest it is said once; live, each provider is handed the targets, and LEAN's own refuse."""
    sent = []
    provider = SimpleNamespace(send=lambda parameters: not sent.append(parameters.targets))
    algorithm.signal_export.add_signal_export_provider(provider)
    assert algorithm.signal_export.set_target_portfolio(["a"])
    assert algorithm.signal_export.set_target_portfolio(["b"])
    assert algorithm.said == ["Portfolio targets are only sent in live mode"]
    algorithm.live_mode = True
    assert algorithm.signal_export.set_target_portfolio(["a", "b"])
    assert sent == [["a", "b"]]
    algorithm.signal_export.add_signal_export_providers(VBaseSignalExport("key", "collection"))
    with pytest.raises(NotSupportedError, match="VBaseSignalExport sends from LEAN only"):
        algorithm.signal_export.set_target_portfolio(["a"])
