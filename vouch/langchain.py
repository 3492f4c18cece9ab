"""Vouch as a LangChain retriever."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from vouch.embedded import Vouch


class VouchRetriever(BaseRetriever):
    """Hits of a collection as LangChain documents; their metadata carries the exact span.

    Attributes
    ----------
    vouch : Vouch
        What to search.
    k : int
        Documents wanted.
    collection : str
        Collection to search.
    """

    vouch: Any
    k: int = 10
    collection: str = "default"

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        assert isinstance(self.vouch, Vouch)
        hits = self.vouch.search(query, self.k, collection=self.collection).hits
        return [
            Document(page_content=hit.text, id=hit.chunk_id, metadata=hit.model_dump(exclude={"text"})) for hit in hits
        ]
