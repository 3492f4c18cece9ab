"""A real, small Vouch for the tests of the edge: the bundled encoder, no language model, a handbook of four articles."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient

import app.application
import app.handbook
from app.api.server import create_app
from app.application import Application
from app.bootstrap import get_chunker
from app.configuration import configure
from core.protocols import Encoder, LanguageModel, Reader
from core.settings import EncoderSettings, LLMSettings
from models.encoders import get_encoder
from models.llm import get_language_model

BASE = "http://127.0.0.1"
ARTICLES = (
    "handbook/articles/regularization/dropout.md",
    "handbook/articles/neural-networks/softmax.md",
    "handbook/articles/attention/attention-scaling.md",
    "handbook/algorithms/activations/softmax",
)
NOTES = """# Zorbs

## What is a zorb?

A zorb is a small blue widget that stores exactly 42 units of flux. Zorbs were first built in 1987.

## How do zorbs fail?

A zorb fails when its flux leaks <b>through</b> the casing, which takes about seven years.
"""
Build = Callable[..., Application]
Serve = Callable[[Application], AbstractContextManager[str]]


def small_handbook(items: Callable[[], list[Any]]) -> Callable[[], list[Any]]:
    return lambda: [item for item in items() if item.source in ARTICLES]


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return get_encoder(EncoderSettings())


CACHE: list[Path] = []


def cache_folder(factory: pytest.TempPathFactory) -> Path:
    """One folder for this process: modules that import the fixture below have one of their own, which sets the same variable."""
    if not CACHE:
        CACHE.append(factory.mktemp("cache"))
    return CACHE[0]


@pytest.fixture(scope="session", autouse=True)
def handbook_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = cache_folder(tmp_path_factory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        patch.setattr(app.application, "handbook_items", small_handbook(app.handbook.handbook_items))
        yield folder


@pytest.fixture(scope="session")
def reader() -> Reader:
    from models.rerankers.reader import BundledReader

    return BundledReader()


@pytest.fixture(scope="session")
def build(encoder: Encoder, reader: Reader) -> Build:
    def make(home: Path, model: Callable[[], LanguageModel | None] | None = None, **flags: Any) -> Application:
        names = {"llm.backend": "none", **{name.replace("__", "."): value for name, value in flags.items()}}
        chosen = configure(names, environment={"VOUCH_HOME": str(home)}, folder=home)
        return Application(
            chosen.settings,
            chosen.home,
            encoder=lambda: encoder,
            chunker=lambda fitted: get_chunker(chosen.settings, fitted),
            reranker=lambda: None,
            reader=lambda: reader,
            language_model=model or (lambda: get_language_model(LLMSettings(backend="none"))),
        )

    return make


@contextmanager
def client_of(application: Application, **options: Any) -> Iterator[TestClient]:
    with TestClient(create_app(application, page=False), base_url=BASE, **options) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200, 240)
        yield client


def answers(url: str) -> bool:
    """Whether a server answers with 200; a loaded machine may take its time."""
    try:
        return httpx.get(url, timeout=30).status_code == 200
    except httpx.TransportError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def finished(client: TestClient | httpx.Client, job: str) -> dict[str, Any]:
    state: dict[str, Any] = {}

    def ended() -> bool:
        state.update(client.get(f"/v1/jobs/{job}").json())
        return state["state"] not in {"queued", "running"}

    wait_until(ended)
    return state


def upload(client: TestClient | httpx.Client, *files: tuple[str, str | bytes], collection: str = "default") -> Any:
    parts = [("file", (name, data)) for name, data in files]
    response = client.post("/v1/documents", files=parts, data={"collection": collection})
    assert response.status_code == 202, response.text
    return finished(client, response.json()["job_id"])


@pytest.fixture(scope="session")
def client(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A ready server whose default collection holds the notes; tests leave it as they find it."""
    with client_of(build(tmp_path_factory.mktemp("home"))) as client:
        upload(client, ("zorbs.md", NOTES))
        yield client


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Serves an application over a real socket, which a client can leave."""
    return served


@contextmanager
def served(application: Application) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(application, page=False), log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        address = f"{BASE}:{listener.getsockname()[1]}"
        wait_until(lambda: server.started)
        wait_until(lambda: answers(f"{address}/readyz"), 240)
        yield address
    finally:
        server.should_exit = True
        thread.join(120)
        listener.close()
