r"""A convolutional neural network (CNN) classifier alternates convolutions and pooling and ends in a fully connected
layer with softmax.

$$x \to [\text{conv} \to \text{ReLU} \to \text{pool}]^m \to \text{flatten} \to Wx + b \to \mathrm{softmax}$$

**Intuition.** The first layer finds edges, wherever they are; pooling forgets the exact place; later layers combine
edges into parts and parts into objects. The last layer reads off which parts are there.

**When to use it.** For images and spectrograms. AlexNet (2012), with five convolutional and three fully connected
layers and about 61 million parameters, made the approach famous; today one starts from a pre-trained ResNet or
ConvNeXt.

**Cost.** Most multiply-adds sit in the convolutions, most parameters of the old designs in the fully connected layers
(96 % in AlexNet).

**Pitfalls.** The flattened size must match the classifier, so the input size is fixed unless global pooling is used.
AlexNet's first layer gives $55 \times 55$ from $227$ pixels, $(227 - 11)/4 + 1$; with the 224 that the paper prints it
would not be whole. Scale the pixels, as in training. Dropout and batch normalization behave differently in evaluation.
Small data sets want augmentation or transfer learning rather than a deeper net.

**References.** LeCun et al., *Gradient-based learning applied to document recognition* (1998). Krizhevsky, Sutskever
and Hinton, *ImageNet classification with deep convolutional neural networks* (2012).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.convolution_and_vision.conv2d import convolve, output_size, patches
from algorithms.inputs import Seed
from algorithms.losses.cross_entropy_loss import cross_entropy_from_logits
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

# Output channels, kernel, stride, padding, input channels, and whether 3 × 3 pooling of stride 2 follows.
ALEXNET = [
    (64, 11, 4, 2, 3, True),
    (192, 5, 1, 2, 64, True),
    (384, 3, 1, 1, 192, False),
    (256, 3, 1, 1, 384, False),
    (256, 3, 1, 1, 256, True),
]


def bar_images(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Images (n, 1, 8, 8) of a horizontal, vertical or diagonal bar of length 4 at a random place, with their classes.

    Examples
    --------
    >>> X, y = bar_images(6, 0.0, np.random.default_rng(0))
    >>> X.shape, X.sum(axis=(1, 2, 3)).tolist(), y.tolist()
    ((6, 1, 8, 8), [4.0, 4.0, 4.0, 4.0, 4.0, 4.0], [0, 1, 2, 0, 1, 2])
    """
    X = noise * rng.standard_normal((n, 1, 8, 8))
    y = np.arange(n) % 3
    steps = np.array([[0, 1], [1, 0], [1, 1]])
    for i in range(n):
        row, column = rng.integers(0, 5, size=2)
        for t in range(4):
            dr, dc = t * steps[y[i]]
            X[i, 0, row + dr, column + dc] += 1
    return X, y


def forward(X: Floats, parameters: list[Floats]) -> tuple[Floats, Any]:
    """Logits (n, classes) and what the backward pass needs: conv 3 × 3, ReLU, 2 × 2 max pooling, dense.

    Examples
    --------
    >>> shapes = [(4, 1, 3, 3), (4,), (3, 36), (3,)]
    >>> forward(np.zeros((2, 1, 8, 8)), [np.zeros(s) for s in shapes])[0].shape
    (2, 3)
    """
    w, b, W, c = parameters
    z = convolve(X, w, b)  # (n, f, 6, 6)
    n, f = z.shape[:2]
    blocks = np.maximum(z, 0).reshape(n, f, 3, 2, 3, 2)  # 2 × 2 windows on axes 3 and 5
    pooled = blocks.max(axis=(3, 5))  # (n, f, 3, 3)
    features = pooled.reshape(n, -1)  # (n, 9 f)
    return features @ W.T + c, (z, blocks, pooled, features)


def backward(X: Floats, parameters: list[Floats], cache: Any, delta: Floats) -> list[Floats]:
    """Gradients of all parameters, from that of the logits.

    Examples
    --------
    >>> parameters = [np.zeros(s) for s in [(4, 1, 3, 3), (4,), (3, 36), (3,)]]
    >>> X = np.zeros((2, 1, 8, 8))
    >>> [g.shape for g in backward(X, parameters, forward(X, parameters)[1], np.ones((2, 3)))]
    [(4, 1, 3, 3), (4,), (3, 36), (3,)]
    """
    W = parameters[2]
    z, blocks, pooled, features = cache
    by_pooled = (delta @ W).reshape(pooled.shape)  # (n, f, 3, 3)
    winners = blocks == pooled[:, :, :, None, :, None]  # (n, f, 3, 2, 3, 2)
    shares = winners / winners.sum(axis=(3, 5), keepdims=True)  # ties share the gradient
    by_z = (shares * by_pooled[:, :, :, None, :, None]).reshape(z.shape) * (z > 0)  # (n, f, 6, 6)
    columns = patches(X, (3, 3), 0, 1)  # (n, 6, 6, C, 3, 3)
    by_w = np.tensordot(by_z, columns, axes=([0, 2, 3], [0, 1, 2]))  # (f, C, 3, 3)
    return [by_w, by_z.sum(axis=(0, 2, 3)), delta.T @ features, delta.sum(axis=0)]


