r"""ScaleNorm divides each activation vector by its Euclidean norm and multiplies it by one learned number.

$$y = g\,\frac{x}{\max(\lVert x \rVert, \epsilon)}$$

**Intuition.** It puts every token on a sphere of radius $g$. Layer normalization without gain and bias also ends on a
sphere, of radius $\sqrt d$, after centring. So one number can replace two vectors of parameters. A usual start is $g =
\sqrt d$, which makes it RMSNorm without its gain.

**When to use it.** In Transformers for low-resource translation, together with pre-norm; it is cheaper than layer
normalization and about as good.

**Cost.** $O(d)$ a token and a single parameter a layer.

**Pitfalls.** ScaleNorm normalises *activations*; it does not scale down the weights of the attention layers. The
related FixNorm does act on word embeddings. With a single $g$ it can't emphasise single features, as the gains of
RMSNorm can. The output's norm is $|g|$ whatever came in, so the information in the length of the vector is lost. Guard
against a zero vector. $g$ is a norm, not a root mean square: the two differ by $\sqrt d$.

**References.** Nguyen and Salazar, *Transformers without tears: improving the normalization of self-attention*,
arXiv:1910.05895.
"""

from __future__ import annotations

import numpy as np

from algorithms.inputs import Positive
from algorithms.normalization_layers.layer_normalization import Epsilon, Rows
from algorithms.normalization_layers.rmsnorm import root_mean_square_norm
from algorithms.registry import Output, algorithm


@algorithm(
    id="scale-norm",
    name="ScaleNorm",
    aliases=("l2 normalisation with one gain", "scale normalization", "ScaleNorm layer"),
    example={"x": [[3.0, 4.0], [0.3, 0.4]], "g": 2.0},
)
def scale_norm(x: Rows, g: Positive | None = None, epsilon: Epsilon = 1e-5) -> Output:
    """ScaleNorm of each row.

    Parameters
    ----------
    x : list of rows, (n, d)
        One activation vector a row.
    g : float or null
        Learned length of the output; the root of d if null.
    epsilon : float
        Smallest norm that is divided by.

    Returns
    -------
    dict
        ``output`` (n, d), at most its first 8 rows and 16 columns; ``norms`` (n,) of the input and ``output_norms``
        (n,), all g for rows longer than ε, at most 50 each; ``parameters``, 1, and ``layer_norm_parameters``, 2d;
        ``rmsnorm_difference``, the largest difference to RMSNorm times g/√d.

    Examples
    --------
    >>> scale_norm([[3.0, 4.0]], g=2.0)["output"].round(6).tolist()
    [[1.2, 1.6]]
    """
    rows = np.asarray(x, dtype=np.float64)  # (n, d)
    width = rows.shape[1]
    length = np.sqrt(width) if g is None else g
    norms = np.linalg.norm(rows, axis=1)  # (n,)
    output = length * rows / np.maximum(norms, epsilon)[:, None]  # (n, d)
    rms = root_mean_square_norm(rows, 1e-24) * length / np.sqrt(width)  # (n, d)
    return {
        "output": output[:8, :16],
        "norms": norms[:50],
        "output_norms": np.linalg.norm(output, axis=1)[:50],
        "parameters": 1,
        "layer_norm_parameters": 2 * width,
        "rmsnorm_difference": np.abs(output - rms).max(),
    }
