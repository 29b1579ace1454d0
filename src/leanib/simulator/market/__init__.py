"""The simulated market: instruments, sessions, prices, and what flows to subscribers."""
