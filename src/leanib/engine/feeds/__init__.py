"""Streams of data: files decoded whole, filled forward, in market hours; and history."""
