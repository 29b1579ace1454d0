"""Accounts: cash, positions, commissions, margin, values and PnL, all in exact decimals."""
