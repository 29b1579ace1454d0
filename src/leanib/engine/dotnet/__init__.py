"""What algorithms use of .NET's `System` namespaces."""

from __future__ import annotations

from decimal import Decimal

from leanib.engine.dotnet.collections import Dictionary, HashSet, List, Queue
from leanib.engine.dotnet.exceptions import (
    AggregateException,
    ArgumentException,
    ArgumentNullException,
    ArgumentOutOfRangeException,
    FormatException,
    InvalidOperationException,
    KeyNotFoundException,
    NotImplementedException,
    NotSupportedException,
    NullReferenceException,
    RegressionTestException,
    TimeoutException,
)
from leanib.engine.dotnet.random_numbers import Random
from leanib.engine.dotnet.values import Action, Array, Console, DateTime, Func, Math, Object, String, TimeSpan

__all__ = [
    "Action",
    "AggregateException",
    "ArgumentException",
    "ArgumentNullException",
    "ArgumentOutOfRangeException",
    "Array",
    "Console",
    "DateTime",
    "Decimal",
    "Dictionary",
    "FormatException",
    "Func",
    "HashSet",
    "InvalidOperationException",
    "KeyNotFoundException",
    "List",
    "Math",
    "NotImplementedException",
    "NotSupportedException",
    "NullReferenceException",
    "Object",
    "Queue",
    "Random",
    "RegressionTestException",
    "String",
    "TimeSpan",
    "TimeoutException",
]
