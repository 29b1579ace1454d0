"""LEAN's door: what exists only because algorithms are written for LEAN. Nothing below it knows it."""
