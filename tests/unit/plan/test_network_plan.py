"""Networks of a config: names by kind, files, settings."""

import re
from pathlib import Path

import pytest

from anurans.common.errors import UserError
from anurans.plan import network_plan
from anurans.plan.config import load
from anurans.plan.network_plan import NetworkPlan
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.run_plan import RunPlan


@pytest.fixture
def config(tmp_path):
    """A network that takes images, and two that take sound."""
    (tmp_path / "recordings").mkdir()
    for name in ("own.xml", "own.bin"):
        (tmp_path / name).touch()
    own = {"architecture": "sound", "weights": str(tmp_path / "own.xml"), "sr": 16000, "window": 1}
    given = {
        "recordings": {"source": str(tmp_path / "recordings")},
        "annotations": {"source": str(tmp_path)},
        "species": {"A": "a"},
        "backbones": {
            "seen": {"architecture": "MobileNet", "weights": "random"},
            "heard": {"architecture": "BirdNET"},
            "my.own": own,
        },
    }
    return load(given, "config")


def of(config):
    """The networks of a loaded config."""
    return NetworkPlan(config, RunPlan(config, RecordingPlan(config)), None)


def test_backbones_are_named_by_kind(config):
    both = of(config)
    assert both.names(sound=False) == "seen"
    sound = re.compile(both.names(sound=True))
    matched = [name for name in ("seen", "heard", "my.own", "myxown", "") if sound.fullmatch(name)]
    assert matched == ["heard", "my.own"]
    del config["backbones"]["seen"]
    none = re.compile(of(config).names(sound=False))
    assert not any(none.fullmatch(name) for name in ("seen", "heard", ""))


def test_files_of_a_network_are_inputs(config, monkeypatch):
    both = of(config)
    assert both.files("seen") == []
    xml, weights = both.files("my.own")
    assert (xml.endswith("own.xml"), weights.endswith("own.bin")) == (True, True)
    monkeypatch.setattr(network_plan, "find_birdnet", lambda: Path("somewhere"))
    assert both.files("heard") == []
    monkeypatch.setattr(network_plan, "find_birdnet", lambda: None)
    with pytest.raises(UserError, match=r"backbones.heard: BirdNET is not installed .* make env"):
        both.files("heard")


def test_how_windows_are_put_together_and_what_scores_mean_is_nothing_to_the_network(config):
    before = of(config).settings("heard")
    config["backbones"]["heard"] |= {"combine": "mean", "classes": "names.csv"}
    assert of(config).settings("heard") == before
    assert of(config).combines("heard") == "mean"
    assert of(config).combines("seen") == of(config).combines("my.own") == "max"
    config["backbones"]["heard"]["sr"] = 44100
    assert of(config).settings("heard") != before


def test_kinds_are_told_where_there_are_two(config):
    assert of(config).kinds == {"heard": "sound", "my.own": "sound", "seen": "image"}
    licences = of(config).licences
    assert set(licences) == {"heard", "my.own"} and "CC BY-NC-SA" in licences["heard"]
    del config["backbones"]["seen"]
    assert of(config).kinds is None
