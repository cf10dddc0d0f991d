"""What a config may ask to be detected, and which jobs that makes."""

from pathlib import Path

import pytest
import yaml

from anurans.common.errors import UserError
from anurans.plan.plan import Plan

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
    others = {"export", "review", "search"}
    kept = {key: value for key, value in without.config.items() if key not in others}
    assert without.trained_config == kept
    with pytest.raises(UserError, match="does not say what to detect calls in"):
        without.detection.detections()


def test_what_is_detected_changes_nothing_that_is_trained(plan):
    one, other = plan(), plan({"recordings": NEW})
    assert other.trained_config == one.trained_config
    assert other.runs.all == one.runs.all
    assert other.report.figures() == one.report.figures()


def test_there_is_a_table_of_how_good_events_are_where_there_is_a_truth(plan):
    found = plan({"recordings": NEW}).detection
    assert "results/detections/audacity/20210921" in found.detections()
    assert "results/detections/judged.csv" not in found.detections()
    truth = plan({"recordings": NEW, "truth": "resources/demo/season/truth.csv"}).detection
    assert "results/detections/judged.csv" in truth.detections()


def test_new_recordings_without_times_have_no_calendar(plan, tmp_path):
    (tmp_path / "pond.wav").touch()
    season, timeless = plan({"recordings": NEW}), plan({"recordings": {"source": str(tmp_path)}})
    of_season, of_timeless = season.detection.monitoring(), timeless.detection.monitoring()
    gone = {Path(path).stem for path in of_season} - {Path(path).stem for path in of_timeless}
    assert {"calendar", "season", "night"} <= gone
    assert "results/monitoring/drift.svg" in of_timeless


def test_the_best_is_chosen_among_models_whose_split_does_not_leak(plan):
    runs = plan({"recordings": NEW}).detection.runs()
    assert {run.split for run in runs} == {"recording", "night"}


def test_a_model_is_named_by_its_folder(plan):
    name = "recording/mobilenet-small/combined/logistic"
    found = plan({"recordings": NEW, "model": name}).detection
    assert found.of_runs("head.keras") == [
        f"results/training/{name}/fold-{fold}/head.keras" for fold in (1, 2, 3)
    ]
    assert found.of_backbones("model.bin") == ["results/backbones/mobilenet-small/model.bin"]
    assert found.embeddings() == [
        f"results/embeddings/mobilenet-small/original/000{shard}.h5" for shard in range(4)
    ]
    # Its scores are no reason to choose it, and folds are in order.
    assert found.compared() == [] and found.only()["folds"] == ["1", "2", "3"]
    assert "/".join(found.only()["model"].values()) == name
    best = plan({"recordings": NEW}).detection
    assert best.compared() == best.of_runs("metrics.tsv") and best.only() is None
    # The best of one is that one.
    one = dict(zip(("splits", "backbones", "datasets", "recipes"), name.split("/"), strict=True))
    alone = plan({"recordings": NEW}, experiments={"one": {key: [x] for key, x in one.items()}})
    assert alone.detection.compared() == [] and alone.detection.only() == found.only()
    # One that leaks may be named, though it is never the best.
    leaky = "clip/mobilenet-small/original/logistic"
    assert plan({"recordings": NEW, "model": leaky}).detection.setting("model") == leaky


LEAKY = {"clip": {"by": "clip", "folds": 2}}
PLAIN = {"recording": {"folds": 0}}


