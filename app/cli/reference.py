"""``python -m app.cli.reference`` writes the help of every command to ``docs/cli.md``; a test holds the file in step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = Path("docs/cli.md")
COLUMNS = 100


def reference() -> str:
    """The help of every command, as Markdown."""
    import typer.main

    from app.cli.main import app

    parts = ["# Command line\n"]
    for path, text in pages(typer.main.get_command(app), "vouch"):
        parts.append(f"## {path}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def pages(command: Any, path: str, parent: Any = None) -> Iterator[tuple[str, str]]:
    """Each command's path and help, from the outermost."""
    context = command.make_context(path.rsplit(" ", 1)[-1], ["--help"], parent=parent, resilient_parsing=True)
    context.terminal_width = context.max_content_width = COLUMNS
    lines = command.get_help(context).splitlines()
    yield path, "\n".join(line.rstrip() for line in lines)
    for name, inner in getattr(command, "commands", {}).items():
        yield from pages(inner, f"{path} {name}", context)


def main() -> None:
    """Write the file."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
