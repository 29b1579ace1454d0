"""Alerts: who hears of what, when, and by which service."""

from __future__ import annotations

from leanib.operations.alerts.book import AlertBook, AlertRules, Delivery
from leanib.operations.alerts.center import AlertCenter, open_alerts
from leanib.operations.alerts.channels import AppriseChannel, Channel, DeadMan
from leanib.operations.alerts.post import AlertPost, posted_alerts
from leanib.operations.alerts.settings import Addresses, load_addresses, load_rules

__all__ = [
    "Addresses",
    "AlertBook",
    "AlertCenter",
    "AlertPost",
    "AlertRules",
    "AppriseChannel",
    "Channel",
    "DeadMan",
    "Delivery",
    "load_addresses",
    "load_rules",
    "open_alerts",
    "posted_alerts",
]
