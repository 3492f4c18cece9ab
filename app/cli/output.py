"""Printing for people and for programs: one JSON document on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel

from core.errors import VouchError


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def plain(value: Any) -> Any:
    """Models as dictionaries, tuples as lists.

    Examples
    --------
    >>> plain({"a": (1, 2)})
    {'a': [1, 2]}
    """
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def say(text: str = "") -> None:
    """A line on standard output."""
    sys.stdout.write(text + "\n")


@contextmanager
def errors_to_exit_codes() -> Iterator[None]:
    """Print an error of ours as one line with its fix and leave with its exit code."""
    try:
        yield
    except VouchError as error:
        sys.stderr.write(f"error: {error.message}\nfix: {error.fix}\n")
        raise SystemExit(error.exit_code) from error
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; what was committed is kept, run the same command again to go on\n")
        raise SystemExit(1) from None
