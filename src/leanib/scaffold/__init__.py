"""What `leanib new` makes: a strategy from a template, and outside of a project what a project needs.

strategy   a strategy's folder
project    lean.json, limits, the Gateway's compose files, data
"""

from __future__ import annotations

from leanib.scaffold.project import make_project
from leanib.scaffold.strategy import TEMPLATES, check_name, make_strategy

__all__ = ["TEMPLATES", "check_name", "make_project", "make_strategy"]
