"""What the study's experiments ask for, in its own config and in others."""

from pathlib import Path

import pytest
import yaml

from anurans.common.errors import UserError
from anurans.plan.plan import Plan

ROOT = Path(__file__).parents[3]


def plan(name, tmp_path, monkeypatch):
    """Plan of a config of the project, with recordings that it can list."""
    config = yaml.safe_load((ROOT / "config" / name).read_text())
    monkeypatch.chdir(tmp_path)
    for number in range(40):
        (tmp_path / f"INCT41_2020{1 + number // 28:02d}{1 + number % 28:02d}_200000.wav").touch()
    config["recordings"] = {"source": str(tmp_path)}
    return Plan(config, name)


def test_the_papers_config_has_three_experiments(tmp_path, monkeypatch):
    found = plan("paper.yaml", tmp_path, monkeypatch)
    numbers = [len(found.study_runs(stage)) for stage in ("stage1", "stage2", "stage3")]
    assert numbers == [48, 24, 96]
    assert len(found.study_runs()) == len(found.study_stages()) == sum(numbers)
    assert {each for stages in found.study_stages() for each in stages} == {
        *("stage1", "stage2", "stage3")
    }
    assert "results/tables/table1.csv" in found.study_tables()
    assert "results/figures/figure4.svg" in found.study_figures()
    assert set(found.study_architectures("stage1").values()) == {
        *("MobileNet", "DenseNet121", "ResNet50", "InceptionV3")
    }
    assert len(found.stage_runs("stage3", "combined")) == 48


def test_another_config_has_none_and_says_so(tmp_path, monkeypatch):
    found = plan("config.yaml", tmp_path, monkeypatch)
    assert found.study_figures() == []
    with pytest.raises(UserError, match=r"stage1, stage2, stage3; use --configfile"):
        found.study_runs()
