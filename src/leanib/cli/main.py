"""The `leanib` command.

Exit codes: 0 success; 1 an error in the user's algorithm (its traceback), or a check that did not pass; 2 bad usage,
configuration or data (one sentence). A command's module is imported when the command is run, so that none pays for the
others' imports.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from leanib import collector
from leanib.cli.plain_values import take_plainly
from leanib.errors import LeanIBError

__all__ = ["main", "script", "subcommands", "summaries"]

EXIT_USAGE = 2
_BRACKET = re.compile(r"(?<!\\)\[(?=[a-zA-Z/#@])")

#: name: module and function, and the line that `leanib --help` shows
_COMMANDS: dict[str, tuple[str, str]] = {
    "new": ("leanib.cli.new:new", "Make a strategy from a template, with a test of its own."),
    "backtest": ("leanib.cli.backtest:backtest", "Run an algorithm on historical data."),
    "live": ("leanib.cli.live:live", "Trade an algorithm live on an IB Gateway; on paper unless told otherwise."),
    "report": ("leanib.cli.report:report", "Make the HTML report of a result file, LEAN's or leanib's."),
    "optimize": ("leanib.cli.optimize:optimize", "Search an algorithm's parameters: a grid or TPE, walk-forward."),
    "research": ("leanib.cli.research:research", "Open a notebook with LEAN's QuantBook."),
    "compare": ("leanib.cli.compare:compare_runs", "Compare two backtests: statistics, orders, equity curves."),
    "parity": ("leanib.cli.parity:parity", "Run LEAN's own regression algorithms and compare with LEAN's answers."),
    "benchmark": ("leanib.cli.benchmark:benchmark", "Measure how fast the embedded engine is on this machine."),
    "data": ("leanib.cli.data:app", "Download, import, convert, list and check market data."),
    "account": ("leanib.cli.account:account", "Show balance, margins, cash, positions, profit and open orders."),
    "connect": ("leanib.cli.connect:connect", "Connect to IB Gateway and keep the connection."),
    "quotes": ("leanib.cli.quotes:quotes", "Show quotes of many symbols, live."),
    "order": ("leanib.cli.order:app", "Place, list, change and cancel orders."),
    "journal": ("leanib.cli.journal:app", "Check, export and recover the order journal."),
    "dashboard": ("leanib.cli.dashboard:dashboard", "Serve a page for everything that runs, on this machine only."),
    "deploy": ("leanib.cli.deploy:deploy", "Check everything and start an algorithm in a container."),
    "status": ("leanib.cli.deployment:status", "Tell how the deployed algorithm is."),
    "logs": ("leanib.cli.deployment:logs", "Print the log of the deployed algorithm."),
    "stop": ("leanib.cli.deployment:stop_lean", "Stop the deployed algorithm; positions and orders stay."),
    "liquidate": ("leanib.cli.deployment:liquidate_all", "Sell everything, then stop the deployed algorithm."),
    "redeploy": ("leanib.cli.deploy:redeploy", "Stop the deployed algorithm, check again, start it anew."),
    "monitor": ("leanib.cli.monitor:app", "Watch the deployed algorithm and its Gateway, and heal them."),
    "alerts": ("leanib.cli.alerts:app", "Try and show where alerts go."),
    "gateway": ("leanib.cli.gateway:app", "Start, stop and look at the Gateway's container."),
    "simulate": ("leanib.cli.simulate:simulate", "Start an IB Gateway that needs no account."),
    "demo": ("leanib.cli.demo:demo", "Walk through everything on the simulator, in under two minutes."),
    "doctor": ("leanib.cli.doctor:doctor", "Walk from Docker to a what-if order and name what is wrong."),
}


def summaries() -> dict[str, str]:
    """The commands, and the line that is shown of each."""
    return {name: summary for name, (_, summary) in _COMMANDS.items()}


def subcommands(name: str) -> list[str]:
    """The commands below a command, such as `check` of `data`; none of most."""
    return list(getattr(get_command(_alone(name)), "commands", {}))


def _app(wanted: str) -> typer.Typer:
    """The application: the command that is wanted as it is, of the others only the names."""
    app = typer.Typer(
        help="LEAN algorithms for Interactive Brokers: backtests with LEAN's numbers, and an IB Gateway's services.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_top)
    for name, (target, summary) in _COMMANDS.items():
        if name == wanted:
            _add(app, name, target)
        else:
            app.command(name, help=summary)(_not_wanted)
    return app


def _alone(name: str) -> typer.Typer:
    """An application that is this command and nothing else, for a script."""
    found = _load(_COMMANDS[name][0])
    if isinstance(found, typer.Typer):
        return found
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(found)
    return app


def _load(target: str) -> Any:
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _add(app: typer.Typer, name: str, target: str) -> None:
    found = _load(target)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    else:
        app.command(name)(found)


def _with_parameters(words: Sequence[str], wanted: str) -> list[str]:
    """`--parameter KEY VALUE`, as the `lean` CLI has it, as one word that Typer can repeat: `KEY=VALUE`.

    Of `optimize`, whose `--parameter` has a smallest and a largest value and a step, it is `KEY=MIN:MAX:STEP`.
    """
    count = 3 if wanted == "optimize" else 1
    result: list[str] = []
    rest = iter(words)
    for word in rest:
        result.append(word)
        if word == "--parameter":
            key = next(rest, None)
            values = [] if key is None or "=" in key else list(itertools.islice(rest, count))
            result += [word for word in (f"{key}={':'.join(values)}" if values else key,) if word is not None]
    return result


def _as_written(command: Any) -> Any:
    """Help shows brackets, such as `[default: 240]`, as they are written; rich would take them for its own markup.

    Its paragraphs flow: rich would break their lines where the source does.
    """
    if command.help:
        command.help = _flowing(command.help)
    for one in (command, *command.params):
        if getattr(one, "help", None):
            one.help = _BRACKET.sub(r"\\[", one.help)
    for below in getattr(command, "commands", {}).values():
        _as_written(below)
    return command


def _flowing(text: str) -> str:
    """Each paragraph as one line; those with lines of their own (indented ones, lists) stay."""
    parts = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(part if re.search(r"\n[ \-*]", part) else part.replace("\n", " ") for part in parts)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version  # with e-mail's modules

        print(f"leanib {version('leanib')}")
        raise typer.Exit


def _top(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """LEAN algorithms for Interactive Brokers: backtests with LEAN's numbers, and an IB Gateway's services."""


def _not_wanted() -> None:
    """Stands for a command that is only listed."""


def script(command: str) -> int:
    """Run a script that is one command, under the script's own name; the exit code."""
    return main(command=command, program=Path(sys.argv[0]).name)


