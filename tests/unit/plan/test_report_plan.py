"""Tables and figures that a config has something to say in."""

from pathlib import Path

import pytest
import yaml

from anurans.plan.annotation_plan import AnnotationPlan
from anurans.plan.config import load
from anurans.plan.dataset_plan import DatasetPlan
from anurans.plan.network_plan import NetworkPlan
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.report_plan import ReportPlan
from anurans.plan.run_plan import RunPlan
from anurans.plan.study_plan import StudyPlan

ROOT = Path(__file__).parents[3]
SEASON = {"detection": {"recordings": {"source": "resources/demo/season/recordings.csv"}}}


@pytest.fixture
def plan(monkeypatch):
    """Give a function that plans the report of the demo, with other settings."""
    monkeypatch.chdir(ROOT)
    demo = yaml.safe_load((ROOT / "config/config.yaml").read_text())

    def make(**settings):
        config = load(demo | settings, "config")
        recordings = RecordingPlan(config)
        runs = RunPlan(config, recordings)
        study = StudyPlan(config, runs)
        datasets = DatasetPlan(config, recordings, runs)
        annotations = AnnotationPlan(config, recordings)
        networks = NetworkPlan(config, runs, None)
        return ReportPlan(recordings, annotations, networks, runs, datasets, study)

    return make


def test_each_split_has_its_figures_in_both_forms(plan):
    figures = plan().figures()
    for name in ("costs", "learning_curves-night", "precision_recall-clip", "hours-recording"):
        assert f"results/figures/{name}.svg" in figures and f"results/figures/{name}.png" in figures
    assert not [figure for figure in figures if "figure1" in figure]


def test_without_times_there_are_no_hours(plan, tmp_path):
    (tmp_path / "recordings.csv").write_text("recording,path\nPOND,pond.wav\n")
    figures = plan(recordings={"source": str(tmp_path / "recordings.csv")}).figures()
    assert figures and not any("hours-" in figure for figure in figures)


def test_copies_and_optimism_are_shown_where_there_are_any(plan):
    assert "results/figures/copies-time_mask.svg" in plan().figures()
    assert "results/figures/optimism.svg" in plan().figures()
    assert "results/tables/optimism.csv" in plan().tables()
    plain = plan(experiments={"one": {"splits": ["night"], "datasets": ["original"]}}, **SEASON)
    assert not [path for path in plain.figures() if "copies" in path or "optimism" in path]
    assert "results/tables/optimism.csv" not in plain.tables()


def test_without_images_only_those_that_are_shown_are_drawn(plan):
    assert len(plan().shown_copies("time_mask")) == len(plan().shown_originals()) > 1
    (shown,) = plan(backbones={"ear": {"architecture": "BirdNET"}}).shown_copies("time_mask")
    assert shown in plan().shown_copies("time_mask")


def test_tables_of_the_study_are_of_a_config_with_its_stages(plan):
    assert plan().all_tables() == plan().tables()
    stages = {f"stage{n}": {"splits": ["recording"]} for n in (1, 2, 3)}
    study = plan(experiments=stages)
    assert set(study.all_tables()) - set(study.tables()) == {
        f"results/tables/{name}.{kind}"
        for name in ("table1", "table2", "table2_all", "hypotheses")
        for kind in ("csv", "md")
    }
