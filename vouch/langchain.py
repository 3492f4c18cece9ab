"""Vouch for LangChain: a retriever, and an assistant that any chain takes as its chat model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from langchain_core.callbacks import CallbackManagerForLLMRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.base import LangSmithParams
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from core.errors import InputError
from core.types import Answer, Turn
from vouch.client import Client
from vouch.embedded import Vouch

ROLES = {"human": "user", "ai": "assistant"}


class VouchRetriever(BaseRetriever):
    """Hits of a collection as LangChain documents; their metadata carries the exact span.

    Attributes
    ----------
    vouch : Vouch or Client
        What to search.
    k : int
        Documents wanted; ``invoke(query, k=3)`` overrides it.
    collection : str
        Collection to search.
    """

    vouch: Vouch | Client
    k: int = Field(10, ge=1, le=1000)
    collection: str = "default"

    model_config = ConfigDict(arbitrary_types_allowed=True)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        hits = self.vouch.search(query, self.k if k is None else k, collection=self.collection).hits
        return [
            Document(page_content=hit.text, id=hit.chunk_id, metadata=hit.model_dump(exclude={"text"})) for hit in hits
        ]


class VouchAssistant(BaseChatModel):
    """Answers the last message; the earlier ones are its history and those of the system are not read.

    The message carries the whole answer (citations, runs, warnings) as ``response_metadata["vouch"]``.

    Attributes
    ----------
    vouch : Vouch
        What to ask.
    options : dict
        Other fields of the request, such as ``{"collection": "notes", "risk": 0.05}``.
    """

    vouch: Vouch
    options: dict[str, Any] = Field(default_factory=dict)

    model_config = ConfigDict(arbitrary_types_allowed=True)

    @property
    def _llm_type(self) -> str:
        return "vouch"

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        """What traces call the model."""
        named = {"ls_provider": "vouch", "ls_model_name": kwargs.get("model", "vouch")}
        return super()._get_ls_params(stop=stop, **kwargs) | cast(LangSmithParams, named)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        question, history = conversation(messages)
        answer = self.vouch.ask(question, history, **self.options)
        message = AIMessage(answer.answer, response_metadata=metadata(answer))
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        question, history = conversation(messages)
        for event in self.vouch.stream(question, history, **self.options):
            if event.kind == "token":
                chunk = ChatGenerationChunk(message=AIMessageChunk(content=event.data))
                if run_manager is not None:
                    run_manager.on_llm_new_token(event.data, chunk=chunk)
                yield chunk
            elif event.kind == "done":
                yield ChatGenerationChunk(message=AIMessageChunk(content="", response_metadata=metadata(event.data)))


def metadata(answer: Answer) -> dict[str, Any]:
    """The whole answer beside its text."""
    return {"vouch": answer.model_dump(mode="json")}


def conversation(messages: Sequence[BaseMessage]) -> tuple[str, list[Turn]]:
    """The question and the turns before it.

    Raises
    ------
    InputError
        If the last message is not a person's.

    Examples
    --------
    >>> from langchain_core.messages import HumanMessage
    >>> conversation([HumanMessage("Why?")])
    ('Why?', [])
    """
    turns = [Turn(role=ROLES[m.type], content=m.text) for m in messages if m.type in ROLES and m.text.strip()]
    if not turns or turns[-1].role != "user":
        raise InputError("the last message is no question", fix="end the messages with a HumanMessage")
    return turns[-1].content, turns[:-1]
