r"""The chi-square test of independence checks whether two categorical variables are related, from a table of their counts.

$$\chi^2 = \sum_{ij} \frac{(O_{ij} - E_{ij})^2}{E_{ij}}, \qquad E_{ij} = \frac{\text{row}_i \cdot \text{column}_j}{N}, \qquad
\nu = (r - 1)(c - 1)$$

**Intuition.** If rows and columns were independent, each cell would hold its share $E$ of the total, given the margins. The statistic adds up
the squared deviations in units of what chance would do. A table with exactly proportional rows has $\chi^2 = 0$.

**When to use it.** To compare rates between groups (for a 2 × 2 table it is the square of the two-proportion z), and as a
univariate score of categorical features.

**Cost.** $O(r c)$.

**Pitfalls.** It takes non-negative *counts* of independent cases: not percentages, means or standardised features. Expected counts below
about 5 make the approximation poor; use Fisher's exact test. Testing every feature on its own needs a correction for multiple tests. With much data a
tiny dependence is significant; report Cramér's V for its size. Yates' correction for 2 × 2 tables is conservative. Significance says nothing
about direction or cause.

**References.** Pearson (1900), *Philosophical Magazine* 50. Cochran, *Some methods for strengthening the common χ² tests* (1954).
Agresti, *Categorical Data Analysis* (2013).
"""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.hypothesis_testing.p_value import Alpha
from algorithms.inputs import Count, rectangular
from algorithms.registry import Output, algorithm

Table = Annotated[
    list[Annotated[list[Count], Field(min_length=2, max_length=50)]],
    Field(min_length=2, max_length=50),
    AfterValidator(rectangular),
]


def chi_square_p_value(statistic: float, freedom: int) -> float:
    """Upper tail of the chi-square distribution, from the incomplete gamma function.

    Examples
    --------
    >>> round(chi_square_p_value(3.841, 1), 3)
    0.05
    """
    from scipy.special import gammaincc

    return float(gammaincc(freedom / 2, statistic / 2))


@algorithm(
    id="chi-square-test",
    name="Chi-square test of independence",
    aliases=("chi2", "contingency test", "chi-squared test", "Pearson's chi-square", "Cramér's V"),
    example={"table": [[200, 800], [160, 840]]},
)
def chi_square_test(table: Table, correction: bool = False, alpha: Alpha = 0.05) -> Output:
    """Test of independence of the rows and columns of a table of counts.

    Parameters
    ----------
    table : list of list of int, shape (r, c)
        Counts, each case in exactly one cell.
    correction : bool
        Yates' continuity correction, for a 2 × 2 table only.
    alpha : float
        Level of the test.

    Returns
    -------
    dict
        ``chi2``; ``degrees_of_freedom``; ``p_value``; ``reject``; ``expected`` (r, c), the first 7 rows and columns of a
        larger table; ``smallest_expected``; ``cramers_v`` in [0, 1].

    Raises
    ------
    ValueError
        If a row or a column holds no count.

    Examples
    --------
    >>> round(chi_square_test([[200, 800], [160, 840]])["chi2"], 4)
    5.4201
    """
    observed = np.asarray(table, dtype=np.float64)  # (r, c)
    rows, columns, total = observed.sum(axis=1), observed.sum(axis=0), observed.sum()
    if rows.min() == 0 or columns.min() == 0:
        raise ValueError("a row or a column is all 0; leave it out")
    expected = rows[:, None] * columns[None, :] / total  # (r, c)
    gaps = np.abs(observed - expected)  # (r, c)
    freedom = (len(rows) - 1) * (len(columns) - 1)
    if correction and freedom == 1:
        gaps = np.clip(gaps - 0.5, 0, None)
    chi2 = float((gaps**2 / expected).sum())
    p = chi_square_p_value(chi2, freedom)
    return {
        "chi2": chi2,
        "degrees_of_freedom": freedom,
        "p_value": p,
        "reject": p < alpha,
        "expected": expected[:7, :7],
        "smallest_expected": float(expected.min()),
        "cramers_v": math.sqrt(chi2 / (float(total) * (min(observed.shape) - 1))),
    }
