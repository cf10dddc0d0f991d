"""GPUs that jobs are given, seen by what computes or not."""

import pytest

from anurans.common.errors import UserError
from anurans.networks import gpus


def test_a_job_without_a_gpu_needs_none():
    gpus.check(0, "numpy", "training.engine")
    gpus.check(0, "tensorflow", "training.engine")


@pytest.mark.parametrize(
    ("engine", "key"), [("numpy", "training.engine"), ("openvino", "embedding.engine")]
)
def test_what_computes_on_the_processor_has_no_use_for_one(engine, key):
    with pytest.raises(UserError) as refused:
        gpus.check(1, engine, key)
    assert f"gpu=1, but {engine} computes on the processor" in str(refused.value)
    assert f"set {key}: tensorflow in the config" in str(refused.value)


@pytest.mark.fault(
    "Crashes",
    "a job that was given a GPU, on a machine where TensorFlow sees none",
    sees="gpu=1, but tensorflow sees no GPU on this machine",
    kept="every finished file; `nvidia-smi` tells, or the rule is given no gpu",
)
def test_one_that_is_not_seen_is_told(monkeypatch, sees):
    monkeypatch.setattr(gpus, "seen", lambda engine: 0)
    with pytest.raises(UserError) as refused:
        gpus.check(1, "tensorflow", "embedding.engine")
    assert sees in str(refused.value)
    assert "tensorflow[and-cuda]" in str(refused.value)


def test_one_that_is_seen_is_used(monkeypatch):
    monkeypatch.setattr(gpus, "seen", lambda engine: 1)
    gpus.check(1, "jax", "training.engine")
