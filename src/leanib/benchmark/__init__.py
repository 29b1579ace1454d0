"""`leanib benchmark`: how fast the embedded engine is, in figures that can be compared between machines."""
