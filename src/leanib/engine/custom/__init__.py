"""Custom data: types that say where they come from, how they are read, and the object store."""

from leanib.engine.custom.dynamic_data import DynamicData, PythonData
from leanib.engine.custom.iconic import (
    IndexedLinkedData,
    IndexedLinkedData2,
    LinkedData,
    NullData,
    UnlinkedData,
    UnlinkedDataTradeBar,
)
from leanib.engine.custom.nasdaq import NasdaqDataLink, PythonQuandl, Quandl
from leanib.engine.custom.object_store import ObjectStore
from leanib.engine.custom.source import FileFormat, SourcedData, SubscriptionDataSource

__all__ = [
    "DynamicData",
    "FileFormat",
    "IndexedLinkedData",
    "IndexedLinkedData2",
    "LinkedData",
    "NasdaqDataLink",
    "NullData",
    "ObjectStore",
    "PythonData",
    "PythonQuandl",
    "Quandl",
    "SourcedData",
    "SubscriptionDataSource",
    "UnlinkedData",
    "UnlinkedDataTradeBar",
]
