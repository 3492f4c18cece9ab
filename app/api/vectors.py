"""``/v1/embeddings`` in OpenAI's shape and ``/v1/rerank`` in that of Jina and Cohere."""

from __future__ import annotations

import base64
from typing import Any, Literal

import numpy as np
from fastapi import APIRouter, Request
from pydantic import Field

from app.api.openai import MODEL, Foreign, check_model
from app.api.service import ServiceOf
from core.errors import InputError

router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"])


class EmbeddingsRequest(Foreign):
    """Texts to embed; `input_type` says whether they are queries, as Cohere has it."""

    model: str = MODEL
    input: str | tuple[str, ...]
    encoding_format: Literal["float", "base64"] = "float"
    input_type: Literal["document", "query", "search_document", "search_query"] = "document"


class EmbeddingsResponse(Foreign):
    """Vectors in the order of the input."""

    object: Literal["list"] = "list"
    data: tuple[dict[str, Any], ...]
    model: str = MODEL
    usage: dict[str, int]


class RerankRequest(Foreign):
    """Documents to put in order; each a string or an object with ``text``."""

    model: str = MODEL
    query: str = Field(min_length=1, max_length=20_000)
    documents: tuple[str | dict[str, Any], ...] = Field(min_length=1, max_length=1000)
    top_n: int | None = Field(None, ge=1)
    return_documents: bool = False


class RerankResponse(Foreign):
    """Documents by relevance, best first; `index` is their place in the request."""

    model: str = MODEL
    results: tuple[dict[str, Any], ...]
    usage: dict[str, int]


@router.post("/embeddings")
async def embeddings(request: Request, body: EmbeddingsRequest, service: ServiceOf) -> EmbeddingsResponse:
    """Sentence vectors of texts, L2-normalised; a text longer than the encoder reads is refused, never cut."""
    check_model(body.model)
    texts = [body.input] if isinstance(body.input, str) else list(body.input)
    if not texts or not all(text.strip() for text in texts):
        raise InputError("`input` holds an empty text", fix="send texts that say something")
    encoder = service.application.encoder

    def work() -> tuple[list[np.ndarray[Any, Any]], int]:
        if "query" in body.input_type:
            encodings = [encoder.encode_query(text) for text in texts]
        else:
            encodings = encoder.encode_documents(texts)
        return [encoding.sentence for encoding in encodings], sum(encoder.count_tokens(texts))

    vectors, tokens = await service.heavy(work, request.is_disconnected)
    data = tuple(
        {"object": "embedding", "index": index, "embedding": written(vector, body.encoding_format)}
        for index, vector in enumerate(vectors)
    )
    return EmbeddingsResponse(data=data, usage={"prompt_tokens": tokens, "total_tokens": tokens})


def written(vector: np.ndarray[Any, Any], form: str) -> list[float] | str:
    """A vector as numbers, or as base64 of little-endian float32.

    Examples
    --------
    >>> written(np.array([0.5], dtype=np.float32), "base64")
    'AAAAPw=='
    """
    if form == "base64":
        return base64.b64encode(vector.astype("<f4").tobytes()).decode()
    return [float(value) for value in vector]


@router.post("/rerank")
async def rerank(request: Request, body: RerankRequest, service: ServiceOf) -> RerankResponse:
    """Put documents in order by the cross-encoder, or by late interaction where the profile has none."""
    check_model(body.model)
    texts = [text_of(document) for document in body.documents]
    application = service.application

    def work() -> tuple[list[float], int]:
        return application.rank_texts(body.query, texts), sum(application.encoder.count_tokens([body.query, *texts]))

    scores, tokens = await service.heavy(work, request.is_disconnected)
    order = sorted(range(len(texts)), key=lambda index: (-scores[index], index))[: body.top_n]
    results: list[dict[str, Any]] = [{"index": index, "relevance_score": scores[index]} for index in order]
    if body.return_documents:
        for result in results:
            result["document"] = {"text": texts[result["index"]]}
    return RerankResponse(results=tuple(results), usage={"total_tokens": tokens})


def text_of(document: str | dict[str, Any]) -> str:
    """Text of a document in either of its shapes.

    Raises
    ------
    InputError
        If an object has no text.
    """
    text = document if isinstance(document, str) else document.get("text")
    if not isinstance(text, str):
        raise InputError("a document is no text", fix='send strings or objects {"text": "…"}')
    return text
