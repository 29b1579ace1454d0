"""`security.data`: the last data of a security by the name of its type (`Common/Securities/DynamicSecurityData.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List
from leanib.engine.naming import LeanObject
from leanib.engine.securities.cache import SecurityCache
from leanib.engine.securities.user_models import TypedMethod

if TYPE_CHECKING:
    from leanib.engine.securities import Security

__all__ = ["DynamicSecurityData", "RegisteredSecurityDataTypesProvider"]


class RegisteredSecurityDataTypesProvider(LeanObject):
    """The types of data that a run has subscriptions for."""

    def __init__(self) -> None:
        self._types: dict[str, type] = {}

    def register_type(self, data_type: type) -> bool:
        """Makes a type known; whether it was already."""
        name = data_type.__name__.lower()
        known = name in self._types
        if self._types.setdefault(name, data_type) is not data_type:
            raise ValueError(f"two different types of custom data are called {data_type.__name__}; rename one of them")
        return known

    def unregister_type(self, data_type: type) -> bool:
        """Forgets a type; whether it was known."""
        return self._types.pop(data_type.__name__.lower(), None) is not None

    def find_type(self, name: str) -> type | None:
        """The type of that name, or None."""
        return self._types.get(name.lower())


class DynamicSecurityData(LeanObject):
    """Read-only: `data.get(Type)`, `data.get_all(Type)`, `data.has_data(Type)`, or `data.TypeName` for a list."""

    def __init__(self, registered_types: RegisteredSecurityDataTypesProvider, security: Security) -> None:
        self._registered_types = registered_types
        self._security = security

    @property
    def _cache(self) -> SecurityCache:
        cache: SecurityCache = self._security.cache
        return cache

    @TypedMethod
    def has_data(self, data_type: type) -> bool:
        """Whether there has been data of that type."""
        return self._cache.has_data(data_type)

    def has_property(self, name: str) -> bool:
        """Whether there has been data of the type of that name."""
        data_type = self._registered_types.find_type(name)
        return data_type is not None and self._cache.has_data(data_type)

    @TypedMethod
    def get(self, data_type: type) -> Any:
        """The last data point of that type, or None."""
        return self._cache.get_data(data_type)

    @TypedMethod
    def get_all(self, data_type: type) -> List[Any]:
        """The data of that type in the last time step that had any."""
        return self._cache.get_all(data_type)

    def get_property(self, name: str) -> List[Any]:
        """The data of the type of that name."""
        data_type = self._registered_types.find_type(name)
        if data_type is None:
            raise KeyError(f"no data of a type called '{name}' is subscribed to; add it with add_data() first")
        return self._cache.get_all(data_type)

    def __getattr__(self, name: str) -> Any:
        if name[:1] != "_":
            data_type = self._registered_types.find_type(name)
            if data_type is not None:
                return self._cache.get_all(data_type)
        return super().__getattr__(name)
