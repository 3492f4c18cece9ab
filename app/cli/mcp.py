"""``vouch mcp``: tools for agents over the Model Context Protocol."""

from __future__ import annotations

from typing import Annotated

import typer


def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="Serve streamable HTTP at /mcp instead of standard input and output.")
    ] = False,
    host: Annotated[str | None, typer.Option(help="Address to bind with --http.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to bind with --http.")] = None,
) -> None:
    """Serve the tools ask, search, run_algorithm and check to an agent; `vouch serve` has them at /mcp too."""
    from app.bootstrap import build

    application = build(flags={"server.host": host, "server.port": port})
    if http:
        from app.api.server import serve

        serve(application, page=False)
        return
    from app.api.heap import bound_kernels
    from app.api.service import Service
    from app.mcp import serve_stdio

    bound_kernels()
    try:
        serve_stdio(Service(application))
    finally:
        application.close()
