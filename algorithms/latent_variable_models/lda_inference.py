r"""LDA inference recovers topics from texts, by collapsed Gibbs sampling or by mean-field variational EM.

$$p(z_{dn} = k \mid \text{rest}) \propto (n_{dk} + \alpha)\, \frac{n_{kw} + \beta}{n_k + V\beta}, \qquad
\varphi_{dwk} \propto \exp\big(\mathbb E[\ln\theta_{dk}] + \mathbb E[\ln\phi_{kw}]\big)$$

where the counts leave out the word that is being resampled, and
$\mathbb E[\ln \theta_{dk}] = \psi(\gamma_{dk}) - \psi(\sum_j \gamma_{dj})$.

**Intuition.** Gibbs: take out one word, ask which topic its document likes and which topic likes this word, and draw.
The counts are all the state there is. Variational: replace the posterior by independent factors and update one after
another; each update can only raise the evidence lower bound (ELBO).

**When to use it.** Gibbs for small corpora and simple code, variational for large or streaming ones.

**Cost.** $O(\text{words} \times K)$ a sweep for both.

**Pitfalls.** Forgetting to remove the current word from the counts biases the sampler. Topic numbers can swap between
runs, so match topics before comparing. A single sample is noisy; average after burn-in. The ELBO is a bound: compare it
between runs of one model only. The posterior is intractable because assignments couple topics and proportions, not
because of the Dirichlet priors; conjugacy is what gives the closed form above.

**References.** Griffiths and Steyvers, *Finding scientific topics*, PNAS (2004). Blei, Ng and Jordan, JMLR (2003).
Hoffman, Blei and Bach, *Online learning for latent Dirichlet allocation*, NIPS (2010).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.latent_variable_models.latent_dirichlet_allocation import dirichlet, sample_corpus
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def gibbs(
    docs: Ints, K: int, V: int, alpha: float, beta: float, sweeps: int, rng: np.random.Generator
) -> tuple[Floats, Floats, Ints]:
    """Collapsed Gibbs sampling; returns counts (D, K) and (K, V) and the assignments (D, N)."""
    D, N = docs.shape
    z = rng.integers(0, K, (D, N))
    doc_topic, topic_word = np.zeros((D, K)), np.zeros((K, V))
    np.add.at(doc_topic, (np.repeat(np.arange(D), N), z.ravel()), 1)
    np.add.at(topic_word, (z.ravel(), docs.ravel()), 1)
    topic = topic_word.sum(axis=1)  # (K,)
    for _ in range(sweeps):
        for d in range(D):
            for n in range(N):
                k, w = z[d, n], docs[d, n]
                doc_topic[d, k] -= 1  # the word must not vote for its own topic
                topic_word[k, w] -= 1
                topic[k] -= 1
                weight = np.cumsum((doc_topic[d] + alpha) * (topic_word[:, w] + beta) / (topic + V * beta))  # (K,)
                k = int(np.searchsorted(weight, rng.random() * weight[-1], side="right"))
                z[d, n] = k
                doc_topic[d, k] += 1
                topic_word[k, w] += 1
                topic[k] += 1
    return doc_topic, topic_word, z


def variational(
    counts: Floats, K: int, alpha: float, beta: float, sweeps: int, rng: np.random.Generator
) -> tuple[Floats, Floats, list[float]]:
    """Mean-field coordinate ascent on word counts (D, V); returns gamma (D, K), lambda (K, V) and the ELBO by sweep."""
    from scipy.special import gammaln, psi

    D, V = counts.shape

    def expected_log(parameters: Floats) -> Floats:
        return np.asarray(psi(parameters) - psi(parameters.sum(axis=1, keepdims=True)))

    def dirichlet_gap(parameters: Floats, prior: float) -> float:
        """E[ln p] - E[ln q] of Dirichlet rows with a symmetric prior."""
        size = parameters.shape[1]
        e = expected_log(parameters)
        p = gammaln(size * prior) - size * gammaln(prior) + np.sum((prior - 1) * e, axis=1)
        q = gammaln(parameters.sum(axis=1)) - gammaln(parameters).sum(axis=1) + np.sum((parameters - 1) * e, axis=1)
        return float(np.sum(p - q))

    lam = rng.gamma(100.0, 0.01, (K, V))  # (K, V)
    gamma = np.ones((D, K))
    elbo = []
    for _ in range(sweeps):
        log_phi = expected_log(gamma)[:, None, :] + expected_log(lam).T[None]  # (D, V, K)
        top = log_phi.max(axis=2, keepdims=True)
        phi = np.exp(log_phi - top)
        phi /= phi.sum(axis=2, keepdims=True)
        gamma = alpha + np.einsum("dv,dvk->dk", counts, phi)
        lam = beta + np.einsum("dv,dvk->kv", counts, phi)
        scores = expected_log(gamma)[:, None, :] + expected_log(lam).T[None]
        entropy = scores - np.log(np.maximum(phi, 1e-300))  # (D, V, K)
        words = float(np.einsum("dv,dvk,dvk->", counts, phi, entropy))
        elbo.append(words + dirichlet_gap(gamma, alpha) + dirichlet_gap(lam, beta))
    return gamma, lam, elbo


def match_topics(found: Floats, truth: Floats) -> Floats:
    """Cosine similarity of each true topic with its partner in the best greedy matching, (K,)."""
    unit = [M / np.linalg.norm(M, axis=1, keepdims=True) for M in (truth, found)]
    C = unit[0] @ unit[1].T  # (K, K)
    best = np.zeros(len(truth))
    for _ in range(len(truth)):
        i, j = np.unravel_index(C.argmax(), C.shape)
        best[i] = C[i, j]
        C[i], C[:, j] = -1, -1
    return best


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Recovered topics as a heat map."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.subplots()
    axes.imshow(output["topics"], aspect="auto")
    axes.set(xlabel="word", ylabel="topic", title=f"{inputs['method']}: worst match {min(output['topic_match']):.2f}")
    return figure


@algorithm(
    id="lda-inference",
    name="LDA inference (collapsed Gibbs, variational)",
    aliases=(
        "collapsed Gibbs sampling for LDA",
        "collapsed Gibbs",
        "mean-field variational EM for LDA",
        "variational Bayes LDA",
        "ELBO of LDA",
    ),
    example={"method": "gibbs", "documents": 30, "words": 40, "seed": 0},
    cost="trains",
    figure=draw,
)
def lda_inference(
    method: Literal["gibbs", "variational"] = "gibbs",
    topics: Annotated[int, Field(ge=2, le=5)] = 3,
    documents: Annotated[int, Field(ge=5, le=60)] = 30,
    words: Annotated[int, Field(ge=5, le=60)] = 40,
    sweeps: Annotated[int, Field(ge=1, le=60)] = 30,
    alpha: Annotated[float, Field(gt=0.01, le=10)] = 0.3,
    beta: Annotated[float, Field(gt=0.01, le=10)] = 0.1,
    seed: Seed = 0,
) -> Output:
    """Sample a corpus with known topics over 15 words and recover them.

    Parameters
    ----------
    method : {"gibbs", "variational"}
        Collapsed Gibbs sampling or mean-field coordinate ascent.
    topics : int
        Topics; topic k prefers its own block of words.
    documents : int
        Documents.
    words : int
        Words of a document.
    sweeps : int
        Passes over the corpus.
    alpha : float
        Symmetric prior of the proportions.
    beta : float
        Symmetric prior of the topics.
    seed : int
        Seed of corpus and inference.

    Returns
    -------
    dict
        ``topic_match`` (cosine with the true topics), ``topics`` (K, 15), ``proportion_error`` (mean absolute
        difference of each document's sorted proportions, since topic numbers are arbitrary), ``counts_total`` (words
        held in the counts), ``elbo`` (at most 50; empty for Gibbs).

    Examples
    --------
    >>> out = lda_inference("variational")
    >>> bool(min(out["topic_match"]) > 0.95), out["elbo"][-1] > out["elbo"][0]
    (True, True)
    """
    rng = np.random.default_rng(seed)
    V = 15
    truth = np.full((topics, V), 0.02)
    for k in range(topics):
        truth[k, k * (V // topics) : (k + 1) * (V // topics)] = 1.0
    truth /= truth.sum(axis=1, keepdims=True)  # (K, V)
    theta = dirichlet(np.full(topics, alpha), documents, rng)  # (D, K)
    docs = sample_corpus(theta, truth, words, rng)[1]  # (D, N)
    elbo: list[float] = []
    if method == "gibbs":
        doc_topic, topic_word, _ = gibbs(docs, topics, V, alpha, beta, sweeps, rng)
        total = float(topic_word.sum())
        phi, mixed = topic_word + beta, doc_topic + alpha
    else:
        counts = np.array([np.bincount(row, minlength=V) for row in docs], dtype=np.float64)  # (D, V)
        mixed, phi, elbo = variational(counts, topics, alpha, beta, sweeps, rng)
        total = float(phi.sum() - topics * V * beta)
    phi = phi / phi.sum(axis=1, keepdims=True)
    mixed = mixed / mixed.sum(axis=1, keepdims=True)
    gap = np.abs(np.sort(mixed, axis=1) - np.sort(theta, axis=1))
    return {
        "topic_match": match_topics(phi, truth),
        "topics": phi,
        "proportion_error": float(gap.mean()),
        "counts_total": total,
        "elbo": elbo[:50],
    }
