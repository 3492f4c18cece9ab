r"""Cross-encoder reranking feeds query and document together through one encoder and reads a single relevance score.

$$s(q, d) = w^\top \text{Encoder}\big(\texttt{[CLS]}\; q\; \texttt{[SEP]}\; d\; \texttt{[SEP]}\big)_{\texttt{[CLS]}}$$

**Intuition.** In the joint sequence every query token attends to every document token, so word order, negation and exact
matches can all matter. Nothing about a document can be stored in advance, since its encoding depends on the query.

**When to use it.** As the second stage, over the best 20 to 200 candidates of a cheaper retriever.

**Cost.** One forward pass a pair: $N q$ passes, $10^8$ for a million documents and a hundred queries; a bi-encoder needs
$N + q$ = 1,000,100.

**Pitfalls.** Early interaction does not lose token-level nuance: cross-encoders keep all of it, single-vector models
lose it. The input format belongs to the model: BERT takes [CLS] q [SEP] d [SEP] with segment ids 0 then 1, RoBERTa
kinds take `<s> q </s></s> d </s>` without segments. Long documents are truncated silently. Scores are logits, comparable
within a query only.

This implementation is a two-layer attention network with weights set by hand: the first layer copies the previous
token, the second lets query tokens attend to document tokens, so order counts as it does in a trained model.

**References.** Nogueira and Cho, *Passage Re-ranking with BERT*, arXiv:1901.04085. Reimers and Gurevych, *Sentence-BERT*,
arXiv:1908.10084, on the comparison with bi-encoders.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Count, Name
from algorithms.registry import Output, algorithm
from algorithms.retrieval.bi_encoder_retrieval import embed
from algorithms.retrieval.inverted_index_search import Passages, words
from algorithms.toy_data import Floats

SHARPNESS = 10.0


def with_previous(E: Floats) -> Floats:
    """First layer: token vectors (n, dim) beside the one before, (n, 2 dim); a segment starts after a zero vector."""
    before = np.vstack([np.zeros((1, E.shape[1])), E[:-1]])  # (n, dim)
    return np.asarray(np.concatenate([E, before], axis=1) / np.sqrt(2))


def joint_score(query: str, document: str) -> float:
    """Second layer: attention of query tokens to document tokens, and the mean agreement they find.

    Examples
    --------
    >>> joint_score("dog bites man", "dog bites man") > joint_score("dog bites man", "man bites dog")
    True
    """
    q, d = words(query), words(document)
    if not q or not d:
        return 0.0
    Q, D = with_previous(embed(q)), with_previous(embed(d))  # (m, 2 dim), (n, 2 dim)
    agreement = Q @ D.T  # (m, n)
    attention = softmax_along(SHARPNESS * agreement)  # (m, n), rows sum to 1
    return float((attention * agreement).sum(axis=1).mean())


@algorithm(
    id="cross-encoder-reranking",
    name="Cross-encoder reranking",
    aliases=("cross-encoder", "[CLS] query [SEP] document [SEP]", "reranker", "joint encoding", "token_type_ids"),
    example={
        "query": "dog bites man",
        "documents": ["man bites dog", "a dog bites a man", "the dog bites man again", "stock prices fall"],
        "n_documents": 1_000_000,
        "n_queries": 100,
    },
)
def cross_encoder_reranking(
    query: Name,
    documents: Passages,
    format: Literal["bert", "roberta"] = "bert",
    n_documents: Count = 1_000_000,
    n_queries: Count = 100,
) -> Output:
    """Score every (query, document) pair jointly.

    Parameters
    ----------
    query : str
        The question.
    documents : list of str
        Candidates to rerank.
    format : {"bert", "roberta"}
        How the pair is written as one input.
    n_documents : int
        Number N of documents whose cost is counted.
    n_queries : int
        Number q of queries whose cost is counted.

    Returns
    -------
    dict
        ``ranking`` document numbers, best first, and their ``scores`` in [-1, 1]; ``tokens`` and ``token_type_ids`` of
        the first pair (ids all 0 for RoBERTa; cut to 50); ``forward_passes`` = N q; ``bi_encoder_passes`` = N + q.

    Examples
    --------
    >>> r = cross_encoder_reranking("dog bites man", ["man bites dog", "dog bites man"])
    >>> r["ranking"].tolist(), r["tokens"]
    ([1, 0], ['[CLS]', 'dog', 'bites', 'man', '[SEP]', 'man', 'bites', 'dog', '[SEP]'])
    """
    scores = np.array([joint_score(query, document) for document in documents])  # (N,)
    order = np.argsort(-scores, kind="stable")  # (N,)
    q, d = words(query), words(documents[0])
    if format == "bert":
        tokens = ["[CLS]", *q, "[SEP]", *d, "[SEP]"]
        types = [0] * (len(q) + 2) + [1] * (len(d) + 1)
    else:
        tokens = ["<s>", *q, "</s>", "</s>", *d, "</s>"]
        types = [0] * len(tokens)
    return {
        "ranking": order,
        "scores": scores[order],
        "tokens": tokens[:50],
        "token_type_ids": types[:50],
        "forward_passes": n_documents * n_queries,
        "bi_encoder_passes": n_documents + n_queries,
    }
