"""The `leanib` command: parses, calls, prints. One command a module, imported when it is asked for."""
