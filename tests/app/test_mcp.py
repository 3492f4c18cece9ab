from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from core.types import Answer, Execution, SearchResult
from tests.app.conftest import NOTES, Build, Serve, wait_until
from tests.app.test_cancellation import SlowModel

STDIO = """
import app.application, app.handbook
from tests.app.conftest import small_handbook
app.application.handbook_items = small_handbook(app.handbook.handbook_items)
from app.cli.main import main
import sys
sys.argv = ["vouch", "mcp"]
main()
"""
Use = Callable[[Client], Awaitable[None]]


def with_client(target: Any, use: Use) -> None:
    async def session() -> None:
        async with Client(target) as client:
            await use(client)

    asyncio.run(asyncio.wait_for(session(), 300))


async def every_tool(client: Client) -> None:
    """What holds over any transport: the tools are there, answer in the shapes of REST, and refuse with a fix."""
    names = {tool.name for tool in (await client.list_tools()).tools}
    assert {"ask", "search", "run_algorithm"} <= names <= {"ask", "search", "run_algorithm", "check"}
    run = await client.call_tool("run_algorithm", {"id": "softmax", "inputs": {"logits": [0, 0]}})
    assert Execution.model_validate(run.structured_content).output == {"probabilities": [0.5, 0.5]}
    found = await client.call_tool("search", {"query": "dropout at inference", "k": 2, "collection": "handbook"})
    assert not found.is_error, found.content
    hits = SearchResult.model_validate(found.structured_content).hits
    assert len(hits) == 2
    assert hits[0].text in found.content[0].text
    asked = await client.call_tool("ask", {"question": "What is the softmax of [0, 0]?"})
    answer = Answer.model_validate(asked.structured_content)
    assert answer.executions[0].output == {"probabilities": [0.5, 0.5]}
    assert asked.content[0].text.startswith(answer.answer)
    for name, arguments in (
        ("ask", {"question": " "}),
        ("ask", {"question": "x" * 20_001}),
        ("search", {"query": "zorb", "collection": "absent"}),
        ("search", {"query": "zorb", "k": 0}),
        ("run_algorithm", {"id": "no-such"}),
        ("run_algorithm", {"id": "softmax", "inputs": {"logits": "none"}}),
    ):
        refused = await client.call_tool(name, arguments)
        assert refused.is_error, (name, arguments)
        assert refused.content[0].text


@pytest.fixture(scope="module")
def home(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("agents")
    application = build(folder)
    application.build_handbook()
    application.close()
    return folder


def test_an_agent_uses_the_tools_over_standard_input_and_output(
    home: Path, handbook_cache: Path, tmp_path: Path
) -> None:
    environment = {
        "VOUCH_HOME": str(home),
        "VOUCH_LLM__BACKEND": "none",
        "XDG_CACHE_HOME": str(handbook_cache),
        "PYTHONPATH": str(Path.cwd()),
        "HF_HUB_OFFLINE": "1",
    }
    parameters = StdioServerParameters(command=sys.executable, args=["-c", STDIO], env=environment, cwd=tmp_path)
    with_client(parameters, every_tool)


def test_an_agent_uses_the_tools_over_http(build: Build, serve: Serve, tmp_path: Path) -> None:
    application = build(tmp_path)
    notes = tmp_path / "zorbs.md"
    notes.write_text(NOTES)
    application.index([str(notes)])

    async def cited(client: Client) -> None:
        await every_tool(client)
        asked = await client.call_tool("ask", {"question": "How many units of flux does a zorb store?", "risk": 1})
        answer = Answer.model_validate(asked.structured_content)
        assert "42 units" in answer.answer
        assert all(NOTES[c.start : c.end] == c.quote for c in answer.citations if c.source == "zorbs.md")
        assert "Sources:\n[1] " in asked.content[0].text

    with serve(application) as address:
        with_client(f"{address}/mcp", cited)


def test_a_call_that_is_given_up_stops_the_generation(build: Build, serve: Serve, tmp_path: Path) -> None:
    model = SlowModel()
    application = build(tmp_path, lambda: model, llm__backend="xllamacpp")

    async def leave(client: Client) -> None:
        call = asyncio.create_task(client.call_tool("ask", {"question": "What is dropout?", "risk": 1}))
        while not model.speaking.is_set():
            await asyncio.sleep(0.05)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    with serve(application) as address:
        with_client(f"{address}/mcp", leave)
        wait_until(model.ended.is_set, 120)


def test_the_gate_stands_before_the_tools(build: Build, tmp_path: Path) -> None:
    from fastapi.testclient import TestClient

    from app.api.server import create_app

    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Accept": "application/json, text/event-stream"}
    with TestClient(create_app(build(tmp_path), page=False), base_url="http://127.0.0.1") as client:
        assert client.post("/mcp", json=body, headers={**headers, "Host": "evil.example"}).status_code == 421
        assert client.post("/mcp", json=body, headers={**headers, "Origin": "http://evil.example"}).status_code == 403
    guarded = build(tmp_path / "guarded", server__keys="required")
    with TestClient(create_app(guarded, page=False), base_url="http://127.0.0.1") as client:
        assert client.post("/mcp", json=body, headers=headers).status_code == 401
