r"""The variance inflation factor (VIF) says how much the variance of a regression coefficient grows because its feature is predictable from the others.

$$\text{VIF}_j = \frac{1}{1 - R_j^2}$$

with $R_j^2$ from regressing feature $j$ on all other features.

**Intuition.** If the others explain 90% of feature $j$, only a tenth of its variation is left to estimate its effect, so the variance of its
coefficient is ten times larger. VIF is 1 for a feature uncorrelated with the rest and infinite for an exact linear combination.

**When to use it.** To find features whose coefficients cannot be told apart. Rules of thumb accept values below 10, some say 5.

**Cost.** One regression for each feature, or the diagonal of the inverse correlation matrix.

**Pitfalls.** It is the *variance* inflation factor; "variable" inflation factor is a misnomer. Highly correlated pairs are sufficient for
multicollinearity, not necessary: with $x_{k+1} = x_1 + \dots + x_k$ of independent features every pairwise correlation is only
$1/\sqrt k$ or 0, yet each VIF is infinite. So a correlation matrix does not replace VIFs. Multicollinearity hurts the interpretation of
coefficients, not predictions in the same region. Regress with an intercept; without it VIFs of uncentred features are far too large. Ridge helps.

**References.** Marquardt (1970), *Technometrics* 12. Belsley, Kuh and Welsch, *Regression Diagnostics* (1980). O'Brien, *A caution regarding rules of
thumb for variance inflation factors* (2007).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, rectangular
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Features = Annotated[
    list[Annotated[list[Number], Field(min_length=2, max_length=20)]],
    Field(min_length=3, max_length=512),
    AfterValidator(rectangular),
]


def unexplained_share(target: Floats, others: Floats) -> float:
    """1 - R² of the regression of unit vector `target` (n,) on the columns of `others` (n, k), all centred.

    Examples
    --------
    >>> round(unexplained_share(np.array([1.0, 0.0]), np.array([[0.6], [0.8]])), 4)
    0.64
    """
    U, s, _ = np.linalg.svd(others, full_matrices=False)
    basis = U[:, s > 1e-10 * s.max()]  # (n, rank): the others may depend on each other
    return float(1 - ((basis.T @ target) ** 2).sum())


@algorithm(
    id="variance-inflation-factor",
    name="Variance inflation factor (multicollinearity)",
    aliases=("VIF", "multicollinearity", "Variable Inflation Factors", "collinearity"),
    example={"X": [[1, 2, 3.1], [2, 1, 2.9], [3, 4, 7.2], [4, 3, 6.8], [5, 6, 11.1], [6, 5, 10.9]]},
)
def variance_inflation_factor(X: Features) -> Output:
    """VIF of each feature, next to the pairwise correlations.

    Parameters
    ----------
    X : list of list of float, shape (n, d)
        Features, one row a sample, at least two columns.

    Returns
    -------
    dict
        ``vif`` (d,), at least 1, infinite for exact linear dependence; ``largest_vif``; ``tolerance`` (d,) = 1 / VIF;
        ``largest_pairwise_correlation``, in absolute value; ``above_10``, numbers of the features with a VIF above 10.

    Raises
    ------
    ValueError
        If a feature is constant or there are not more samples than features.

    Examples
    --------
    >>> variance_inflation_factor([[1, 1], [2, 3], [3, 2], [4, 4]])["vif"].round(4).tolist()
    [2.7778, 2.7778]
    """
    features = np.asarray(X, dtype=np.float64)  # (n, d)
    if len(features) <= features.shape[1]:
        raise ValueError("there must be more samples than features, or each is a combination of the others")
    centred = features - features.mean(axis=0)
    norms = np.linalg.norm(centred, axis=0)  # (d,)
    if (norms <= 1e-12 * np.linalg.norm(features, axis=0)).any():
        raise ValueError("a feature is constant; the intercept already holds it")
    Z = centred / norms  # (n, d), unit columns
    shares = np.array([unexplained_share(Z[:, j], np.delete(Z, j, axis=1)) for j in range(Z.shape[1])])
    shares = np.where(shares < 1e-10, 0.0, shares)  # rounding; the dependence is exact
    vif = np.divide(1.0, shares, out=np.full(len(shares), np.inf), where=shares > 0)
    correlations = np.abs(Z.T @ Z - np.eye(Z.shape[1]))  # (d, d), diagonal removed
    return {
        "vif": vif,
        "largest_vif": float(vif.max()),
        "tolerance": shares,
        "largest_pairwise_correlation": float(correlations.max()),
        "above_10": np.flatnonzero(vif > 10),
    }
