"""What a config asks for, and what jobs are told before they start."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from anurans.common.errors import UserError
from anurans.plan import plan as planning
from anurans.plan.plan import Plan

ROOT = Path(__file__).parents[3]
SEASON = {"source": "resources/demo/season/recordings.csv"}


@pytest.fixture
def plan(monkeypatch):
    """Give a function that plans the demo with other settings."""
    monkeypatch.chdir(ROOT)
    demo = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    return lambda **settings: Plan(demo | settings, "config")


def test_the_demo_is_synthesised_where_a_table_names_its_channels_alone(
    plan, tmp_path, monkeypatch
):
    whole = plan().demo
    assert len(whole) == 24 and set(whole.values()) == {"left", "right"}
    table = tmp_path / "mine.csv"
    first, second, *_ = sorted(whole)
    rows = [
        f"{first},resources/demo/audio/{first}.wav,left",
        f"{second},resources/demo/audio/{second}.wav,",
        "DEMO_20300101_000000,resources/demo/audio/DEMO_20300101_000000.wav,left",
        "OTHER,resources/demo/audio/DEMO_20201108_184500.wav,right",
    ]
    table.write_text("recording,path,channel\n" + "\n".join(rows) + "\n")
    assert plan(recordings={"source": str(table)}).demo == {first: "left"}
    # A folder holds what there is.
    (tmp_path / "resources/demo/audio").mkdir(parents=True)
    (tmp_path / f"resources/demo/audio/{first}.wav").touch()
    shutil.copytree(ROOT / "resources/demo/annotations", tmp_path / "resources/demo/annotations")
    monkeypatch.chdir(tmp_path)
    found = plan(recordings={"source": "resources/demo/audio"})
    assert [each.recording for each in found.recordings] == [first] and found.demo == {}


def test_each_split_has_its_figures_in_both_forms(plan):
    figures = plan().figures()
    for name in ("costs", "learning_curves-night", "precision_recall-clip", "hours-recording"):
        assert f"results/figures/{name}.svg" in figures and f"results/figures/{name}.png" in figures
    assert not [figure for figure in figures if "figure1" in figure]


def test_without_times_there_are_no_hours(plan, tmp_path):
    demo = plan()
    for each in demo.recordings:
        object.__setattr__(each, "date", "")
    assert not any("hours-" in figure for figure in demo.figures())


def test_the_studys_figures_need_its_three_stages(plan):
    stages = {f"stage{n}": {"splits": ["recording"]} for n in (1, 2, 3)}
    assert plan().study_figures() == []
    assert plan(experiments={"stage1": {}, "stage2": {}}).study_figures() == []
    stages["stage3"]["datasets"] = ["combined", "time_stretch"]
    study = plan(experiments=stages)
    assert len(study.study_figures()) == 8
    assert study.study_figures()[0] == "results/figures/figure1.svg"
    assert {run.dataset for run in study.stage_runs("stage3", "combined")} == {"combined"}
    assert len(study.stage_runs("stage3")) == 12
    stages["stage3"]["datasets"] = ["time_stretch"]
    assert plan(experiments=stages).study_figures() == []


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
        return Plan(config, "config").training_digest("c", "all")

    before = digest("1\t2\tA\n")
    assert digest("1.0\t2.0\tA\n") == before
    assert digest("1\t2\tA\n60.5\t61.5\tA\n") != before


def test_masks_are_planned_on_the_image_that_is_drawn(plan):
    short = plan(clips={"length": 1.0}, spectrogram={"fmin": 1000, "fmax": 2000})
    assert short.image("time_mask") == {"sr": 22050, "samples": 22050, "hop_length": 98}
    seen = {"scale": "mel", "n_fft": 512, "n_mels": 31, "fmin": 1000.0, "fmax": 2000.0}
    assert short.image("frequency_mask") == {"sr": 22050} | seen
    best = plan(**short.config | {"detection": {"recordings": SEASON}})
    assert best.detection_settings()["spectrogram"] == short.config["spectrogram"]


def test_a_model_that_hears_is_asked_nothing_of_images(plan):
    ears = plan(
        backbones={"ear": {"architecture": "BirdNET", "combine": "mean"}},
        experiments={"all": {}},
        detection={"recordings": SEASON},
    )
    assert ears.detection_settings() == {"sr": 22050, "length": 5.0}
    assert ears.combined() == {"ear": "mean"}
    assert ears.top("frequency_mask") == 11025 and ears.top("time_mask") is None


def test_only_a_stretched_image_is_noted(plan):
    assert plan().notes == plan(clips={"length": 1.0}).notes == []
    (note,) = plan(clips={"length": 1.0}, spectrogram={"hop_length": 494}).notes
    assert note.startswith("spectrogram.hop_length: 494 gives 45 columns for a clip of 1 s")


@pytest.fixture
def both(tmp_path):
    """A plan of a network that takes images, and of two that take sound."""
    (tmp_path / "recordings").mkdir()
    for name in ("own.xml", "own.bin"):
        (tmp_path / name).touch()
    own = {"architecture": "sound", "weights": str(tmp_path / "own.xml"), "sr": 16000, "window": 1}
    config = {
        "recordings": {"source": str(tmp_path / "recordings")},
        "annotations": {"source": str(tmp_path)},
        "species": {"A": "a"},
        "backbones": {
            "seen": {"architecture": "MobileNet", "weights": "random"},
            "heard": {"architecture": "BirdNET"},
            "my.own": own,
        },
        "detection": {"recordings": {"source": str(tmp_path / "new")}},
    }
    return Plan(config, "config")


def test_backbones_are_named_by_kind(both):
    assert both.backbone_names(sound=False) == "seen"
    sound = re.compile(both.backbone_names(sound=True))
    matched = [name for name in ("seen", "heard", "my.own", "myxown", "") if sound.fullmatch(name)]
    assert matched == ["heard", "my.own"]
    del both.config["backbones"]["seen"]
    none = re.compile(both.backbone_names(sound=False))
    assert not any(none.fullmatch(name) for name in ("seen", "heard", ""))


def test_files_of_a_network_are_inputs(both, monkeypatch):
    assert both.weights_file("seen") == []
    xml, weights = both.weights_file("my.own")
    assert (xml.endswith("own.xml"), weights.endswith("own.bin")) == (True, True)
    monkeypatch.setattr(planning, "find_birdnet", lambda: Path("somewhere"))
    assert both.weights_file("heard") == []
    monkeypatch.setattr(planning, "find_birdnet", lambda: None)
    with pytest.raises(UserError, match=r"backbones.heard: BirdNET is not installed .* make env"):
        both.weights_file("heard")


def test_how_windows_are_put_together_is_nothing_to_the_network(both):
    before = both.network_settings("heard")
    both.config["backbones"]["heard"]["combine"] = "mean"
    assert both.network_settings("heard") == before
    both.config["backbones"]["heard"]["sr"] = 44100
    assert both.network_settings("heard") != before
