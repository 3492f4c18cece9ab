"""Any LangChain chat model, named as ``init_chat_model`` has it (``openai:gpt-4.1``, ``ollama:qwen3``) or handed in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.errors import BackendUnavailable, MissingDependency, SettingsError
from core.protocols import Prompt
from core.settings import LLMSettings
from models.llm.base import StreamingModel, messages

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


class LangChainChat(StreamingModel):
    """Streams a LangChain chat model; closing the stream closes the model's.

    Parameters
    ----------
    model : BaseChatModel
        Takes ``temperature`` and ``max_tokens`` with each call where it knows them.
    name : str
        Shown in answers.
    """

    def __init__(self, model: BaseChatModel, name: str) -> None:
        self._model = model
        self._name = name

    @property
    def name(self) -> str:
        """The name that was given."""
        return self._name

    def _pieces(self, prompt: Prompt, max_tokens: int, temperature: float) -> Iterator[str]:
        options: dict[str, Any] = {"temperature": temperature, "max_tokens": max_tokens}
        try:
            for chunk in self._model.stream(messages(prompt), **options):
                yield chunk.text
        except GeneratorExit:
            raise
        except Exception as error:  # each provider has an error tree of its own
            raise BackendUnavailable(
                f"{self._name} failed: {type(error).__name__}: {error}", fix="check `llm.model` and the provider's key"
            ) from error


def langchain_chat(settings: LLMSettings) -> LangChainChat:
    """The chat model that `settings` name.

    Raises
    ------
    SettingsError
        If the name is missing or no provider has it.
    MissingDependency
        If the provider's package is not installed.
    """
    if not settings.model:
        raise SettingsError("llm.backend is langchain without a model", fix='set `llm.model`, as "provider:name"')
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"timeout": settings.timeout_seconds}
    if settings.base_url:
        options["base_url"] = settings.base_url
    if settings.api_key.get_secret_value():
        options["api_key"] = settings.api_key.get_secret_value()
    try:
        return LangChainChat(init_chat_model(settings.model, **options), settings.model)
    except ImportError as error:
        raise MissingDependency(f"{settings.model}: {error}", fix="install the package that is named") from error
    except ValueError as error:
        raise SettingsError(
            f"llm.model {settings.model!r}: {error}", fix='name it as "provider:name", and set its key'
        ) from error
