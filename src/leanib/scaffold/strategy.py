"""A strategy's folder: main.py, a test of it, config.json as LEAN has it, and a page."""

from __future__ import annotations

import json
import keyword
import random
import re
from importlib.resources import files
from pathlib import Path
from string import Template

from leanib.errors import UsageError
from leanib.files import write_text

__all__ = ["TEMPLATES", "check_name", "make_strategy"]

TEMPLATES: dict[str, tuple[str, dict[str, str]]] = {
    "daily": ("Owns a stock while it is above its average.", {"days": "100"}),
    "intraday": ("Buys what rises above the range of its first minutes; flat every evening.", {"minutes": "30"}),
    "framework": ("LEAN's framework: universe, alpha, portfolio, risk and execution models.", {"days": "60"}),
    "options": (
        "Covered calls: owns a fund, sells calls on it and rolls them.",
        {"delta": "0.3", "days-to-sell": "30", "days-to-roll": "7"},
    ),
    "futures": (
        "Follows the trend of a future, long or short, from contract to contract.",
        {"fast": "100", "slow": "200", "exposure": "1.0"},
    ),
    "forex": ("Follows the trend of a currency pair, long or short.", {"fast": "48", "slow": "240"}),
    "crypto": ("Owns a coin while its fast average is above its slow one.", {"fast": "10", "slow": "40"}),
}
"""What each template does, and its parameters."""

_NO_LIVE = {
    kind: f"leanib deploy algorithms/{{name}}      # on paper, with LEAN: leanib live trades no {kind}"
    for kind in ("options", "futures")
}
"""What stands in a page instead of `leanib live`, which does not trade what the template trades."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_LONGEST = 100


def check_name(name: str) -> str:
    """A strategy's name, which is its folder's below algorithms/; raises UsageError when it is none."""
    plain = name.removeprefix("algorithms/").rstrip("/")
    if len(name) > _LONGEST or not _NAME.fullmatch(name) or keyword.iskeyword(name):
        shown = name if len(name) <= _LONGEST else f"{name[:20]}... ({len(name)} characters)"
        hint = f"; write {plain}" if plain != name and _NAME.fullmatch(plain) else ""
        why = ", which Python keeps for itself" if keyword.iskeyword(name) else ""
        raise UsageError(
            f"'{shown}' is no name for a strategy{why}: take a letter, then letters, digits, _ and - ({_LONGEST} at "
            f"most); its folder will be algorithms/NAME{hint}"
        )
    return name


def make_strategy(folder: Path, template: str) -> Path:
    """Makes a strategy's folder; nothing that is there is overwritten.

    Args:
        folder: The new folder; its name becomes the class's.
        template: One of `TEMPLATES`.

    Raises:
        UsageError: The name is none, the folder is there, or there is no such template.
    """
    name = check_name(folder.name)
    if template not in TEMPLATES:
        raise UsageError(f"there is no template '{template}'; there are {', '.join(TEMPLATES)}")
    if folder.exists():
        raise UsageError(f"{folder} is there already; choose another name, or remove it first")
    summary, parameters = TEMPLATES[template]
    source = files("leanib.scaffold") / "templates" / template
    test = f"test_{name.replace('-', '_').lower()}.py"  # a name of its own: pytest may know each only once
    for file, target in (("main.py", "main.py"), ("test.py", test)):
        text = (source / f"{file}.txt").read_text(encoding="utf-8")
        write_text(folder / target, Template(text).substitute(class_name=_class_name(name)))
    write_text(folder / "config.json", _config(summary, parameters))
    write_text(folder / "README.md", _page(name, template))
    return folder


def _class_name(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[_-]+", name))


def _config(summary: str, parameters: dict[str, str]) -> str:
    content = {
        "algorithm-language": "Python",
        "parameters": parameters,
        "description": summary,
        "local-id": random.SystemRandom().randrange(100_000_000, 999_999_999),
    }
    return json.dumps(content, indent=4) + "\n"


def _page(name: str, template: str) -> str:
    summary, _ = TEMPLATES[template]
    live = _NO_LIVE.get(template, "leanib live algorithms/{name}        # on the paper account").format(name=name)
    return f"""# {name.replace("_", " ").replace("-", " ").capitalize()}

{summary}

    leanib backtest algorithms/{name}
    pytest algorithms/{name}
    {live}
"""