def main(arguments: Sequence[str] | None = None, *, command: str = "", program: str = "leanib") -> int:
    """Run the command line; the exit code.

    Args:
        arguments: What is typed behind the program's name; by default the process's own.
        command: The command that the program is, instead of the first of the arguments.
        program: The program's name, for its help and for what it says no to.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = next((word for word in given if not word.startswith("-")), "")
    words = _with_parameters(given, wanted)
    collector.exit_quickly()
    try:
        with collector.paused():
            app = _alone(command) if command else _app(wanted)
        entry = take_plainly(_as_written(get_command(app)))
        result = entry(args=words, prog_name=program, standalone_mode=False)
    except LeanIBError as error:
        return _fail(str(error))
    except (typer.Abort, KeyboardInterrupt):
        return _fail("stopped", 130)
    except typer.Exit as exit_:
        return int(exit_.exit_code)
    except Exception as error:
        if hasattr(error, "format_message") and hasattr(error, "exit_code"):  # a click usage error
            return _usage(error, f"{program} {wanted}".strip())
        raise
    return result if isinstance(result, int) else 0


def _usage(error: Any, command: str) -> int:
    if getattr(error, "ctx", None) is not None:
        command = error.ctx.command_path
    sentence = error.format_message().rstrip(".")
    joint = " See" if sentence.endswith("?") else "; see"
    return _fail(f"{sentence}{joint} `{command} --help`", int(error.exit_code))


def _fail(sentence: str, code: int = EXIT_USAGE) -> int:
    print(f"leanib: {sentence}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
