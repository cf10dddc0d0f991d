"""What embeddings are computed with."""

import pytest

from anurans.common.errors import UserError
from anurans.networks import engines


@pytest.fixture
def machine(monkeypatch):
    """Make this machine one that has, or lacks, what embeddings are computed with."""

    def make(gpu=False, bf16=False, missing=()):
        monkeypatch.setattr(engines, "has_gpu", lambda: gpu)
        monkeypatch.setattr(engines, "has_bf16", lambda: bf16)
        monkeypatch.setattr(engines, "installed", lambda engine: engine not in missing)

    return make


@pytest.mark.parametrize(
    ("has", "found"),
    [
        ({}, ("openvino", "f32")),
        ({"bf16": True}, ("openvino", "f32")),
        ({"gpu": True, "bf16": True}, ("tensorflow", "f32")),
        ({"missing": ("openvino",), "bf16": True}, ("tensorflow", "f32")),
    ],
)
def test_auto_is_what_the_machine_has(machine, has, found):
    machine(**has)
    assert engines.resolve("auto", "auto") == found
    # What was chosen can be done where it was chosen.
    engines.check_exported(dict(zip(("engine", "precision"), found, strict=True)), "about.json")


def test_what_is_asked_for_is_kept(machine):
    machine(gpu=True, bf16=True)
    assert engines.resolve("openvino", "f32") == ("openvino", "f32")
    assert engines.resolve("openvino", "bf16") == ("openvino", "bf16")


@pytest.mark.parametrize(
    ("has", "about", "said"),
    [
        ({"missing": ("openvino",)}, ("openvino", "f32"), "openvino, which is not installed"),
        ({"missing": ("tensorflow",)}, ("tensorflow", "f32"), "tensorflow, which is not installed"),
        ({}, ("openvino", "bf16"), "in bf16, which openvino cannot compute on this machine's"),
    ],
)
def test_a_machine_that_cannot_stops_with_one_sentence(machine, has, about, said):
    machine(**has)
    about = dict(zip(("engine", "precision"), about, strict=True))
    with pytest.raises(UserError, match=said) as error:
        engines.check_exported(about, "results/backbones/small/about.json")
    assert str(error.value).startswith("results/backbones/small/about.json asks for embeddings")
    assert "\n" not in str(error.value)


def test_this_machine_says_what_it_has():
    assert engines.resolve("openvino", "f32") == ("openvino", "f32")
    assert engines.has_bf16() in (True, False)