def train(X: Floats, y: Ints, filters: int, steps: int, rng: np.random.Generator) -> tuple[list[Floats], list[float]]:
    """Parameters after mini-batch gradient descent with momentum, and the loss of each step's batch.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> losses = train(*bar_images(60, 0.1, rng), 4, 60, rng)[1]
    >>> losses[-1] < losses[0]
    True
    """
    parameters = [
        np.sqrt(2 / 9) * rng.standard_normal((filters, 1, 3, 3)),
        np.zeros(filters),
        np.sqrt(1 / (9 * filters)) * rng.standard_normal((3, 9 * filters)),
        np.zeros(3),
    ]
    velocity = [np.zeros_like(p) for p in parameters]
    losses = []
    for _ in range(steps):
        batch = rng.integers(len(X), size=32)
        logits, cache = forward(X[batch], parameters)
        loss, delta = cross_entropy_from_logits(logits, y[batch])
        losses.append(loss)
        gradients = backward(X[batch], parameters, cache, delta)
        for p, v, g in zip(parameters, velocity, gradients, strict=True):
            v *= 0.9
            v -= 0.05 * g
            p += v
    return parameters, losses


def alexnet_table(input_size: int) -> tuple[list[int], int]:
    """Side of the map after each convolution, and the parameters of AlexNet with 1000 classes (torchvision's widths).

    Raises
    ------
    ValueError
        If the input is too small.

    Examples
    --------
    >>> alexnet_table(224)
    ([55, 27, 13, 13, 13], 61100840)
    """
    n, sides, parameters = input_size, [], 0
    for out, k, stride, padding, channels, pooled in ALEXNET:
        n = output_size(n, k, padding, stride)
        sides.append(n)
        parameters += k * k * channels * out + out
        n = output_size(n, 3, 0, 2) if pooled else n
    if min(*sides, n) < 1:
        raise ValueError("alexnet_input is too small: the maps vanish; take at least 63 pixels")
    # an adaptive pooling to 6 × 6 stands before the three fully connected layers
    parameters += (256 * 36 + 1) * 4096 + (4096 + 1) * 4096 + (4096 + 1) * 1000
    return sides, parameters


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The learned filters."""
    from matplotlib.figure import Figure

    filters = np.asarray(output["filters"])
    figure = Figure(figsize=(1.2 * len(filters), 1.6), layout="constrained")
    for axes, f in zip(np.atleast_1d(figure.subplots(1, len(filters))), filters, strict=True):
        axes.imshow(f, cmap="gray")
        axes.set(xticks=[], yticks=[])
    return figure


@algorithm(
    id="cnn-classifier",
    name="Convolutional neural network classifier",
    aliases=("CNN", "ConvNet", "AlexNet architecture", "AlexNet", "convolutional neural network", "image classifier"),
    example={"filters": 6, "samples": 300, "noise": 0.2, "steps": 300, "alexnet_input": 224, "seed": 0},
    cost="trains",
    figure=draw,
)
def cnn_classifier(
    filters: Annotated[int, Field(ge=1, le=16)] = 6,
    samples: Annotated[int, Field(ge=30, le=1000)] = 300,
    noise: Annotated[float, Field(ge=0, le=2)] = 0.2,
    steps: Annotated[int, Field(ge=1, le=1000)] = 300,
    alexnet_input: Annotated[int, Field(ge=63, le=4096)] = 224,
    seed: Seed = 0,
) -> Output:
    """Train a small CNN to tell horizontal, vertical and diagonal bars apart, and list AlexNet's shapes.

    Parameters
    ----------
    filters : int
        Filters of the convolution.
    samples : int
        Training images of 8 × 8 pixels.
    noise : float
        Standard deviation of the pixel noise.
    steps : int
        Mini-batch steps.
    alexnet_input : int
        Side of the image for AlexNet's table.
    seed : int
        Seed of images and weights.

    Returns
    -------
    dict
        ``loss_before``, ``loss_after`` and ``training_accuracy`` on all training images; ``test_accuracy`` on 300 new
        ones, chance is 1/3; ``loss_curve``, 30 batch losses; ``parameters``; ``filters`` (f, 3, 3); ``alexnet_sides``
        after each convolution and ``alexnet_parameters``.

    Examples
    --------
    >>> out = cnn_classifier(steps=5)
    >>> out["alexnet_sides"], out["alexnet_parameters"]
    ([55, 27, 13, 13, 13], 61100840)
    """
    rng = np.random.default_rng(seed)
    X, y = bar_images(samples, noise, rng)
    X_test, y_test = bar_images(300, noise, rng)
    start = np.random.default_rng(seed + 1)
    untrained = train(X, y, filters, 0, np.random.default_rng(seed + 1))[0]
    parameters, losses = train(X, y, filters, steps, start)
    logits = forward(X, parameters)[0]
    shown = np.unique(np.linspace(0, steps - 1, 30).astype(int))
    sides, count = alexnet_table(alexnet_input)
    return {
        "loss_before": cross_entropy_from_logits(forward(X, untrained)[0], y)[0],
        "loss_after": cross_entropy_from_logits(logits, y)[0],
        "training_accuracy": (logits.argmax(axis=1) == y).mean(),
        "test_accuracy": (forward(X_test, parameters)[0].argmax(axis=1) == y_test).mean(),
        "loss_curve": np.array(losses)[shown],
        "parameters": sum(p.size for p in parameters),
        "filters": parameters[0][:, 0],
        "alexnet_sides": sides,
        "alexnet_parameters": count,
    }
