"""Running an algorithm: the data feed, the clock, the loop, orders, results."""
