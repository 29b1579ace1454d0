"""What `lean.json` and a project's files say."""

from leanib.engine.configuration.settings import Configuration, find_lean_json, load_configuration, parse_json

__all__ = ["Configuration", "find_lean_json", "load_configuration", "parse_json"]
