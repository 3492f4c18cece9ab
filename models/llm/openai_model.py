"""Any OpenAI-compatible endpoint: vLLM, Ollama, llama-server and the like."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from core.errors import BackendUnavailable, SettingsError
from core.protocols import Prompt
from core.settings import LLMSettings
from models.llm.base import StreamingModel, messages


class OpenAIModel(StreamingModel):
    """Streams ``/chat/completions`` of `base_url`.

    Parameters
    ----------
    settings : LLMSettings
        `base_url` (with its ``/v1``) and `model` are required.
    """

    def __init__(self, settings: LLMSettings) -> None:
        if not settings.base_url or not settings.model:
            raise SettingsError("llm.backend is openai without an endpoint", fix="set `llm.base_url` and `llm.model`")
        self._url = settings.base_url.rstrip("/") + "/chat/completions"
        self._model = settings.model
        self._key = settings.api_key.get_secret_value()
        self._timeout = settings.timeout_seconds

    @property
    def name(self) -> str:
        """The model asked for."""
        return self._model

    def _pieces(self, prompt: Prompt, max_tokens: int, temperature: float) -> Iterator[str]:
        import httpx

        body: dict[str, Any] = {
            "model": self._model,
            "messages": messages(prompt),
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": 0,
            "stream": True,
        }
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            with httpx.stream("POST", self._url, json=body, headers=headers, timeout=self._timeout) as response:
                if response.status_code != 200:
                    response.read()
                    raise BackendUnavailable(
                        f"{self._model}: {self._url} answered {response.status_code}: {response.text[:200]}",
                        fix="check `llm.base_url`, `llm.model` and `llm.api_key`",
                    )
                for line in response.iter_lines():
                    if line.startswith("data:") and line[5:].strip() != "[DONE]":
                        yield from delta(json.loads(line[5:]))
        except (httpx.HTTPError, json.JSONDecodeError) as error:
            raise BackendUnavailable(
                f"{self._model}: {self._url} did not answer: {error}", fix="start the endpoint, or set `llm.base_url`"
            ) from error


def delta(event: dict[str, Any]) -> Iterator[str]:
    """Text of one streamed event.

    Examples
    --------
    >>> list(delta({"choices": [{"delta": {"content": "hi"}}]}))
    ['hi']
    """
    for choice in event.get("choices", ()):
        text = choice.get("delta", {}).get("content")
        if text:
            yield text
