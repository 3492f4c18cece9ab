"""The tests of the handbook ask the whole of it, whatever other tests of the same process have put in its place."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

import app.application
import app.handbook

CACHE = os.environ.get("XDG_CACHE_HOME")


@pytest.fixture(scope="module", autouse=True)
def whole_handbook() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.application, "handbook_items", app.handbook.handbook_items)
        if CACHE is None:
            patch.delenv("XDG_CACHE_HOME", raising=False)
        else:
            patch.setenv("XDG_CACHE_HOME", CACHE)
        yield
