"""Roles of recordings, and annotations that a run of a split uses."""

import itertools
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


NIGHTS = [f"2024-01-{day:02d}" for day in range(1, 13)]


@pytest.fixture
def long(tmp_path):
    """Give a function that plans recordings of 24 h, one from 18:00 on each of twelve days.

    It takes annotations of some of them, by the number of the day; in the others A calls at 19:00.
    """
    rows = [f"D{n},D{n}.wav,{night},18:00:00" for n, night in enumerate(NIGHTS)]
    (tmp_path / "recordings.csv").write_text("\n".join(["recording,path,date,time", *rows]))

    def make(calls=(), **settings):
        (tmp_path / "calls").mkdir(exist_ok=True)
        for n in range(len(NIGHTS)):
            text = dict(calls).get(n, "3600\t3601\tA\n")
            (tmp_path / f"calls/D{n}.txt").write_text(text)
        split = {"by": "night", "test": 0.25, "folds": 2, "validation": 0.3, "salt": "1"}
        return of(
            {
                "recordings": {"source": str(tmp_path / "recordings.csv")},
                "annotations": {"source": str(tmp_path / "calls")},
                "species": {"A": "a"},
                "backbones": {"net": {"architecture": "MobileNet", "weights": "random"}},
                "splits": {"n": split | settings},
            }
        )

    return make


def test_annotations_of_a_long_recording_count_in_the_night_of_each(long):
    def digests(*calls):
        return {fold: long(calls).training_digest("n", fold) for fold in ("1", "2")}

    plain = long()
    roles = {NIGHTS[n]: plain.roles("n")[f"D{n}"] for n in range(len(NIGHTS))}
    learnt = {"train", "validation"}
    pairs = list(enumerate(itertools.pairwise(NIGHTS)))
    evening, day = "3600\t3601\tA\n", "72000\t72001\tA\n"  # 19:00, and 14:00 of the next day
    for fold in ("1", "2"):
        n = next(
            n
            for n, (one, other) in pairs
            if roles[one][fold] not in learnt and roles[other][fold] in learnt
        )
        before = digests((n, evening + day))
        moved = digests((n, evening + day.replace("72001", "72002")))
        assert moved[fold] != before[fold]
        moved = digests((n, evening.replace("3601", "3602") + day))
        assert moved[fold] == before[fold]


def test_recordings_within_a_night_are_digested_as_ever(long):
    plan = long()
    names = {f"D{n}" for n in range(len(NIGHTS))}
    used = [name for name in names if plan.roles("n")[name]["1"] in ("train", "validation")]
    assert plan.training_digest("n", "1") == plan._annotations.source.digest(used)


def test_a_species_is_where_it_calls_in_a_long_recording(long):
    """It is heard on the second day of one recording, and nowhere else."""
    plain = {"folds": 0, "validation": 0.0}
    roles = [long(**plain).roles("n")[f"D{n}"]["all"] for n in range(len(NIGHTS))]
    pairs = list(itertools.pairwise(roles))
    silent = dict.fromkeys(range(len(NIGHTS)), "")
    calls = "72000\t72001\tA\n"
    good, bad = pairs.index(("test", "train")), pairs.index(("train", "test"))
    assert long((silent | {good: calls}).items(), **plain).roles("n")
    with pytest.raises(UserError, match="fold all: A calls in none of the"):
        long((silent | {bad: calls}).items(), **plain).roles("n")


def test_nights_of_a_clock_that_was_not_set_are_one_group(tmp_path):
    """Nobody knows which of them are of one night."""
    names = [*(f"A_2024010{day}_203000" for day in range(1, 9)), *("A_19700101_000100",)]
    names += ["A_19700102_000100", "B_19700101_000100"]
    for name in names:
        (tmp_path / f"{name}.wav").touch()
        (tmp_path / f"{name}.txt").write_text("1\t2\tX\n")
    config = {
        "recordings": {"source": str(tmp_path)},
        "annotations": {"source": str(tmp_path)},
        "species": {"X": "x"},
        "backbones": {"net": {"architecture": "MobileNet", "weights": "random"}},
        "splits": {"n": {"by": "night", "folds": 2, "test": 0, "validation": 0, "salt": "1"}},
    }
    groups = of(config).groups("n")
    assert groups["A_19700101_000100"] == groups["A_19700102_000100"] == "clock not set, A"
    assert groups["B_19700101_000100"] == "clock not set, B"
    assert len(of(config).roles("n")) == len(names)


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
