"""Draw the figures and write those that changed beside their articles."""

from __future__ import annotations

import sys

from knowledge.figures.drawing import figures, render
from knowledge.handbook import ROOT, articles


def main() -> None:
    """Draw all figures."""
    for slug in figures():
        path = (ROOT / articles()[slug].path).with_suffix(".svg")
        data = render(slug)
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
            sys.stderr.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
