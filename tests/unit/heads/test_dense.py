"""Gradients of heads in NumPy, and Adam, by their definitions."""

import numpy as np
import pytest

from anurans.heads.dense import (
    Adam,
    Head,
    Layer,
    activate,
    activation_slope,
    cross_entropy,
    make_layers,
    widened,
)

ACTIVATIONS = ("linear", "relu", "elu", "tanh", "silu", "gelu")
HIDDEN = {"units": 6, "activation": "tanh", "dropout": 0.0, "l1": 0.002, "l2": 0.03}
OUTPUT = {"dropout": 0.0, "l1": 0.0, "l2": 0.01}


def double(head):
    """A head in float64, so that differences are exact enough."""
    layers = [
        Layer(e.name, e.kernel.astype(float), e.bias.astype(float), e.activation, e.l1, e.l2)
        for e in head.layers
    ]
    return Head(layers)


def loss(head, x, labels, weights=None):
    each = cross_entropy(head.logits(x), labels, weights)
    return each.mean() + head.penalty()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_slopes_of_activations(activation):
    z = np.linspace(-3, 3, 101) + 1e-3
    step = 1e-6
    rise = activate(activation, z + step) - activate(activation, z - step)
    np.testing.assert_allclose(activation_slope(activation, z), rise / (2 * step), atol=1e-6)


@pytest.mark.parametrize("weights", [None, np.array([[0.5, 1.0], [3.0, 1.0]])])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_first_step_goes_down_the_slope(activation, weights):
    """Adam's first step is the learning rate, downhill in each weight."""
    rng = np.random.default_rng(2)
    hidden = [HIDDEN | {"activation": activation}, HIDDEN]
    head = Head(make_layers(hidden, OUTPUT, 5, 2, rng))
    x, labels = rng.normal(size=(7, 5)), (rng.random((7, 2)) < 0.5).astype(np.float32)
    before, rate = head.copy_weights(), 1e-3
    reference = double(head)
    said = Adam(head, rate, rng).step(x.astype(np.float32), labels, weights)
    assert said == pytest.approx(loss(reference, x, labels, weights), rel=1e-5)
    for name, weight in reference.weights.items():
        for place in np.ndindex(weight.shape):
            kept, found = weight[place], []
            for step in (1e-6, -1e-6):
                weight[place] = kept + step
                found.append(loss(reference, x, labels, weights))
            weight[place] = kept
            slope = (found[0] - found[1]) / 2e-6
            moved = head.weights[name][place] - before[name][place]
            # Of v, sqrt(1 - beta2) is in the root; Keras adds its epsilon there.
            root = np.sqrt(0.001) * slope
            if abs(slope) > 1e-5:
                assert moved == pytest.approx(-rate * root / (abs(root) + 1e-7), rel=2e-2), name


def test_adam_by_hand():
    """Kingma & Ba (2015), algorithm 1, on one weight whose slope is known."""
    head = Head([Layer("probability", np.zeros((1, 1), "f4"), np.zeros(1, "f4"), "sigmoid")])
    x, labels = np.ones((1, 1), "f4"), np.ones((1, 1), "f4")
    adam, w, m, v = Adam(head, 0.1, np.random.default_rng(0)), 0.0, 0.0, 0.0
    for t in range(1, 6):
        # Bias and kernel see the same slope and stay alike.
        g = 1 / (1 + np.exp(-2 * w)) - 1
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w -= 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
        adam.step(x, labels, None)
        assert head.layers[0].kernel[0, 0] == pytest.approx(w, rel=1e-5)


def test_a_kernel_of_many_blocks_is_updated_as_one(monkeypatch):
    results = []
    for block in (1 << 15, 12):
        monkeypatch.setattr("anurans.heads.dense.BLOCK", block)
        rng = np.random.default_rng(1)
        head = Head(make_layers([HIDDEN], OUTPUT, 50, 2, rng))
        adam = Adam(head, 0.01, rng)
        for _ in range(3):
            adam.step(rng.normal(size=(4, 50)).astype("f4"), np.ones((4, 2), "f4"), None)
        results.append(head.weights)
    for name, weight in results[0].items():
        np.testing.assert_allclose(weight, results[1][name], atol=1e-6)


def test_what_is_dropped():
    drops = (("dropout", 0.25),)
    layer = Layer(
        "probability", np.ones((2000, 1), "f4"), np.zeros(1, "f4"), "sigmoid", drops=drops
    )
    head = Head([layer])
    adam = Adam(head, 0.0, np.random.default_rng(1))
    x = np.full((3, 2000), 0.001, "f4")
    # A quarter is dropped and the rest scaled up: on average the same logit, 2, never just that.
    losses = [adam.step(x, np.ones((3, 1), "f4"), None) for _ in range(50)]
    expected = np.log1p(np.exp(-2.0))
    assert np.mean(losses) == pytest.approx(expected, rel=0.01) and np.std(losses) > 1e-4
    assert head(x)[0, 0] == pytest.approx(1 / (1 + np.exp(-2.0)), rel=1e-5)


def test_every_finite_half_is_widened_exactly():
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)].reshape(2, -1)
    found = widened(finite)
    assert found.dtype == np.float32 and found.tobytes() == finite.astype(np.float32).tobytes()
    # Rows that do not lie side by side, and numbers that are wide already.
    assert (widened(finite[:, ::3]) == finite[:, ::3]).all()
    wide = np.array([1e30, -2.0])
    assert widened(wide).dtype == np.float32 and widened(found) is not found
