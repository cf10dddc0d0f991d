"""Heads in NumPy: dense layers, their gradients, and Adam, without a deep-learning library to load.

What Keras does, in its order, in float32: a head trained here and one trained by Keras from the
same weights differ by rounding alone. Large layers are updated in blocks that stay in the cache,
since moving weights and moments through memory is what a step on flattened embeddings takes; a
training that updates many is compiled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# Weights that are updated at a time: with gradient and moments they fit a second-level cache.
BLOCK = 1 << 16
# Weights updated, over all steps, from which on the update is compiled: to load Numba and compile
# takes 0.8 s, to update so many in NumPy as long.
COMPILED_FROM = 1 << 29
# Bits of a float32 that a float16, moved to its place, may fill; the sign has followed it up.
_SIGN_AND_VALUE = np.array(0x8FFFE000, np.uint32).view(np.int32)
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-7  # Kingma & Ba (2015), arXiv:1412.6980; Keras' epsilon


@dataclass(slots=True)
class Layer:
    """A dense layer.

    Attributes
    ----------
    kernel : np.ndarray [shape=(inputs, units), dtype=float32]
    bias : np.ndarray [shape=(units,), dtype=float32]
    activation
        `linear`, `relu`, `elu`, `tanh`, `silu`, `gelu` or `sigmoid`.
    l1, l2
        Penalties of the kernel.
    drops
        Names and shares of what is dropped of its inputs while training, one after the other.
    """

    name: str
    kernel: np.ndarray
    bias: np.ndarray
    activation: str
    l1: float = 0.0
    l2: float = 0.0
    drops: tuple[tuple[str, float], ...] = ()


@dataclass(slots=True)
class Head:
    """Layers, the last of one sigmoid per species, on standardized embeddings.

    Attributes
    ----------
    layers
        First to last.
    scale : np.ndarray [shape=(2, width), dtype=float32] or None
        Mean and variance that embeddings are standardized by.
    """

    layers: list[Layer]
    scale: np.ndarray | None = None
    _deviation: np.ndarray | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.scale is not None:
            self._deviation = np.maximum(np.sqrt(self.scale[1]), EPSILON)

    @property
    def width(self) -> int:
        """Width of the embeddings."""
        return self.layers[0].kernel.shape[0]

    @property
    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """What is taken away from embeddings, and what the rest is divided by [shape=(width,)]."""
        if self.scale is None or self._deviation is None:
            return np.zeros(self.width, np.float32), np.ones(self.width, np.float32)
        return self.scale[0], self._deviation

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """Trained weights, by their names in Keras, in its order."""
        return {
            f"{layer.name}/{kind}": getattr(layer, kind)
            for layer in self.layers
            for kind in ("kernel", "bias")
        }

    def copy_weights(self) -> dict[str, np.ndarray]:
        """Copy the weights, to be set again later."""
        return {name: weight.copy() for name, weight in self.weights.items()}

    def set_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Set all weights, given as `weights` names them."""
        for name, weight in self.weights.items():
            weight[...] = weights[name]

    def standardized(self, embeddings: np.ndarray) -> np.ndarray:
        """Bring embeddings [shape=(n, width)] to float32, and to the scale of the head."""
        x = widened(embeddings)
        if self.scale is not None:
            x -= self.scale[0]
            x /= self._deviation
        return x

    def logits(self, embeddings: np.ndarray) -> np.ndarray:
        """What the sigmoid of the last layer takes [shape=(n, species)]."""
        x = self.standardized(embeddings)
        for layer in self.layers[:-1]:
            x = activate(layer.activation, x @ layer.kernel + layer.bias)
        return x @ self.layers[-1].kernel + self.layers[-1].bias

    def __call__(self, embeddings: np.ndarray) -> np.ndarray:
        """Probabilities [shape=(n, species)] of embeddings [shape=(n, width)]."""
        return sigmoid(self.logits(embeddings))

    def penalty(self) -> float:
        """What the kernels add to the loss."""
        return sum(_penalty(layer, layer.kernel) for layer in self.layers)


