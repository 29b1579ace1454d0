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
from leanib.engine.dotnet.values import (
    Action,
    Array,
    Boolean,
    Console,
    Convert,
    DateTime,
    Double,
    Enum,
    Func,
    Int32,
    Int64,
    Math,
    Object,
    Single,
    String,
    TimeSpan,
)

__all__ = [
    "Action",
    "AggregateException",
    "ArgumentException",
    "ArgumentNullException",
    "ArgumentOutOfRangeException",
    "Array",
    "Boolean",
    "Console",
    "Convert",
    "DateTime",
    "Decimal",
    "Dictionary",
    "Double",
    "Enum",
    "FormatException",
    "Func",
    "HashSet",
    "Int32",
    "Int64",
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
    "Single",
    "String",
    "TimeSpan",
    "TimeoutException",
]
