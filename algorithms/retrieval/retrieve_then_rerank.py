r"""Two-stage retrieve-then-rerank lets a cheap retriever pick k candidates and an expensive model order only those.

$$\text{passes} = N + q + q\,k \qquad \text{recall}_{\text{final}} \le \text{recall@}k \text{ of the first stage}$$

**Intuition.** The bi-encoder is fast because documents are encoded in advance; the cross-encoder is precise because it
reads query and document together. Run the second on the few documents the first could not separate.

**When to use it.** In almost every search or question answering system whose answer quality matters more than 100 ms.

**Cost.** A million documents, a hundred queries and $k = 100$ need 1,010,100 passes, against $10^8$ when all pairs are
scored jointly.

**Pitfalls.** The reranker cannot bring back what the first stage missed: measure recall@k of the first stage before
tuning anything behind it. A larger $k$ costs linearly, and beyond some point weak rerankers promote plausible but wrong
documents. Do not mix the scores of both stages without calibration. Evaluate the final list with nDCG or MRR, the first
stage with recall.

**References.** Nogueira et al., *Multi-Stage Document Ranking with BERT*, arXiv:1910.14424. Lin, Nogueira and Yates,
*Pretrained Transformers for Text Ranking*, arXiv:2010.06467.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Count, Name
from algorithms.registry import Output, algorithm
from algorithms.retrieval.bi_encoder_retrieval import embed
from algorithms.retrieval.cross_encoder_reranking import joint_score
from algorithms.retrieval.inverted_index_search import Passages, TopK


@algorithm(
    id="retrieve-then-rerank",
    name="Two-stage retrieve-then-rerank",
    aliases=("two-stage retrieval", "reranking pipeline", "retrieve and rerank", "candidate reranking"),
    example={
        "query": "dog bites man",
        "documents": [
            "man bites dog",
            "dog bites man",
            "the man walks the dog",
            "stock prices fall",
            "bites of a dog and what a man can do",
        ],
        "relevant": [1],
        "candidates": 3,
        "n_documents": 1_000_000,
        "n_queries": 100,
        "rerank_depth": 100,
    },
)
def retrieve_then_rerank(
    query: Name,
    documents: Passages,
    relevant: Annotated[list[Annotated[int, Field(ge=0, le=63)]], Field(max_length=64)],
    candidates: TopK = 3,
    n_documents: Count = 1_000_000,
    n_queries: Count = 100,
    rerank_depth: Count = 100,
) -> Output:
    """Retrieve candidates with hashed embeddings and rerank them with a joint scorer.

    Parameters
    ----------
    query : str
        The question.
    documents : list of str
        The collection.
    relevant : list of int
        Numbers of the documents that answer the query; may be empty.
    candidates : int
        How many documents the first stage passes on.
    n_documents : int
        Number N of documents whose cost is counted.
    n_queries : int
        Number q of queries whose cost is counted.
    rerank_depth : int
        Candidates k a query whose cost is counted.

    Returns
    -------
    dict
        ``first_stage`` and ``ranking``, the candidates before and after reranking; ``first_stage_scores`` and
        ``rerank_scores`` in those orders; ``recall_at_k`` of the first stage (1 if nothing is relevant), the cap of the
        second; ``passes`` = N + q + q k; ``all_pairs_passes`` = N q.

    Raises
    ------
    ValueError
        If a relevant number names no document.

    Examples
    --------
    >>> r = retrieve_then_rerank("dog bites man", ["man bites dog", "cat", "dog bites man"], relevant=[2], candidates=2)
    >>> r["first_stage"].tolist(), r["ranking"], r["passes"]
    ([0, 2], [2, 0], 1010100)
    """
    if relevant and max(relevant) >= len(documents):
        raise ValueError(f"relevant names document {max(relevant)}, but there are only {len(documents)}")
    cosine = embed(documents) @ embed([query])[0]  # (N,)
    cosine = cosine.round(12)  # texts of the same words differ in the last bit only; keep them tied
    first = np.argsort(-cosine, kind="stable")[:candidates]  # (k,)
    scored = sorted(((joint_score(query, documents[i]), -rank) for rank, i in enumerate(first)), reverse=True)
    wanted = set(relevant)
    return {
        "first_stage": first,
        "first_stage_scores": cosine[first],
        "ranking": [int(first[-rank]) for _, rank in scored],
        "rerank_scores": [score for score, _ in scored],
        "recall_at_k": len(wanted & set(first.tolist())) / len(wanted) if wanted else 1.0,
        "passes": n_documents + n_queries + n_queries * rerank_depth,
        "all_pairs_passes": n_documents * n_queries,
    }
