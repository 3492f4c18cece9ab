"""A property that is built when it is first needed, once, whichever thread asks first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class built_once(Generic[T]):  # noqa: N801  (used as a decorator, like `property`)
    """Like `functools.cached_property`, under the owner's ``build_lock``.

    Without the lock two requests that arrive first would each load the models.

    Examples
    --------
    >>> import threading
    >>> class Owner:
    ...     build_lock = threading.RLock()
    ...     @built_once
    ...     def part(self) -> list[int]:
    ...         return []
    >>> owner = Owner()
    >>> owner.part is owner.part
    True
    """

    def __init__(self, build: Callable[[Any], T]) -> None:
        self._build = build
        self._name = build.__name__
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> built_once[T]: ...
    @overload
    def __get__(self, owner: object, kind: type) -> T: ...
    def __get__(self, owner: Any, kind: type) -> Any:
        if owner is None:
            return self
        with owner.build_lock:
            if self._name not in owner.__dict__:
                owner.__dict__[self._name] = self._build(owner)
            return owner.__dict__[self._name]
