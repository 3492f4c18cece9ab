"""The public Python API, thin and lazy.

Examples
--------
>>> import vouch
>>> vouch.Vouch.__name__
'Vouch'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vouch.client import Client
    from vouch.embedded import Vouch
    from vouch.langchain import VouchAssistant, VouchRetriever

__all__ = ["Client", "Vouch", "VouchAssistant", "VouchRetriever"]
_HOMES = {
    "Client": "vouch.client",
    "Vouch": "vouch.embedded",
    "VouchAssistant": "vouch.langchain",
    "VouchRetriever": "vouch.langchain",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used.

    Raises
    ------
    AttributeError
        If there is no such name.
    """
    if name not in _HOMES:
        raise AttributeError(f"module 'vouch' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
