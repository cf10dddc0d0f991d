"""GPUs that jobs are given, seen by what computes or not."""

import os
import sys
from types import SimpleNamespace

import pytest

from anurans.common.errors import UserError
from anurans.networks import gpus


@pytest.fixture
def asked(monkeypatch):
    """Engines that were asked for the GPUs that they see, of which there is one."""
    engines = []
    monkeypatch.setattr(gpus, "seen", lambda engine: engines.append(engine) or 1)
    return engines


@pytest.mark.parametrize("engine", ["numpy", "openvino", "tensorflow", "jax"])
def test_a_job_without_a_gpu_loads_nothing_to_look_for_one(asked, engine):
    assert gpus.check(0, engine, "training.engine") is None
    assert asked == []


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
    "a job with a GPU, on a machine where TensorFlow sees none",
    sees="gpu=1, but tensorflow sees no GPU on this machine",
    kept="every finished file; look at `nvidia-smi`, or give the rule no gpu",
)
def test_one_that_is_not_seen_is_told(monkeypatch, sees):
    monkeypatch.setattr(gpus, "seen", lambda engine: 0)
    with pytest.raises(UserError) as refused:
        gpus.check(1, "tensorflow", "embedding.engine")
    assert sees in str(refused.value)
    assert "tensorflow[and-cuda]" in str(refused.value)


@pytest.mark.parametrize("engine", gpus.ABLE)
def test_one_that_is_seen_by_the_engine_that_computes_passes(asked, engine):
    assert gpus.check(1, engine, "training.engine") is None
    assert asked == [engine]


def test_gpus_that_an_engine_sees_are_counted(monkeypatch):
    config = SimpleNamespace(list_physical_devices=lambda kind: [f"/{kind}:0", f"/{kind}:1"])
    monkeypatch.setitem(sys.modules, "tensorflow", SimpleNamespace(config=config))
    assert gpus.seen("tensorflow") == 2
    devices = [SimpleNamespace(platform=kind) for kind in ("cpu", "gpu")]
    monkeypatch.setitem(sys.modules, "jax", SimpleNamespace(devices=lambda: devices))
    assert gpus.seen("jax") == 1


def test_memory_is_taken_as_it_is_needed_so_that_jobs_share_a_gpu(monkeypatch):
    growing = {}
    config = SimpleNamespace(
        list_physical_devices=lambda kind: [f"/{kind}:0", f"/{kind}:1"],
        experimental=SimpleNamespace(set_memory_growth=growing.__setitem__),
    )
    monkeypatch.setitem(sys.modules, "tensorflow", SimpleNamespace(config=config))
    gpus.share("tensorflow")
    assert growing == {"/GPU:0": True, "/GPU:1": True}
    monkeypatch.setenv("XLA_PYTHON_CLIENT_PREALLOCATE", "given")
    gpus.share("jax")
    assert os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] == "given"
    monkeypatch.delenv("XLA_PYTHON_CLIENT_PREALLOCATE")
    gpus.share("jax")
    assert os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    monkeypatch.setenv("XLA_PYTHON_CLIENT_PREALLOCATE", "")  # put back in the end
