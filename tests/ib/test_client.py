"""ib_async behind one door: nobody but the client reaches into the library."""

from __future__ import annotations

import ast
from pathlib import Path

import leanib.ib

INSIDES = {"wrapper", "conn", "decoder", "ticker2ReqId", "connState", "_readers", "_serverVersion"}


def test_nobody_but_the_client_reaches_into_the_library() -> None:
    """Its insides change from release to release; `client.py` is the one module that may break."""
    folder = Path(leanib.ib.__file__).parent
    found = [
        f"{path.relative_to(folder)}:{node.lineno} {node.attr}"
        for path in sorted(folder.rglob("*.py"))
        if path.name != "client.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in INSIDES
    ]
    assert found == []
