"""What a config may ask to be detected, and which jobs that makes."""

from pathlib import Path

import pytest
import yaml

from anurans.common.errors import UserError
from anurans.plan.detection_plan import day_of
from anurans.plan.plan import Plan
from anurans.recordings.names import Recording

ROOT = Path(__file__).parents[3]
NEW = {"source": "resources/demo/season/recordings.csv"}


@pytest.fixture
def plan(monkeypatch):
    """Give a function that plans the demo with another `detection`."""
    monkeypatch.chdir(ROOT)
    demo = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    del demo["detection"]

    def make(detection=None, **settings):
        return Plan(
            demo | settings | ({} if detection is None else {"detection": detection}), "config"
        )

    return make


def test_without_detection_the_config_is_as_it_was(plan):
    without = plan()
    assert "detection" not in without.config
    assert without.trained_config == without.config
    with pytest.raises(UserError, match="does not say what to detect calls in"):
        without.detections()


def test_what_is_detected_changes_nothing_that_is_trained(plan):
    one, other = plan(), plan({"recordings": NEW})
    assert other.trained_config == one.config
    assert other.runs == one.runs and other.figures() == one.figures()


def test_recordings_are_dealt_to_days(plan):
    found = plan({"recordings": NEW})
    assert sum(map(len, found.days.values())) == 200
    assert found.days["20210921"][0].date == "2021-09-21"
    assert "results/detections/audacity/20210921" in found.detections()
    assert "results/detections/judged.csv" not in found.detections()
    truth = plan({"recordings": NEW, "truth": "resources/demo/season/truth.csv"})
    assert "results/detections/judged.csv" in truth.detections()


def test_recordings_without_a_date_have_jobs_of_their_own():
    days = {day_of(Recording(f"R{n}", "")) for n in range(500)}
    assert len(days) == 32 and all(day.startswith("undated-") for day in days)
    assert day_of(Recording("R", "", date="2021-02-03", time="")) == "20210203"


def test_the_best_is_chosen_among_models_whose_split_does_not_leak(plan):
    runs = plan({"recordings": NEW}).detection_runs()
    assert {run.split for run in runs} == {"recording", "night"}


def test_a_model_is_named_by_its_folder(plan):
    name = "recording/mobilenet-small/combined/logistic"
    found = plan({"recordings": NEW, "model": name})
    assert found.of_detection("head.keras") == [
        f"results/training/{name}/fold-{fold}/head.keras" for fold in (1, 2, 3)
    ]
    assert found.detection_backbones("model.bin") == ["results/backbones/mobilenet-small/model.bin"]
    assert found.detection_embeddings(["0000"]) == [
        "results/embeddings/mobilenet-small/original/0000.h5"
    ]
    # One that leaks may be named, though it is never the best.
    assert plan({"recordings": NEW, "model": "clip/mobilenet-small/original/logistic"}).detects(
        "model"
    )


LEAKY = {"clip": {"by": "clip", "folds": 2}}
PLAIN = {"recording": {"folds": 0}}


@pytest.mark.fault(
    "Config",
    "a model for detection that is not trained",
    sees="detection.model: recording/mobilenet-small/combine/logistic is not trained (did you mean "
    "recording/mobilenet-small/combined/logistic?)",
    kept="nothing is started",
)
def test_a_model_that_is_not_trained_is_refused(plan, sees):
    with pytest.raises(UserError) as refused:
        plan({"recordings": NEW, "model": "recording/mobilenet-small/combine/logistic"})
    assert sees in str(refused.value)


@pytest.fixture
def knowing(tmp_path):
    """A network that knows a species of the demo, as `backbones`."""
    (tmp_path / "net.tflite").touch()
    (tmp_path / "labels.txt").write_text("Boana lundii_Frog\n")
    return {"net": {"architecture": "BirdNET", "weights": str(tmp_path / "net.tflite")}}


def test_own_classes_are_nothing_to_listen_with(plan, knowing):
    given = {"backbones": knowing, "experiments": {"all": {"splits": ["recording"]}}}
    found = plan({"recordings": NEW}, **given)
    assert {run.recipe for run in found.runs} == {"logistic", "own"}
    assert {run.recipe for run in found.detection_runs()} == {"logistic"}
    with pytest.raises(UserError) as refused:
        plan({"recordings": NEW, "model": "recording/net/original/own"}, **given)
    assert "own is not trained" in str(refused.value) and "/own?" not in str(refused.value)
    alone = {"all": {"splits": ["recording"], "recipes": ["own"]}}
    with pytest.raises(UserError, match="own classes are all that is run"):
        plan({"recordings": NEW}, **given | {"experiments": alone})


@pytest.mark.fault(
    "Config",
    "the best model for detection, where every split leaks",
    sees="detection.model: found best; every split that is run leaks by design",
    kept="nothing is started",
)
def test_the_best_of_models_that_all_leak_is_refused(plan, sees):
    with pytest.raises(UserError) as refused:
        plan({"recordings": NEW}, splits=LEAKY, experiments={"all": {}})
    assert sees in str(refused.value)


@pytest.mark.fault(
    "Config",
    "a wanted precision with a split that holds nothing out",
    sees="detection.thresholds: the split recording has folds: 0 and holds nothing out",
    kept="nothing is started",
)
def test_a_precision_needs_held_out_clips(plan, sees):
    wanted = {"recordings": NEW, "thresholds": {"precision": 0.9}}
    model = {"model": "recording/mobilenet-small/combined/logistic"}
    with pytest.raises(UserError) as refused:
        plan(wanted | model, splits=PLAIN, experiments={"all": {}})
    assert sees in str(refused.value)
    with pytest.raises(UserError, match="holds nothing out"):
        plan(wanted, splits=PLAIN, experiments={"all": {}})


@pytest.mark.parametrize(
    ("wrong", "sees"),
    [
        ({"model": "best"}, "detection: the key recordings is missing."),
        ({"recordings": NEW, "overlap": 0.3}, "expected one of 0, 0.5, 0.75, 0.8, 0.9."),
        ({"recordings": NEW, "gap": -1}, "detection.gap: found -1; expected a number at least 0."),
        ({"recordings": NEW, "thresholds": "f1"}, 'detection.thresholds: found "f1"; expected:'),
        ({"recordings": NEW, "thresholds": {"precision": 1}}, "detection.thresholds: found"),
        ({"recordings": NEW, "treshold": "tuned"}, "did you mean thresholds?"),
    ],
)
def test_mistakes_are_told_in_a_sentence(plan, wrong, sees):
    with pytest.raises(UserError) as refused:
        plan(wrong)
    assert sees in str(refused.value)


def test_recordings_that_are_not_there_are_told_when_they_are_asked_for(plan):
    found = plan({"recordings": {"source": "nowhere"}})
    with pytest.raises(UserError, match=r"^detection\.recordings\.source: nowhere does not exist"):
        found.detections()
