"""LEAN algorithms for Interactive Brokers: an embedded engine, IB services and an IB Gateway simulator."""

__version__ = "0.1.0"
