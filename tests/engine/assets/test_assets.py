"""What depends on the kind of a security stands in `leanib.engine.assets`, and nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import leanib.engine
from leanib.engine.assets import ASSETS, asset_of
from leanib.engine.enums import SecurityType

_ENGINE = Path(leanib.engine.__file__).parent
_MAY_COMPARE = ("assets/", "enums.py")


def _names_a_type(node: ast.AST, constants: frozenset[str]) -> bool:
    """Whether an expression names a member of SecurityType, itself or through a constant of the module."""
    return any(
        (isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "SecurityType")
        or (isinstance(part, ast.Name) and part.id in constants)
        for part in ast.walk(node)
    )


def _constants(tree: ast.Module) -> frozenset[str]:
    """Names that stand for one type or for a tuple or set of types; tables by type are no comparisons."""
    found: set[str] = set()
    for node in tree.body:
        table = isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict | ast.DictComp)
        if isinstance(node, ast.Assign) and not table and _names_a_type(node.value, frozenset(found)):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return frozenset(found)


def _comparisons(text: str) -> Iterator[int]:
    """The lines on which a security type is compared."""
    tree = ast.parse(text)
    constants = _constants(tree)
    for node in ast.walk(tree):
        compared = isinstance(node, ast.Compare) and any(
            _names_a_type(part, constants) for part in (node.left, *node.comparators)
        )
        matched = isinstance(node, ast.MatchValue) and _names_a_type(node.value, constants)
        asked = isinstance(node, ast.Attribute) and node.attr == "is_option" and _ends_in_a_type(node.value)
        if compared or matched or asked:
            yield node.lineno


def _ends_in_a_type(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("security_type", "type")


def test_only_assets_compare_security_types() -> None:
    """Whoever else wants to know what a kind of security does asks its asset."""
    found = [
        f"{path.relative_to(_ENGINE)}:{line}"
        for path in sorted(_ENGINE.rglob("*.py"))
        if not path.relative_to(_ENGINE).as_posix().startswith(_MAY_COMPARE)
        for line in _comparisons(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "ask the asset (`symbol.asset`, `asset_of(kind)`) instead"


def test_a_comparison_is_found_in_every_spelling() -> None:
    """The check above sees identity, equality, membership, patterns, constants and `is_option`."""
    for text in (
        "x = kind is SecurityType.EQUITY",
        "x = SecurityType.EQUITY == kind",
        "x = kind in (SecurityType.FOREX, SecurityType.CFD)",
        "_PAIRS = (SecurityType.FOREX,)\nx = kind in _PAIRS",
        "_FOREX = SecurityType.FOREX\nx = kind is _FOREX",
        "match kind:\n    case SecurityType.FOREX:\n        pass",
        "x = symbol.security_type.is_option()",
    ):
        assert list(_comparisons(text)), text
    for text in ("x = Symbol.create('SPY', SecurityType.EQUITY, 'usa')", "x = {SecurityType.CFD: 10}.get(kind)"):
        assert not list(_comparisons(text)), text


def test_every_security_type_has_one_asset() -> None:
    """The registry names each kind of LEAN's once."""
    assert set(ASSETS) == set(SecurityType)
    assert all(asset_of(kind).kind is kind for kind in SecurityType)


def test_options_and_what_they_are_on_know_each_other() -> None:
    """An option's underlying kind has that option as its option kind."""
    options = [asset for asset in ASSETS.values() if asset.is_option]
    assert len(options) == 3
    for asset in options:
        assert asset.underlying_kind is not None
        assert asset_of(asset.underlying_kind).option_kind is asset.kind
