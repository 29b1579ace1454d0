"""Live trading: the loop of a backtest with the wall clock, IB's ticks and IB's orders behind its ports.

Three threads: the main one waits for signals and says what is to be done, one carries the connection to IB, one runs
the algorithm. All of the algorithm's code, its order events included, runs on its own thread, so nothing of it is
concurrent; the connection's thread never runs it, so it cannot hold up ticks or orders.
"""
