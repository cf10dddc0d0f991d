"""Roles of recordings, and annotations that a run of a split uses."""

from pathlib import Path

import pytest
import yaml

from anurans.common.errors import UserError
from anurans.plan.annotation_plan import AnnotationPlan
from anurans.plan.config import load
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.split_plan import SplitPlan

ROOT = Path(__file__).parents[3]


def of(config):
    """The splits of a config."""
    config = load(config, "config")
    recordings = RecordingPlan(config)
    return SplitPlan(config, recordings, AnnotationPlan(config, recordings))


@pytest.fixture
def demo(monkeypatch):
    """Give a function that plans the splits of the demo, with other settings of that by night."""
    monkeypatch.chdir(ROOT)
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())

    def make(**settings):
        night = config["splits"]["night"] | settings
        return of(config | {"splits": config["splits"] | {"night": night}})

    return make


def test_all_recordings_of_a_night_have_one_role(demo):
    roles, groups = demo().roles("night"), demo().groups("night")
    assert set(roles) == set(groups) and len(set(groups.values())) < len(groups)
    of_night = {}
    for recording, folds in roles.items():
        of_night.setdefault(groups[recording], []).append(folds)
    assert all(each == same[0] for same in of_night.values() for each in same)
    assert set(next(iter(roles.values()))) == {"1", "2", "3"}


def test_a_split_that_cannot_be_used_is_refused_each_time(demo):
    missing = demo(test=0.9, folds=5)
    for _ in range(2):
        with pytest.raises(UserError, match=r"splits\.night cannot be used"):
            missing.roles("night")


def test_clips_are_dealt_later_by_what_their_split_says(demo):
    found = demo()
    assert found.roles("clip") == {} and found.by_clip("night") is None
    assert found.by_clip("clip") == {
        "name": "clip",
        "test": 0.25,
        "folds": 3,
        "validation": 0.25,
        "salt": "254",
    }
    assert found.leaks("clip") and not found.leaks("night")


def test_what_a_split_asks_of_runs(demo):
    found = demo(allow_missing=["PHYCUV"], folds=0)
    assert found.required_species("night") == ["BOAALB", "BOALUN"]
    assert found.required_species("clip") == ["BOAALB", "PHYCUV", "BOALUN"]
    assert found.calibrators("night") == []
    assert found.calibrators("clip") == ["results/calibrators.tsv"]
    assert found.validates_on("night") == "validation"
    assert {each["name"] for each in found.settings()} == {"recording", "night", "clip"}


def test_a_run_uses_annotations_of_what_it_learns_from_alone(tmp_path):
    for n in range(12):
        (tmp_path / f"R{n}.wav").touch()
        (tmp_path / f"R{n}.txt").write_text("1\t2\tA\n")
    parts = {"by": "recording", "test": 0.3, "folds": 2, "validation": 0.2, "allow_missing": ["A"]}
    config = {
        "recordings": {"source": str(tmp_path)},
        "annotations": {"source": str(tmp_path)},
        "species": {"A": "a"},
        "backbones": {"net": {"architecture": "MobileNet", "weights": "random"}},
        "splits": {"r": parts | {"salt": "1"}},
    }
    roles = of(config).roles("r")
    before = {fold: of(config).training_digest("r", fold) for fold in ("1", "2")}
    tested = next(name for name, folds in roles.items() if folds["1"] == "test")
    (tmp_path / f"{tested}.txt").write_text("1\t2.5\tA\n")
    assert {fold: of(config).training_digest("r", fold) for fold in ("1", "2")} == before
    held_out = next(name for name, folds in roles.items() if folds["1"] == "held_out")
    (tmp_path / f"{held_out}.txt").write_text("1\t2.5\tA\n")
    after = of(config)
    assert after.training_digest("r", "1") == before["1"]
    assert after.training_digest("r", "2") != before["2"]


def test_a_call_after_the_last_clip_counts_where_a_stretched_copy_may_show_it(tmp_path):
    """A recording of 62 s has 12 clips; what comes after them is in copies of the last one."""
    calls = tmp_path / "REC_20200101_200000.txt"
    (tmp_path / "recordings.csv").write_text("recording,path\nREC_20200101_200000,none.wav\n")
    config = {
        "recordings": {"source": str(tmp_path / "recordings.csv")},
        "annotations": {"source": str(tmp_path)},
        "species": {"A": "a"},
        "backbones": {"net": {"architecture": "MobileNet", "weights": "random"}},
        "datasets": {"d": ["original", "time_stretch"]},
        "splits": {"c": {"by": "clip", "test": 0.3, "folds": 0, "validation": 0.2, "salt": "13"}},
    }

    def digest(text):
        calls.write_text(text)
        return of(config).training_digest("c", "all")

    before = digest("1\t2\tA\n")
    assert digest("1.0\t2.0\tA\n") == before
    assert digest("1\t2\tA\n60.5\t61.5\tA\n") != before
