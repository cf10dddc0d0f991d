"""The compiled step of Adam against NumPy's, to the bit."""

import re

import numpy as np
import pytest

from anurans.heads import dense
from anurans.heads.compiled_adam import update
from anurans.heads.dense import Adam, Head, make_layers

LAYER = {"units": 16, "activation": "relu", "dropout": 0.5, "l1": 0.0, "l2": 0.01}
OUTPUT = {"dropout": 0.0, "l1": 0.0, "l2": 0.0}


def trained(penalties):
    """Weights after some steps."""
    rng = np.random.default_rng(4)
    head = Head(make_layers([LAYER | penalties], OUTPUT, 300, 2, rng))
    adam = Adam(head, 0.01, rng)
    for _ in range(6):
        x = rng.normal(size=(8, 300)).astype(np.float16)
        x[:, :20] = 0
        adam.step(x, (rng.random((8, 2)) < 0.4).astype(np.float32), None)
    return head.weights


@pytest.mark.parametrize("penalties", [{}, {"l2": 0.0}, {"l1": 0.02, "l2": 0.0}, {"l1": 0.02}])
@pytest.mark.parametrize("steps", [0, 3])
def test_from_whatever_step_on_the_weights_are_the_same(monkeypatch, penalties, steps):
    calls = []

    def counted(weight, *others):
        calls.append(weight.size)
        update(weight, *others)

    monkeypatch.setattr("anurans.heads.compiled_adam.update", counted)
    plain, size = trained(penalties), 300 * 16 + 16 + 16 * 2 + 2
    assert not calls
    monkeypatch.setattr(dense, "COMPILED_FROM", steps * size)
    compiled = trained(penalties)
    assert sum(calls) == (6 - steps) * size
    for name, weight in plain.items():
        assert weight.tobytes() == compiled[name].tobytes(), name


def test_some_are_done_at_a_time():
    """One at a time it would gain nothing: the machine code divides whole vectors."""
    block = np.ones((2, 2), np.float32)
    update(*(block.copy() for _ in range(4)), *map(np.float32, (0, 0.9, 0.999, 1e-6, 1e-3)))
    assert any(re.search(r"divps|fdiv\s+v\d+\.4s", code) for code in update.inspect_asm().values())
