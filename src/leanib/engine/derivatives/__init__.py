"""Options and futures: contracts, expiries, chains, filters, prices, margins, strategies.

One room a subject, named after LEAN's. What the engine does not use yet is named in `docs/DESIGN.md`.
"""
