"""A run and its loop: ports, clock, universes, orders, what is due."""