class Adam:
    """Trains a head, a batch at a time.

    Parameters
    ----------
    head
        Changed in place.
    learning_rate
        The learning rate.
    rng
        Decides what is dropped.
    """

    def __init__(self, head: Head, learning_rate: float, rng: np.random.Generator) -> None:
        self._head, self._rate, self._rng, self._steps = head, learning_rate, rng, 0
        self._moments = {
            name: (np.zeros_like(weight), np.zeros_like(weight))
            for name, weight in head.weights.items()
        }
        self._spare: dict[tuple[int, ...], tuple[np.ndarray, np.ndarray]] = {}
        self._updated = 0

    def step(
        self,
        embeddings: np.ndarray,
        labels: np.ndarray,
        weights: np.ndarray | None,
        counts: np.ndarray | None = None,
    ) -> float:
        """Train on a batch.

        Parameters
        ----------
        embeddings : np.ndarray [shape=(n, width)]
        labels : np.ndarray [shape=(n, species), dtype=float32]
        weights : np.ndarray [shape=(2, species)] or None
            Of negative and positive labels.
        counts : np.ndarray [shape=(n, species), dtype=float32], optional
            How much each label counts, 0 where it is not known; by default all alike.

        Returns
        -------
        float
            Loss before the step, penalties included.
        """
        head = self._head
        x, taken, drawn, kept = head.standardized(embeddings), [], [], []
        for layer in head.layers:
            masks = [self._mask(x.shape, share) for _, share in layer.drops]
            for mask in masks:
                x *= mask
            z = x @ layer.kernel
            z += layer.bias
            taken.append(x)
            drawn.append(z)
            kept.append(masks)
            x = z if layer is head.layers[-1] else activate(layer.activation, z)

        each = cross_entropy(drawn[-1], labels, weights)
        slope = sigmoid(drawn[-1]) - labels
        if weights is not None:
            slope *= weights[0] + labels * (weights[1] - weights[0])
        if counts is not None:
            each *= counts
            slope *= counts
        loss = each.mean(dtype=np.float64)
        slope /= slope.size

        self._steps += 1
        for number in range(len(head.layers) - 1, -1, -1):
            layer, inputs = head.layers[number], taken[number]
            below = slope @ layer.kernel.T if number else None
            loss += self._descend_kernel(layer, inputs, slope)
            self._descend(f"{layer.name}/bias", layer.bias, slope.sum(axis=0), slice(None))
            if number:
                for mask in kept[number]:
                    below *= mask
                # The layer below was activated, then dropped: its slope is taken at what it drew.
                below *= activation_slope(head.layers[number - 1].activation, drawn[number - 1])
                slope = below
        return float(loss)

    def _mask(self, shape: tuple[int, ...], share: float) -> np.ndarray:
        kept = self._rng.random(shape, dtype=np.float32) >= np.float32(share)
        return kept * np.float32(1 / (1 - share))

    def _descend_kernel(self, layer: Layer, inputs: np.ndarray, slope: np.ndarray) -> float:
        """Update a kernel in blocks of rows; give its penalty before."""
        rows = max(1, BLOCK // layer.kernel.shape[1])
        penalty = 0.0
        for first in range(0, len(layer.kernel), rows):
            block = slice(first, first + rows)
            kernel = layer.kernel[block]
            gradient, _ = self._buffers(kernel.shape)
            np.matmul(inputs[:, block].T, slope, out=gradient)
            penalty += _penalty(layer, kernel)
            self._descend(f"{layer.name}/kernel", kernel, gradient, block, layer.l1, layer.l2)
        return penalty

    def _descend(
        self,
        name: str,
        weight: np.ndarray,
        gradient: np.ndarray,
        block: slice,
        l1: float = 0.0,
        l2: float = 0.0,
    ) -> None:
        """Update weights, a block of those called `name`, in place."""
        first, second = (moment[block] for moment in self._moments[name])
        # Moments are kept without their factors (1 - beta), which saves two passes over them.
        rate = self._rate * np.sqrt(1 - BETA2**self._steps) / (1 - BETA1**self._steps)
        rate *= (1 - BETA1) / np.sqrt(1 - BETA2)
        if l1:
            _, spare = self._buffers(weight.shape)
            np.sign(weight, out=spare)
            spare *= l1
            gradient += spare
        numbers = (2 * l2, BETA1, BETA2, EPSILON / np.sqrt(1 - BETA2), rate)
        update = self._update
        if self._updated >= COMPILED_FROM:
            from anurans.heads.compiled_adam import update
        update(weight, first, second, gradient, *map(np.float32, numbers))
        self._updated += weight.size

    def _update(self, weight, first, second, gradient, l2, beta1, beta2, epsilon, rate):
        """Do what `compiled_adam.update` does, to the bit; the gradient is changed."""
        _, spare = self._buffers(weight.shape)
        if l2:
            np.multiply(weight, l2, out=spare)
            gradient += spare
        first *= beta1
        first += gradient
        np.multiply(gradient, gradient, out=spare)
        second *= beta2
        second += spare
        np.sqrt(second, out=spare)
        spare += epsilon
        np.divide(first, spare, out=spare)
        spare *= rate
        weight -= spare

    def _buffers(self, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        if shape not in self._spare:
            self._spare[shape] = np.empty(shape, np.float32), np.empty(shape, np.float32)
        return self._spare[shape]


def widened(values: np.ndarray) -> np.ndarray:
    """Bring finite numbers to float32.

    Exact, as NumPy's own way from float16, which here takes seven times as long: exponent and
    mantissa are shifted to their places, and what the exponents are counted from is multiplied in.

    Parameters
    ----------
    values : np.ndarray [shape=(...)]
        Finite; a new array is made in any case.
    """
    if values.dtype != np.float16:
        return values.astype(np.float32)
    bits = values.view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= _SIGN_AND_VALUE
    wide = bits.view(np.float32)
    wide *= np.float32(2.0 ** (127 - 15))
    return wide


def glorot(rng: np.random.Generator, inputs: int, units: int) -> np.ndarray:
    """Draw a kernel evenly within sqrt(6 / (inputs + units)) of 0 (Glorot & Bengio 2010, eq. 16).

    Returns
    -------
    np.ndarray [shape=(inputs, units), dtype=float32]
    """
    limit = np.sqrt(6.0 / (inputs + units))
    return ((2 * rng.random((inputs, units)) - 1) * limit).astype(np.float32)


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)), whatever the size of z."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def cross_entropy(logits: np.ndarray, labels: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """Binary cross-entropy of each clip and species, weighted as `Adam.step` takes it."""
    each = np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))
    return each if weights is None else each * (weights[0] + labels * (weights[1] - weights[0]))


def activate(activation: str, z: np.ndarray) -> np.ndarray:
    """Apply an activation function of Keras, by its name."""
    match activation:
        case "relu":
            return np.maximum(z, 0)
        case "elu":
            return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))
        case "tanh":
            return np.tanh(z)
        case "silu":
            return z * sigmoid(z)
        case "gelu":
            return z * _normal(z)
        case "sigmoid":
            return sigmoid(z)
        case _:
            return z.copy()


def activation_slope(activation: str, z: np.ndarray) -> np.ndarray:
    """Derivative of an activation function."""
    match activation:
        case "relu":
            return (z > 0).astype(np.float32)
        case "elu":
            return np.where(z > 0, 1, np.exp(np.minimum(z, 0))).astype(np.float32)
        case "tanh":
            return 1 - np.tanh(z) ** 2
        case "silu":
            s = sigmoid(z)
            return s * (1 + z * (1 - s))
        case "gelu":
            density = np.exp(-0.5 * z * z) / np.float32(np.sqrt(2 * np.pi))
            return _normal(z) + z * density
        case _:
            return np.ones_like(z)


def _normal(z: np.ndarray) -> np.ndarray:
    """Distribution function of the standard normal distribution."""
    from scipy.special import erf

    return 0.5 * (1 + erf(z / np.float32(np.sqrt(2))))


def _penalty(layer: Layer, kernel: np.ndarray) -> float:
    flat, penalty = kernel.reshape(-1), 0.0
    if layer.l1:
        penalty += layer.l1 * float(np.abs(flat).sum())
    if layer.l2:
        penalty += layer.l2 * float(flat @ flat)
    return penalty


def make_layers(
    hidden: Sequence[Mapping[str, Any]],
    output: Mapping[str, float],
    width: int,
    species: int,
    rng: np.random.Generator,
) -> list[Layer]:
    """Make the layers of a head, their kernels drawn by `glorot`, their biases 0.

    Parameters
    ----------
    hidden
        Each with `units`, `activation`, `dropout` (of its outputs), `l1`, `l2`.
    output
        `dropout` (of its inputs), `l1` and `l2` of the last layer.
    width, species
        Numbers of inputs and outputs.
    rng
        Draws the kernels, first to last.
    """
    layers: list[Layer] = []
    drops: tuple[tuple[str, float], ...] = ()
    for number, each in enumerate(hidden, start=1):
        kernel, bias = glorot(rng, width, each["units"]), np.zeros(each["units"], np.float32)
        name, penalties = f"dense{number}", (each["l1"], each["l2"])
        layers.append(Layer(name, kernel, bias, each["activation"], *penalties, drops))
        width = each["units"]
        drops = ((f"dropout{number}", each["dropout"]),) if each["dropout"] else ()
    if output["dropout"]:
        drops = (*drops, ("dropout", output["dropout"]))
    kernel, bias = glorot(rng, width, species), np.zeros(species, np.float32)
    last = Layer("probability", kernel, bias, "sigmoid", output["l1"], output["l2"], drops)
    return [*layers, last]
