"""How checks are shown, one a line, by the doctor and by a deployment."""

from __future__ import annotations

from rich.console import Console

from leanib.operations.findings import Finding, Verdict

__all__ = ["show_finding"]

_MARKS = {
    Verdict.OK: "[green]ok[/]     ",
    Verdict.SKIPPED: "[dim]skipped[/]",
    Verdict.WARNING: "[yellow]warning[/]",
    Verdict.ERROR: "[bold red]ERROR[/]  ",
}


def show_finding(console: Console, finding: Finding) -> None:
    """A line, and the remedy below it when there is one."""
    line = f"{_MARKS[finding.verdict]}  [bold]{finding.name:15}[/] {finding.text}"
    console.print(line, highlight=False, soft_wrap=True)
    if finding.remedy:
        console.print(f"         {'':15} -> {finding.remedy}", highlight=False, soft_wrap=True)
