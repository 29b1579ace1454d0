"""The search for parameters: `leanib optimize`, and the grid behind the `lean` CLI's `optimize`.

space     parameters, points, targets, constraints
blocks    how the period is cut, so that what was chosen is tried on what was not seen
trial     one backtest, in whatever process
book      the search on disk
search    grid and TPE, and running what they need
workers   processes of this machine, or a Dask cluster
peak      whether the best stands alone
study     the whole search
page      its report
"""
