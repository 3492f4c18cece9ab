"""``python -m app.api.schema`` writes the API's schema to ``docs/openapi.json``; a test holds the file in step."""

from __future__ import annotations

import json
from pathlib import Path

FILE = Path("docs/openapi.json")


def schema() -> str:
    """The schema as it is kept: indented, keys in order."""
    from app.api.server import create_app
    from app.bootstrap import build
    from app.configuration import configure

    application = build(configure(environment={}, folder=Path("/nonexistent")))
    return (
        json.dumps(create_app(application, page=False).openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    )


def main() -> None:
    """Write the file."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
