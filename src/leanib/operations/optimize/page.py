"""The report of a search as one HTML file that opens offline, in the style of the backtests' reports."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from leanib.operations.optimize.blocks import Block
from leanib.operations.optimize.search import Values
from leanib.operations.optimize.space import Parameter, Point, Target
from leanib.operations.optimize.study import Chosen, Findings
from leanib.report import asset, framed_page

__all__ = ["folds_in_words", "optimization_html"]

_MOST_CELLS = 12
"""Columns and rows of a heat map; finer ranges are put together."""
_MOST_MAPS = 10


def optimization_html(findings: Findings, parameters: Sequence[Parameter], targets: Sequence[Target]) -> str:
    """The page's text."""
    plan, best = findings.plan, findings.best
    data = {
        "title": f"{plan.name}: {targets[0].name}",
        "lines": _lines(findings, targets),
        "warning": findings.peak.words if findings.peak is not None and findings.peak.is_lonely else "",
        "names": [one.name for one in parameters],
        "targets": [{"name": one.name, "larger": one.larger} for one in targets],
        "best": dict(best.parameters) if best is not None else None,
        "front": [dict(point.parameters) for point in findings.front],
        "rows": [
            [[point.parameters[one.name] for one in parameters], list(values) if values is not None else None, problem]
            for point, values, problem in findings.rows
        ],
        "maps": _maps(findings, parameters, targets[0]),
        "folds": [_fold(one) for one in findings.folds],
        "foldsNote": folds_in_words(findings, targets[0]),
    }
    return framed_page(str(data["title"]), asset("optimize.html"), data, ("returns.js", "optimize.js"))


def folds_in_words(findings: Findings, target: Target) -> str:
    """What the choices were worth where they had not been looked at; empty without folds."""
    known = [one for one in findings.folds if one.seen is not None and one.unseen is not None]
    if not findings.folds:
        return ""
    if not known:
        return "no fold has a value on the part that was held back"
    seen = sum(one.seen or 0.0 for one in known) / len(known)
    unseen = sum(one.unseen or 0.0 for one in known) / len(known)
    left = len(findings.folds) - len(known)
    lost = f"; {left} of {len(findings.folds)} folds have none" if left else ""
    return f"{target.name} where it was chosen {seen:.4g}, where it was not seen {unseen:.4g}, on average{lost}"


def _lines(findings: Findings, targets: Sequence[Target]) -> list[str]:
    plan = findings.plan
    how = "every point of the grid" if plan.strategy == "grid" else f"{plan.trials} points that TPE chose"
    cut = {"whole": "over the whole period", "walk-forward": f"walk-forward over {plan.folds} blocks"}
    where = cut.get(plan.split, f"purged over {plan.folds} blocks")
    purge = f", {plan.purge} days between them" if plan.split != "whole" and plan.purge else ""
    lines = [f"{how}, {where}{purge}; {len(findings.rows)} points have been tried"]
    if findings.configured is not None:
        figures = ", ".join(f"{one.name} {value:.4g}" for one, value in zip(targets, findings.configured, strict=True))
        lines.append(f"as configured, over the whole period: {figures}")
    if findings.peak is not None and not findings.peak.is_lonely:
        lines.append(findings.peak.words)
    if findings.missing:
        lines.append(f"{findings.missing} of the backtests lacked data that they asked for")
    return lines


def _fold(one: Chosen) -> dict[str, Any]:
    return {
        "train": _span(one.fold.train),
        "test": one.fold.test.text,
        "parameters": dict(one.point.parameters) if one.point is not None else None,
        "seen": one.seen,
        "unseen": one.unseen,
    }


def _span(blocks: Sequence[Block]) -> str:
    return ", ".join(block.text for block in blocks)


def _maps(findings: Findings, parameters: Sequence[Parameter], target: Target) -> list[dict[str, Any]]:
    """A heat map for each pair of parameters; over all others the best of each cell."""
    known = [(point, values) for point, values, _ in findings.rows if values is not None]
    wide = [one for one in parameters if one.count > 1]
    if len(wide) == 1:
        return [_map(known, wide[0], None, target)]
    pairs = itertools.islice(itertools.combinations(wide, 2), _MOST_MAPS)
    return [_map(known, one, other, target) for one, other in pairs]


def _map(
    known: list[tuple[Point, Values]], across: Parameter, down: Parameter | None, target: Target
) -> dict[str, Any]:
    cells: dict[tuple[int, int], list[float]] = {}
    for point, values in known:
        key = (_bin(point, down) if down is not None else 0, _bin(point, across))
        cells.setdefault(key, []).append(values[0])
    choose = max if target.larger else min
    rows = range(_bins(down)) if down is not None else range(1)
    return {
        "across": across.name,
        "down": down.name if down is not None else "",
        "columns": _labels(across),
        "rows": _labels(down) if down is not None else [""],
        "cells": [
            [choose(cells[row, column]) if (row, column) in cells else None for column in range(_bins(across))]
            for row in rows
        ],
        "counts": [[len(cells.get((row, column), ())) for column in range(_bins(across))] for row in rows],
    }


def _width(one: Parameter) -> int:
    """How many values share a cell."""
    return -(-one.count // _MOST_CELLS)


def _bins(one: Parameter) -> int:
    return -(-one.count // _width(one))


def _bin(point: Point, one: Parameter) -> int:
    return one.number_of(point.parameters[one.name]) // _width(one)


def _labels(one: Parameter) -> list[str]:
    width = _width(one)
    labels = []
    for number in range(0, one.count, width):
        last = min(number + width, one.count) - 1
        labels.append(one.value(number) if last == number else f"{one.value(number)} to {one.value(last)}")
    return labels