@pytest.mark.fault(
    "Config",
    "a model for detection that is not trained",
    sees="detection.model: recording/mobilenet-small/combine/logistic is not trained (did you mean "
    "recording/mobilenet-small/combined/logistic?)",
    kept="nothing starts",
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
    assert {run.recipe for run in found.runs.all} == {"logistic", "own"}
    assert {run.recipe for run in found.detection.runs()} == {"logistic"}
    with pytest.raises(UserError) as refused:
        plan({"recordings": NEW, "model": "recording/net/original/own"}, **given)
    assert "own is not trained" in str(refused.value) and "/own?" not in str(refused.value)
    alone = {"all": {"splits": ["recording"], "recipes": ["own"]}}
    with pytest.raises(UserError, match="experiments run only networks' own classes"):
        plan({"recordings": NEW}, **given | {"experiments": alone})


@pytest.mark.fault(
    "Config",
    "`detection.model: best`, and every split leaks",
    sees="detection.model: found best; every split that is run leaks by design",
    kept="nothing starts",
)
def test_the_best_of_models_that_all_leak_is_refused(plan, sees):
    with pytest.raises(UserError) as refused:
        plan({"recordings": NEW}, splits=LEAKY, experiments={"all": {}})
    assert sees in str(refused.value)


@pytest.mark.fault(
    "Config",
    "a wanted precision, and the split holds nothing out",
    sees="detection.thresholds: the split recording has folds: 0 and holds nothing out",
    kept="nothing starts",
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
        found.detection.detections()


def test_a_model_that_hears_is_asked_nothing_of_images(plan):
    ears = plan(
        {"recordings": NEW},
        backbones={"ear": {"architecture": "BirdNET", "combine": "mean"}},
        experiments={"all": {}},
    )
    assert ears.detection.clip_settings() == {"sr": 22050, "length": 5.0}
    assert ears.detection.combined() == {"ear": "mean"}
    seen = plan({"recordings": NEW}, spectrogram={"fmin": 1000, "fmax": 2000})
    assert seen.detection.clip_settings()["spectrogram"] == seen.config["spectrogram"]


CHOSEN = {"splits": ["recording"], "datasets": ["original"], "backbones": ["mobilenet-small"]}
TUNED = {"recipes": {"logistic": {}, "deep": {"train": "all"}}, "experiments": {"all": CHOSEN}}
DEEP = "recording/mobilenet-small/original/deep"


def test_fine_tuned_networks_are_listened_with_all_folds_each_with_its_own(plan):
    best = plan({"recordings": NEW}, **TUNED).detection
    assert {run.recipe for run in best.runs()} == {"logistic", "deep"}
    own = [f"results/training/{DEEP}/fold-{fold}/network/about.json" for fold in (1, 2, 3)]
    assert best.own_networks("about.json") == own
    named = plan({"recordings": NEW, "model": DEEP}, **TUNED).detection
    assert named.own_networks("about.json") == own
    assert named.of_backbones("about.json") == ["results/backbones/mobilenet-small/about.json"]
    frozen = plan({"recordings": NEW, "model": DEEP.replace("deep", "logistic")}, **TUNED)
    assert frozen.detection.own_networks("about.json") == []


def test_one_refit_of_each_model_that_trains_its_network_listens_where_that_is_asked(plan):
    best = plan({"recordings": NEW, "refit": True}, **TUNED)
    refit = f"results/training/{DEEP}/fold-refit"
    assert best.detection.own_networks("about.json") == [f"{refit}/network/about.json"]
    assert best.detection.refits("head.keras") == [f"{refit}/head.keras"]
    # It is no run: folds are judged and chosen by, as without it.
    assert {run.fold for run in best.runs.all} == {"1", "2", "3"}
    split, backbone, dataset, recipe = DEEP.split("/")
    about = {"split": split, "backbone": backbone, "dataset": dataset, "recipe": recipe}
    assert best.detection.refit_rows() == [about | {"fold": "refit"}]
    judged = "results/detections/refit.csv"
    without = plan({"recordings": NEW}, **TUNED).detection
    assert judged in best.detection.detections() and judged not in without.detections()
    assert without.refits("head.keras") == without.refit_rows() == []
    assert plan(None, **TUNED).detection.refit_rows() == []
    before = best.runs.folds_before(*DEEP.split("/"), "refit")
    assert before == [f"results/training/{DEEP}/fold-{fold}/scores.h5" for fold in (1, 2, 3)]
    assert best.runs.folds_before(*DEEP.split("/"), "2") == []


def test_a_refit_learns_from_the_annotations_of_all_folds_and_not_of_the_test_part(plan):
    splits = plan(None, **TUNED).splits
    roles = splits.roles("recording")
    learnt = [name for name, of in roles.items() if of["1"] != "test"]
    assert 0 < len(learnt) < len(roles)
    every = plan(None, **TUNED).annotations.source.digest(sorted(learnt))
    assert splits.training_digest("recording", "refit") == every
    assert splits.training_digest("recording", "1") != every


HEADS_ONLY = DEEP.replace("deep", "logistic")


@pytest.mark.fault(
    "Config",
    "a refit of a model that trains only heads",
    sees="detection.refit: found true, but no model that may be listened with trains its network",
    kept="nothing starts",
)
def test_a_refit_of_heads_is_refused(plan, sees):
    with pytest.raises(UserError) as refused:
        plan({"recordings": NEW, "refit": True, "model": HEADS_ONLY}, **TUNED)
    assert sees in str(refused.value)


@pytest.mark.fault(
    "Config",
    "a refit, and the split has no folds",
    sees="detection.refit: found true, but the split recording has folds: 0",
    kept="nothing starts",
)
def test_a_refit_needs_folds(plan, sees):
    with pytest.raises(UserError) as refused:
        plan({"recordings": NEW, "refit": True}, **TUNED, splits=PLAIN)
    assert sees in str(refused.value)


def test_a_run_that_trains_a_network_has_its_own_rule_and_network(plan):
    runs = plan(None, **TUNED).runs
    tuned = next(run for run in runs.all if run.recipe == "deep")
    assert runs.rule_of(tuned) == "finetune_model"
    assert (runs.tuned_names(True), runs.tuned_names(False)) == ("deep", "logistic")
    place = tuned.split, tuned.backbone, tuned.dataset, tuned.recipe, tuned.fold
    assert runs.network(*place) == f"results/training/{tuned.folder}/network/model.keras"
    frozen = runs.network(*place[:3], "logistic", tuned.fold)
    assert frozen == f"results/backbones/{tuned.backbone}/model.keras"
    assert f"results/benchmarks/finetune_model/{tuned.folder}.tsv" in runs.training_benchmarks()
