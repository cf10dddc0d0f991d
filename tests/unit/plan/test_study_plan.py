"""What the study's experiments ask for, in its own config and in others."""

from pathlib import Path

import pytest
import yaml

from anurans.common.errors import UserError
from anurans.plan.config import load
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.run_plan import RunPlan
from anurans.plan.study_plan import StudyPlan

ROOT = Path(__file__).parents[3]


def plan(name, tmp_path, monkeypatch):
    """The study in a config of the project, with recordings that it can list."""
    config = yaml.safe_load((ROOT / "config" / name).read_text())
    monkeypatch.chdir(tmp_path)
    for number in range(40):
        (tmp_path / f"INCT41_2020{1 + number // 28:02d}{1 + number % 28:02d}_200000.wav").touch()
    config["recordings"] = {"source": str(tmp_path)}
    config = load(config, name)
    return StudyPlan(config, RunPlan(config, RecordingPlan(config)))


def test_the_papers_config_has_three_experiments(tmp_path, monkeypatch):
    found = plan("paper.yaml", tmp_path, monkeypatch)
    numbers = [len(found.runs(stage)) for stage in ("stage1", "stage2", "stage3")]
    assert numbers == [48, 24, 96]
    assert len(found.runs()) == len(found.stages()) == sum(numbers)
    assert {each for stages in found.stages() for each in stages} == {
        *("stage1", "stage2", "stage3")
    }
    assert "results/tables/table1.csv" in found.tables()
    assert "results/figures/figure4.svg" in found.figures()
    assert set(found.architectures("stage1").values()) == {
        *("MobileNet", "DenseNet121", "ResNet50", "InceptionV3")
    }
    assert len(found.of_stage("stage3", "combined")) == 48
    files = found.files("metrics.tsv", "stage2")
    assert files == [f"results/training/{run.folder}/metrics.tsv" for run in found.runs("stage2")]
    assert len(found.files("metrics.tsv")) == sum(numbers)


def test_another_config_has_none_and_says_so(tmp_path, monkeypatch):
    found = plan("config.yaml", tmp_path, monkeypatch)
    assert found.figures() == []
    with pytest.raises(UserError, match=r"stage1, stage2, stage3; use --configfile"):
        found.runs()
    with pytest.raises(UserError, match=r"stage1, stage2, stage3; use --configfile"):
        found.files("metrics.tsv", "stage1")


def test_the_studys_figures_need_its_three_stages(monkeypatch):
    monkeypatch.chdir(ROOT)
    demo = yaml.safe_load((ROOT / "config/config.yaml").read_text())

    def study(**experiments):
        config = load(demo | {"experiments": experiments}, "config")
        return StudyPlan(config, RunPlan(config, RecordingPlan(config)))

    stages = {f"stage{n}": {"splits": ["recording"]} for n in (1, 2, 3)}
    assert study(all={}).figures() == []
    assert study(stage1={}, stage2={}).figures() == []
    stages["stage3"]["datasets"] = ["combined", "time_stretch"]
    found = study(**stages)
    assert len(found.figures()) == 8
    assert found.figures()[0] == "results/figures/figure1.svg"
    assert {run.dataset for run in found.of_stage("stage3", "combined")} == {"combined"}
    assert len(found.of_stage("stage3")) == 12
    stages["stage3"]["datasets"] = ["time_stretch"]
    assert study(**stages).figures() == []
