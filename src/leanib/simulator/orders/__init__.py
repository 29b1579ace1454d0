"""Orders: validation, matching, groups, life cycle, executions."""
