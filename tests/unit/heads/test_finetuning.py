"""Training a network with its head: where it begins, what it changes, and how it goes on."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anurans.heads.dense import Head, cross_entropy
from anurans.heads.finetuning import (
    Network,
    State,
    Tuning,
    fit_network,
    learning_rates,
    policy_of,
    read_state,
    write_state,
)
from anurans.heads.finetuning_data import Examples
from anurans.heads.logistic import Logistic, fit_logistic
from anurans.networks.backbones import BackboneSettings, build_backbone

ROOT = Path(__file__).parents[3]
TUNING = Tuning("all", epochs=3, batch_size=8, patience=None, base_learning_rate=1e-3)


def images(n=16, seed=1):
    """Images with a line high or low, or both, and which each has."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n)[:, None] // np.array([1, 2]) % 2 == 1
    found = rng.integers(0, 90, (n, 224, 224), np.uint8)
    for image, label in zip(found, labels, strict=True):
        for place, is_there in zip((40, 160), label, strict=True):
            image[place : place + 20, 60:160] += np.uint8(40 * is_there)
    return found, labels


def examples(n=16, seed=1):
    found, labels = images(n, seed)
    return Examples(found, labels.astype(np.float32), np.ones(labels.shape, np.float32))


def backbone():
    settings = {"architecture": "MobileNet", "alpha": 0.25, "pooling": "time"}
    return build_backbone(BackboneSettings(**settings, weights="random"))


def fitted(model) -> Head:
    """A logistic head on the embeddings of the images."""
    found, labels = images()
    fold, out = np.zeros(len(labels), int), np.zeros((len(labels), 0), bool)
    x = model.predict(found, verbose=0)
    return fit_logistic(Logistic(C=[0.01]), x, labels, fold, out).head


@pytest.fixture
def made():
    """Give a function that makes a network to be trained, as `tuning` says."""

    def make(tuning=TUNING):
        model = backbone()
        return Network(model, fitted(model), tuning), model

    return make


def fit(network, path, validation=None, tell=lambda epoch, losses: None, **identity):
    rows = np.arange(16)
    return fit_network(network, examples(), rows, validation, None, 1, path, identity, tell)


@pytest.mark.slow
def test_it_begins_where_the_frozen_network_with_its_head_is(made, tmp_path):
    network, model = made()
    found, _ = images(8, seed=2)
    frozen = fitted(model).logits(model.predict(found, verbose=0))
    assert np.abs(network.logits(found) - frozen).max() < 1e-4
    of, labels = images()
    tuned = fit(network, tmp_path / "checkpoint.h5")
    start = cross_entropy(
        fitted(backbone()).logits(backbone().predict(of, verbose=0)), labels, None
    )
    assert tuned.history[0]["loss"] == pytest.approx(start.mean(), abs=1e-5)


def test_a_few_steps_lower_the_loss_and_give_back_a_network_and_its_head(made, tmp_path):
    tuning = replace(TUNING, epochs=6, mixup=0.0, masks=0, warmup=0.5)
    network, _ = made(tuning)
    tuned = fit(network, tmp_path / "checkpoint.h5")
    assert [row["epoch"] for row in tuned.history] == list(range(7))
    assert tuned.history[-1]["loss"] < 0.7 * tuned.history[0]["loss"]
    assert tuned.best_epoch == 6
    model = backbone()
    head = network.give_back(model)
    found, _ = images()
    joined = head.logits(model.predict(found, verbose=0))
    assert np.abs(joined - network.logits(found)).max() < 1e-4


@pytest.mark.parametrize("batch_norm", ["frozen", pytest.param("train", marks=pytest.mark.slow)])
def test_the_last_block_alone_is_trained_where_that_is_asked_for(made, tmp_path, batch_norm):
    network, model = made(replace(TUNING, train="last_block", epochs=1, batch_norm=batch_norm))
    before = {w.path: np.array(w) for w in model.weights}
    fit(network, tmp_path / "checkpoint.h5")
    moved = {w.path for w in model.weights if not np.array_equal(before[w.path], np.array(w))}
    assert moved and all("12" in path or "13" in path for path in moved)
    assert any("_bn" in path for path in moved) == (batch_norm == "train")


@pytest.mark.slow
def test_all_is_trained_where_that_is_asked_for_but_the_table_of_colours(made, tmp_path):
    network, model = made(replace(TUNING, epochs=1))
    before = {w.path: np.array(w) for w in model.weights}
    fit(network, tmp_path / "checkpoint.h5")
    moved = {w.path for w in model.weights if not np.array_equal(before[w.path], np.array(w))}
    kernels = {path for path in before if path.endswith("kernel")}
    assert kernels <= moved and not any("colour" in path for path in moved)


def test_it_stops_where_validation_gets_no_better_and_the_frozen_network_may_be_the_best(
    made, tmp_path
):
    # Labels turned round: whatever is learnt makes validation worse.
    of = examples(8, seed=3)
    wrong = Examples(of.images, 1 - of.labels, of.counts)
    network, _ = made(replace(TUNING, epochs=9, patience=2, mixup=0.0, warmup=0.0))
    start = [np.array(w) for w in network.model.weights]
    tuned = fit(network, tmp_path / "checkpoint.h5", wrong)
    losses = [row["val_loss"] for row in tuned.history]
    assert tuned.best_epoch == int(np.argmin(losses)) == 0
    assert len(losses) == 3 and tuned.converged
    assert all(np.array_equal(a, b) for a, b in zip(start, tuned.weights, strict=True))


