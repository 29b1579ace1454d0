"""The algorithm framework: alphas, portfolio construction, execution, risk, selection."""
