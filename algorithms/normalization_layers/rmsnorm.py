r"""RMSNorm divides the features of each token by their root mean square and multiplies them by a learned gain, without
centring.

$$y_i = g_i\,\frac{x_i}{\sqrt{\tfrac1d \sum_j x_j^2 + \epsilon}}$$

**Intuition.** Layer normalization does two things: it removes the mean and it fixes the scale. The authors found that
the scale does most of the work. Leaving out the mean saves one pass over the features, and one parameter vector, the
bias.

**When to use it.** In large language models (Llama, T5 and many since) in place of layer normalization.

**Cost.** $O(d)$ a token, $d$ parameters.

**Pitfalls.** What is omitted is the *centring* and the bias; the gain $g$ is kept. Saying that it drops the gain is a
common error. The output has root mean square 1, not variance 1: if the mean is not zero the two differ. For inputs of
mean zero it equals layer normalization. The result ignores the size of the input but not a shift of it. Compute the
mean square in single precision even if the activations are in half: squares overflow above 256 in float16. Some
checkpoints store $g - 1$ (Gemma).

**References.** Zhang and Sennrich, *Root mean square layer normalization*, arXiv:1910.07467.
"""

from __future__ import annotations

import numpy as np

from algorithms.normalization_layers.layer_normalization import Epsilon, Features, Rows, gain_and_bias, standardise
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def root_mean_square_norm(x: Floats, epsilon: float) -> Floats:
    """Features over the last axis divided by their root mean square.

    Examples
    --------
    >>> root_mean_square_norm(np.array([3.0, 4.0]), 1e-12).round(4).tolist()
    [0.8485, 1.1314]
    """
    return np.asarray(x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + epsilon))


@algorithm(
    id="rmsnorm",
    name="RMSNorm",
    aliases=("root mean square layer norm", "RMS norm", "root mean square normalization"),
    example={"x": [[3.0, 4.0], [1.0, 1.0]]},
)
def rmsnorm(x: Rows, g: Features | None = None, epsilon: Epsilon = 1e-6) -> Output:
    """RMSNorm of each row, beside layer normalization.

    Parameters
    ----------
    x : list of rows, (n, d)
        One token a row.
    g : list of float, length d, or null
        Gain; ones if null.
    epsilon : float
        Added to the mean square.

    Returns
    -------
    dict
        ``output`` (n, d), at most its first 8 rows and 16 columns; ``root_mean_squares`` (n,) of the input, at most 50;
        ``output_root_mean_squares`` before the gain, near 1; ``output_means``, not 0 in general;
        ``layer_norm_difference``, the largest difference to layer normalization without bias, 0 for centred rows.

    Raises
    ------
    ValueError
        If `g` doesn't have one entry a feature.

    Examples
    --------
    >>> rmsnorm([[3.0, 4.0]], g=[1.0, 2.0])["output"].round(4).tolist()
    [[0.8485, 2.2627]]
    """
    rows = np.asarray(x, dtype=np.float64)  # (n, d)
    gain, _ = gain_and_bias(g, None, rows.shape[1])
    normalised = root_mean_square_norm(rows, epsilon)  # (n, d)
    return {
        "output": (gain * normalised)[:8, :16],
        "root_mean_squares": np.sqrt((rows**2).mean(axis=1))[:50],
        "output_root_mean_squares": np.sqrt((normalised**2).mean(axis=1))[:50],
        "output_means": normalised.mean(axis=1)[:50],
        "layer_norm_difference": np.abs(gain * (normalised - standardise(rows, epsilon))).max(),
    }
