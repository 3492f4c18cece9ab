r"""The logit maps a probability to its log-odds, and is the inverse of the sigmoid.

$$\operatorname{logit}(p) = \log \frac{p}{1 - p}, \qquad \sigma(\operatorname{logit}(p)) = p$$

**Intuition.** Odds say how many times likelier "yes" is than "no": a probability of 0.75 has odds of 3 and logit $\ln 3 = 1.0986$. The
logarithm makes the scale symmetric: even chances are 0, and $\operatorname{logit}(1 - p) = -\operatorname{logit}(p)$. It stretches (0, 1) to
the whole line, which a linear model can then predict.

**When to use it.** To read logistic regression: its log-odds are linear in the features, so raising $x_j$ by 1 adds $w_j$ to them and multiplies
the odds by $e^{w_j}$, the odds ratio. Also to pool probabilities and to update them by Bayes' rule, where evidence adds up.

**Cost.** One logarithm an element.

**Pitfalls.** An odds ratio of 2 is not twice the probability: from 0.5 it leads to 0.667, from 0.01 to 0.0198. It is undefined at 0 and 1, so
clip rates from counts. The effect of a weight on the *probability* depends on where one starts; only on the log-odds it is constant. In
deep learning "logits" means any unnormalised scores before softmax or sigmoid.

**References.** Berkson, *Application of the logistic function to bio-assay* (1944). Agresti, *Categorical Data Analysis* (2013), chapter 5.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Chances = Annotated[list[Annotated[float, Field(gt=0, lt=1)]], Field(min_length=1, max_length=50)]
Change = Annotated[float, Field(ge=-100, le=100)]


def log_odds(p: Floats) -> Floats:
    """Logit of an array of any shape with entries in (0, 1).

    Examples
    --------
    >>> log_odds(np.array([0.5, 0.75])).round(4).tolist()
    [0.0, 1.0986]
    """
    return np.asarray(np.log(p) - np.log1p(-p))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The logit curve and the given probabilities."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    p = np.linspace(0.005, 0.995, 300)
    axes.plot(p, log_odds(p))
    axes.plot(inputs["p"], output["logits"], "o")
    axes.set(xlabel="p", ylabel="log-odds", title="logit")
    return figure


@algorithm(
    id="logit-function",
    name="Logit (log-odds)",
    aliases=("log-odds", "odds ratio", "logit", "odds", "inverse sigmoid"),
    example={"p": [0.1, 0.5, 0.75, 0.9], "weight": 1.0},
    figure=draw,
)
def logit_function(p: Chances, weight: Change = 1.0) -> Output:
    """Odds and log-odds of each probability, and where a step on the log-odds scale leads.

    Parameters
    ----------
    p : list of float, length n
        Probabilities strictly between 0 and 1.
    weight : float
        Amount added to the log-odds, as by raising a feature with this weight by 1.

    Returns
    -------
    dict
        ``logits`` (n,), ``odds`` (n,); ``odds_ratio`` exp(weight); ``p_after`` (n,), the probabilities after adding
        the weight; ``round_trip`` (n,), sigmoid of the logits.

    Examples
    --------
    >>> logit_function([0.75])["logits"].round(4).tolist()
    [1.0986]
    """
    chances = np.asarray(p, dtype=np.float64)  # (n,)
    z = log_odds(chances)  # (n,)
    return {
        "logits": z,
        "odds": chances / (1 - chances),
        "odds_ratio": math.exp(weight),
        "p_after": logistic(z + weight),
        "round_trip": logistic(z),
    }
