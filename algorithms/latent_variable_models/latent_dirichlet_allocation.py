r"""Latent Dirichlet allocation is a generative model of text: every document mixes topics, and every topic is a
distribution over words.

$$\phi_k \sim \mathrm{Dir}(\beta), \qquad \theta_d \sim \mathrm{Dir}(\alpha), \qquad z_{dn} \sim \mathrm{Cat}(\theta_d), \qquad
w_{dn} \sim \mathrm{Cat}(\phi_{z_{dn}})$$

**Intuition.** To write a document, first draw its proportions of topics; for each word draw a topic from them and then
a word from that topic. The Dirichlet prior says what proportions are plausible: its mean is
$\alpha_i / \sum_j \alpha_j$; values of $\alpha$ below one give sparse documents with few topics, large values give even
mixtures.

**When to use it.** To explore a collection of texts without labels, and as the textbook example of a mixed-membership
model.

**Cost.** Sampling takes one categorical draw for a topic and one for a word.

**Pitfalls.** The order of words is ignored. Inference is hard because topics and proportions are coupled in the sum
over all assignments, not because of the Dirichlet priors, as is sometimes stated: they are conjugate to the multinomial
and make the collapsed Gibbs sampler closed-form. Topics are exchangeable, so their numbers mean nothing. The letters
LDA also stand for linear discriminant analysis, which is unrelated. Symmetric priors force similar topic sizes.

**References.** Blei, Ng and Jordan, *Latent Dirichlet allocation*, JMLR (2003). Wallach, Mimno and McCallum,
*Rethinking LDA: why priors matter*, NIPS (2009).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Alpha = Annotated[list[Annotated[float, Field(gt=1e-2, le=1e4)]], Field(min_length=2, max_length=10)]


def dirichlet(alpha: Floats, size: int, rng: np.random.Generator) -> Floats:
    """Draws (size, K) from a Dirichlet, as normalised gamma variates."""
    g = rng.gamma(alpha, size=(size, len(alpha)))  # (size, K)
    g = np.maximum(g, 1e-300)  # all gammas of a row can underflow for tiny alpha
    return np.asarray(g / g.sum(axis=1, keepdims=True))


def sample_corpus(theta: Floats, phi: Floats, words: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Topics (D, words) and word ids (D, words) of documents with proportions theta (D, K) and topics phi (K, V)."""
    z = np.array([rng.choice(theta.shape[1], words, p=row) for row in theta])
    w = np.array([[rng.choice(phi.shape[1], p=phi[k]) for k in row] for row in z])
    return z, w


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Topic proportions of the documents as stacked bars."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.subplots()
    theta = np.array(output["proportions"])
    bottom = np.zeros(len(theta))
    for k in range(theta.shape[1]):
        axes.bar(range(len(theta)), theta[:, k], bottom=bottom, label=f"topic {k}")
        bottom += theta[:, k]
    axes.set(xlabel="document", ylabel="proportion")
    axes.legend()
    return figure


@algorithm(
    id="latent-dirichlet-allocation",
    name="Latent Dirichlet allocation (generative model)",
    aliases=("LDA (topic model)", "topic model", "Dirichlet distribution", "Dirichlet prior", "topic modelling"),
    example={"alpha": [0.5, 0.5, 0.5], "documents": 20, "words": 50, "seed": 0},
    cost="seconds",
    figure=draw,
)
def latent_dirichlet_allocation(
    alpha: Alpha,
    beta: Annotated[float, Field(gt=1e-2, le=1e4)] = 0.1,
    documents: Annotated[int, Field(ge=1, le=50)] = 20,
    words: Annotated[int, Field(ge=1, le=200)] = 50,
    vocabulary: Annotated[int, Field(ge=2, le=100)] = 12,
    seed: Seed = 0,
) -> Output:
    """Sample a corpus from the model.

    Parameters
    ----------
    alpha : list of float, length K
        Dirichlet parameters of the topic proportions.
    beta : float
        Symmetric Dirichlet parameter of the topics.
    documents : int
        Documents.
    words : int
        Words of a document.
    vocabulary : int
        Words of the vocabulary.
    seed : int
        Seed of all draws.

    Returns
    -------
    dict
        ``proportions`` (first 12 documents), ``mean_proportions`` (K,), ``expected_proportions`` (K,) alpha /
        sum(alpha), ``topics`` (K, first 12 words), ``largest_share`` (mean of the largest proportion: near 1 if
        sparse), ``topic_share_error`` (largest gap between a document's share of topic draws and its proportions,
        averaged over documents), ``first_document`` (at most 50 word ids).

    Examples
    --------
    >>> latent_dirichlet_allocation([2.0, 1.0, 1.0])["expected_proportions"].tolist()
    [0.5, 0.25, 0.25]
    """
    rng = np.random.default_rng(seed)
    a = np.asarray(alpha, dtype=np.float64)  # (K,)
    K = len(a)
    phi = dirichlet(np.full(vocabulary, beta), K, rng)  # (K, V)
    theta = dirichlet(a, documents, rng)  # (D, K)
    z, w = sample_corpus(theta, phi, words, rng)  # (D, N) each
    share = np.array([np.bincount(row, minlength=K) / words for row in z])  # (D, K)
    return {
        "proportions": theta[:12],
        "mean_proportions": theta.mean(axis=0),
        "expected_proportions": a / a.sum(),
        "topics": phi[:, :12],
        "largest_share": float(theta.max(axis=1).mean()),
        "topic_share_error": float(np.abs(share - theta).max(axis=1).mean()),
        "first_document": w[0][:50],
    }
