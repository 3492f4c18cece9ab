"""A progress bar on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from core.protocols import Progress


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar that follows the calls made to it; silent where standard error is no terminal."""
    from tqdm import tqdm

    bar = tqdm(desc=label, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False)

    def advance(done: int, total: int, what: str) -> None:
        bar.total = total
        bar.n = done
        bar.set_postfix_str(what[-40:], refresh=False)
        bar.refresh()

    try:
        yield advance
    finally:
        bar.close()