@pytest.mark.parametrize(
    ("changed", "known"),
    [
        ({}, {0: 0, 5: 5e-4, 10: 1e-3, 105: 5e-4, 200: 0}),
        # Of its own four epochs one is warm-up; the whole way would still be at 9.4e-4 then.
        ({"last": 4}, {0: 0, 5: 5e-4, 10: 1e-3, 25: 5e-4, 40: 0}),
        ({"last": 20}, {0: 0, 5: 5e-4, 10: 1e-3, 105: 5e-4, 200: 0}),
        # No more than half is warm-up.
        ({"last": 1}, {0: 0, 5: 1e-3, 10: 0}),
        ({"last": 2, "warmup": 0.0}, {0: 1e-3, 10: 5e-4, 20: 0}),
        ({"epochs": 2, "warmup": 50.0}, {0: 0, 5: 5e-4, 10: 1e-3, 20: 0}),
    ],
)
def test_learning_rates_rise_and_fall_to_0_over_the_epochs_that_there_are(changed, known):
    rates = learning_rates(replace(Tuning("all", epochs=20), **changed), 10)
    found = {step: float(rates(step)) for step in known}
    assert found == pytest.approx(known, abs=1e-9)


def test_a_refit_ends_where_it_is_told_to(made, tmp_path):
    tuning = replace(TUNING, epochs=9, last=2)
    refit = fit(made(tuning)[0], tmp_path / "refit.h5")
    assert refit.best_epoch == len(refit.history) - 1 == 2
    # It is a training of two epochs.
    whole = fit(made(replace(TUNING, epochs=2))[0], tmp_path / "whole.h5")
    assert refit.history == whole.history
    network, _ = made(replace(tuning, last=0))
    before = network.weights
    frozen = fit(network, tmp_path / "frozen.h5")
    assert frozen.best_epoch == 0 and len(frozen.history) == 1
    assert all(np.array_equal(a, b) for a, b in zip(before, network.weights, strict=True))


@pytest.mark.slow
def test_a_training_whose_held_out_loss_rose_again_has_ended(made, tmp_path):
    tuning = replace(TUNING, epochs=2, patience=9, learning_rate=1.0, base_learning_rate=0.0)
    tuned = fit(made(tuning)[0], tmp_path / "checkpoint.h5", examples(8, seed=2))
    assert len(tuned.history) == 3 and tuned.best_epoch < 2 and tuned.converged


def test_what_is_gone_on_with_is_read_as_it_was_written_and_is_of_one_training_alone(tmp_path):
    path = tmp_path / "checkpoint.h5"
    arrays = [np.arange(3.0, dtype=np.float32), np.array(7)]
    state = State([{"epoch": 0, "loss": 0.5}], 0, arrays, arrays[1:], arrays[:1])
    assert read_state(path, "mark") is None
    write_state(path, "mark", state)
    found = read_state(path, "mark")
    assert (found.history, found.best) == (state.history, 0)
    assert [a.tolist() for a in found.weights] == [[0, 1, 2], 7]
    assert read_state(path, "another") is None
    path.write_bytes(path.read_bytes()[:-100])
    assert read_state(path, "mark") is None


def test_arithmetic_of_a_processor_is_single_precision():
    assert policy_of("auto", "tensorflow", False) == "float32"
    assert policy_of("float32", "tensorflow", True) == "float32"


@pytest.mark.slow
def test_mixed_precision_trains_and_gives_back_float32(tmp_path):
    model = backbone()
    head = fitted(model)
    network = Network(model, head, replace(TUNING, epochs=1), "mixed_bfloat16")
    found, _ = images(8, seed=2)
    frozen = backbone()
    assert np.abs(network.logits(found) - head.logits(frozen.predict(found, verbose=0))).max() < 0.3
    tuned = fit(network, tmp_path / "checkpoint.h5")
    network.give_back(frozen)
    assert {str(weight.dtype) for weight in frozen.weights} == {"float32"}
    assert np.isfinite(tuned.history[-1]["loss"])


PROGRAM = """
import hashlib, os, signal, sys
sys.path[:0] = sys.argv[4:]
from anurans.heads.finetuning import prepare
prepare("tensorflow", 1, 1)
import test_finetuning as t
model = t.backbone()
last = int(sys.argv[3]) or None
epochs = 2 * last if last else 3
network = t.Network(model, t.fitted(model), t.replace(t.TUNING, epochs=epochs, last=last))
def tell(epoch, losses):
    print("epoch", epoch, flush=True)
    if epoch == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
tuned = t.fit(network, sys.argv[1], None if last else t.examples(8, seed=2), tell)
print(hashlib.sha256(b"".join(w.tobytes() for w in tuned.weights)).hexdigest(), tuned.history)
"""


@pytest.mark.slow
@pytest.mark.parametrize("last", [0, 3])
def test_a_killed_training_or_refit_goes_on_and_ends_with_the_same_bytes(tmp_path, last):
    def train(name, killed=-1):
        where = [str(last), str(ROOT / "workflow/scripts"), str(Path(__file__).parent)]
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, tmp_path / name, str(killed), *where],
            capture_output=True,
            text=True,
            env=os.environ | {"KERAS_BACKEND": "tensorflow"},
        )
        assert done.returncode == (-signal.SIGKILL if killed >= 0 else 0), done.stderr
        return done.stdout.splitlines()

    whole = train("whole.h5")
    assert train("killed.h5", killed=2) == ["epoch 0", "epoch 1", "epoch 2"]
    assert train("killed.h5") == whole[3:]
