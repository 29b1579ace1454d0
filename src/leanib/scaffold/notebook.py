"""A notebook to begin with."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from leanib.files import write_text

__all__ = ["make_notebook"]


def make_notebook(folder: Path) -> Path:
    """Writes research.ipynb: the first steps with `QuantBook`, not yet run. Its path."""
    text = (files("leanib.scaffold") / "templates" / "research.py.txt").read_text(encoding="utf-8")
    cells = [_cell(part) for part in text.split("# %%")[1:]]
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    path = folder / "research.ipynb"
    write_text(path, json.dumps(notebook, indent=1) + "\n")
    return path


def _cell(part: str) -> dict[str, object]:
    kind, _, text = part.partition("\n")
    lines = text.strip().splitlines(keepends=True)
    if "[markdown]" in kind:
        return {"cell_type": "markdown", "metadata": {}, "source": [line.removeprefix("# ") for line in lines]}
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": lines}
