"""Vouch for agents: a Model Context Protocol server with the tools ask, search, run_algorithm and check.

Over standard input and output it belongs to the program that started it. Over HTTP it stands at ``/mcp`` of the REST
server, behind the same gate: host names, origins, keys, rates and sizes are checked there.
"""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field, ValidationError
from starlette.applications import Starlette

from answering.requests import Question
from app.api.admission import stays
from app.api.answering import Answering
from app.api.openai import sources
from app.api.search import SearchRequest
from app.api.service import Service
from core.errors import VouchError
from core.types import Answer, Execution, SearchResult

INSTRUCTIONS = (
    "Vouch answers from the user's documents. Every sentence of an answer cites exact characters of a source, or a run of a "
    "tested implementation. Where the documents do not answer, it says so: do not fill the gap from memory."
)
READS: dict[str, Any] = {"read_only_hint": True, "open_world_hint": False, "destructive_hint": False}
Collection = Annotated[str, Field(description="collection to use")]


def server_of(service: Service) -> MCPServer[Any]:
    """The server over what the routes of REST use; its tools share their slots and limits.

    Parameters
    ----------
    service : Service
        Does the work.
    """
    server: MCPServer[Any] = MCPServer("vouch", title="Vouch", instructions=INSTRUCTIONS, log_level="WARNING")
    notes = ToolAnnotations(**READS)
    server.add_tool(ask_tool(service), name="ask", title="Ask the documents", annotations=notes)
    server.add_tool(search_tool(service), name="search", title="Search the documents", annotations=notes)
    server.add_tool(run_tool(service), name="run_algorithm", title="Run an algorithm", annotations=notes)
    if importlib.util.find_spec("app.api.check") is not None:
        server.add_tool(check_tool(service), name="check", title="Check what documents claim", annotations=notes)
    return server


def ask_tool(service: Service) -> Callable[..., Awaitable[CallToolResult]]:
    """The tool that answers; the generation ends where the call is cancelled."""

    async def ask(
        question: Annotated[str, Field(description="the question, in full")],
        collection: Collection = "default",
        handbook: Annotated[bool, Field(description="let the built-in handbook answer what documents do not")] = True,
        risk: Annotated[float | None, Field(ge=0, le=1, description="accepted share of wrong answers")] = None,
    ) -> Annotated[CallToolResult, Answer]:
        """Answer a question with citations of exact spans and runs; says so where the documents do not answer."""
        async with told():
            wanted = Question(question=question, collection=collection, handbook=handbook, risk=risk)
            await service.light(lambda: service.application.checked_key(wanted))
            answering = await Answering.begin(service, wanted)
            answer = await answering.whole(stays)
        return result(answer.answer + sources(answer), answer)

    return ask


def search_tool(service: Service) -> Callable[..., Awaitable[CallToolResult]]:
    """The tool that finds passages."""

    async def search(
        query: Annotated[str, Field(description="what to look for")],
        k: Annotated[int, Field(ge=1, le=100, description="passages wanted")] = 5,
        collection: Collection = "default",
    ) -> Annotated[CallToolResult, SearchResult]:
        """Passages that a query is about, best first, each with its source and exact span."""
        async with told():
            wanted = SearchRequest(query=query, k=k, collection=collection)
            found = await service.heavy(
                lambda: service.application.search(wanted.query, wanted.k, None, wanted.collection)
            )
        passages = [
            f"{hit.rank}. {' › '.join((hit.source, *hit.heading_path))} [{hit.start}:{hit.end}]\n{hit.text}"
            for hit in found.hits
        ]
        return result("\n\n".join(passages) or "nothing found", found)

    return search


def run_tool(service: Service) -> Callable[..., Awaitable[CallToolResult]]:
    """The tool that runs a reference implementation in the sandbox."""

    async def run_algorithm(
        id: Annotated[str, Field(description="id of the algorithm, such as softmax; search finds them in `handbook`")],
        inputs: Annotated[dict[str, Any] | None, Field(description="missing ones come from the example")] = None,
    ) -> Annotated[CallToolResult, Execution]:
        """Run a tested reference implementation of machine learning, statistics or a puzzle with given numbers."""
        async with told():
            execution = await service.heavy(lambda: service.application.run_algorithm(id, inputs or {}))
        service.metrics.execution(execution.ok)
        return result(execution.model_dump_json(include={"inputs", "output", "error"}), execution, not execution.ok)

    return run_algorithm


def check_tool(service: Service) -> Callable[..., Awaitable[dict[str, Any]]]:
    """The tool that checks claims, by the function behind ``POST /v1/check``."""
    route = importlib.import_module("app.api.check")

    async def check(
        text: Annotated[str | None, Field(description="Markdown to check")] = None,
        document_id: Annotated[str | None, Field(description="a document to check")] = None,
        collection: Annotated[str | None, Field(description="a collection to check")] = None,
    ) -> dict[str, Any]:
        """What a text, a document or a collection (exactly one) claims and is not right, with the proof."""
        async with told():
            wanted = route.CheckRequest(text=text, document_id=document_id, collection=collection)
            report: BaseModel = await service.heavy(lambda: route.checked(service, wanted))
        return report.model_dump(mode="json")

    return check


@asynccontextmanager
async def told() -> AsyncIterator[None]:
    """Tell the agent what is wrong and what to do about it; other failures stay in the log."""
    try:
        yield
    except VouchError as error:
        raise ToolError(str(error)) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ToolError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from error


def result(text: str, whole: BaseModel, failed: bool = False) -> CallToolResult:
    """What an agent reads, and the whole for programs."""
    return CallToolResult(
        content=[TextContent(type="text", text=text)],
        structured_content=whole.model_dump(mode="json"),
        is_error=failed,
    )


def http_app(server: MCPServer[Any]) -> Starlette:
    """The server over streamable HTTP, at ``/mcp``; whoever may pass was decided by the gate before it.

    Results come as events, not as plain JSON: only then does a client that leaves stop the work.
    """
    unguarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    return server.streamable_http_app(transport_security=unguarded)


def serve_stdio(service: Service) -> None:
    """Serve over standard input and output until the other side closes them."""
    server_of(service).run("stdio")
