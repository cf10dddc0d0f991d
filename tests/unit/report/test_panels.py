"""Sheets of panels, and the figures of models that are drawn on them, from tables made here."""

from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import plot_best_by_dataset
import plot_costs
import plot_field_scores
import plot_folds
import plot_hours
import plot_learning_curves
import plot_pipeline
import plot_precision_recall
import plot_reliability
import plot_size
from anurans.common.errors import UserError
from anurans.common.tables import write_table
from anurans.report.figures import Dot, sheet
from anurans.report.panels import bar, fold_panels, letter_names, lowest, panel_rows, panels
from anurans.scores.calibration import CALIBRATORS
from anurans.scores.comparison import MODEL
from anurans.scores.field_scores import FALSE, FIELD, LISTENING, RECALL

SPECIES = ["A", "B"]
SCORES = ["recording", "clip", "group", "role", "used"]
SCORES += [f"{what}_{name}" for name in SPECIES for what in ("score", "predicted", "label")]
METRICS = [*MODEL, "fold", "subset", "n_species", "f1_A", "f1_B", "f1_macro"]
METRICS += ["best_epoch", "weights_mb"]
PARAMS = SimpleNamespace(
    species=SPECIES, resamples=50, seed=1, datasets=["plain", "masked"], dataset="masked"
)


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """Give a function that runs the `main` of a script and returns the figure that it drew."""

    def run(script, input=None, params=PARAMS, **arguments):
        figures = []

        @contextmanager
        def watched(*size):
            with sheet(*size) as figure:
                figures.append(figure)
                yield figure

        monkeypatch.setattr(script, "sheet", watched)
        paths = [tmp_path / "figure.svg", tmp_path / "figure.png"]
        given = {"input": input} if input is not None else {}
        script.main(output=paths, params=params, **given, **arguments)
        first = [path.read_bytes() for path in paths]
        script.main(output=paths, params=params, **given, **arguments)
        assert [path.read_bytes() for path in paths] == first
        return figures[0]

    return run


@pytest.fixture
def study(tmp_path):
    """Give a function that writes the files of runs, and gives their paths."""

    def write(folds=("1", "2"), backbones=("net", "other"), f1=(0.25, 0.75), parts=None, split="s"):
        rng, metrics, predictions, history = np.random.default_rng(0), [], [], []
        parts = parts or {"validation", "held_out", "test"}
        for backbone, dataset in ((b, d) for b in backbones for d in PARAMS.datasets):
            for fold, value in zip(folds, f1, strict=False):
                folder = tmp_path / split / backbone / dataset / fold
                model = (split, "no", backbone, "random", dataset, "head", "default")
                about = dict(zip(MODEL, model, strict=True))
                about |= {"fold": fold, "n_species": 2, "best_epoch": 2, "weights_mb": 10}
                score = value + 0.1 * (backbone == "other") - 0.05 * (dataset == "masked")
                scores = dict.fromkeys(["f1_A", "f1_B", "f1_macro"], score)
                rows = [about | scores | {"subset": part} for part in sorted(parts)]
                metrics.append(folder / "metrics.tsv")
                write_table(metrics[-1], METRICS, rows)
                clips = []
                for part in sorted(parts):
                    for at in range(12):
                        name = f"R{fold if part == 'held_out' else part}{at % 3}"
                        id = f"{name}_{at * 5000:07d}"
                        clip = {
                            "recording": name,
                            "clip": id,
                            "group": name,
                            "role": part,
                            "used": 1,
                        }
                        for species, label in zip(SPECIES, (at % 2, 0), strict=True):
                            found = (label + float(rng.random())) / 2
                            clip |= {
                                f"score_{species}": found,
                                f"label_{species}": label,
                                f"predicted_{species}": int(found > 0.5),
                            }
                        clips.append(clip)
                predictions.append(folder / "predictions.tsv")
                write_table(predictions[-1], SCORES, clips)
                losses = [{"epoch": n, "loss": 1 / n, "val_loss": 2 / n} for n in (1, 2, 3)]
                history.append(folder / "history.tsv")
                write_table(history[-1], ["epoch", "loss", "val_loss"], losses)
        recordings = tmp_path / "recordings.csv"
        names = sorted({f"R{of}{n}" for of in (*folds, "test") for n in range(3)})
        rows = [{"recording": name, "time": "20:30:00"} for name in names]
        write_table(recordings, ["recording", "time"], rows)
        return SimpleNamespace(
            metrics=metrics,
            predictions=predictions,
            history=history,
            recordings=recordings,
            calibrators=[],
        )

    return write


def texts(figure):
    """All that is written in a figure."""
    return "\n".join(each.get_text() for each in figure.findobj(Text))


OF_SPLIT = {"wildcards": SimpleNamespace(split="s")}


def test_panels_fill_rows_and_leave_the_rest_empty():
    figure = Figure()
    axes = list(panels(figure, 4, 3, sharex=True))
    assert panel_rows(4, 3) == 2 and panel_rows(0, 3) == 1
    assert [ax.get_visible() for ax in figure.axes] == [True] * 4 + [False] * 2
    assert [lowest(at, 4, 3) for at in range(4)] == [False, True, True, True]
    assert axes[1].xaxis.get_tick_params()["labelbottom"]


def test_values_and_long_names_are_written_short():
    assert bar(0.5, (0.25, 1.0)) == "0.50 [0.25, 1.00]" and bar(0.5, (None, None)) == "0.50"
    assert bar(None, (None, None)) == "\N{EN DASH}"
    assert letter_names(["one"]) == ({"one": ""}, ["Recipe: one."])
    letters, lines = letter_names(["two", "one", "two"])
    assert letters == {"one": "a", "two": "b"} and lines == ["Recipes: a one, b two."]
    many, _ = letter_names(f"{at:03}" for at in range(60))
    assert many["026"] == "aa" and len(set(many.values())) == 60


def test_precision_and_recall_of_the_best_models(drawn, study):
    figure = drawn(plot_precision_recall, study(), **OF_SPLIT)
    said = texts(figure)
    assert "The 3 best of 4 models by mean held-out F1" in said
    assert "12 of 24 clips positive" in said and "over 6 groups" in said
    # The second species never calls.
    assert "0 of 24 clips positive" in said and said.count("AP \N{EN DASH}") == 3
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["other, plain", "other, masked", "net, plain"]


def test_reliability_of_the_best_models(drawn, study):
    figure = drawn(plot_reliability, study(), **OF_SPLIT)
    assert "The 2 best of 4 models" in texts(figure)
    assert len([ax for ax in figure.axes if ax.get_visible()]) == 4
    assert texts(figure).count("ECE 0.") == 4


def test_reliability_before_and_after_calibration(drawn, study, tmp_path):
    files = study()
    model = ("s", "no", "other", "random", "plain", "head", "default")
    about = dict(zip(MODEL, model, strict=True)) | {"species": "A", "method": "platt"}
    points = [about | {"score": score, "probability": score / 2} for score in (0, 1)]
    files.calibrators.append(tmp_path / "calibrators.tsv")
    write_table(files.calibrators[0], CALIBRATORS, points)
    figure = drawn(plot_reliability, files, **OF_SPLIT)
    said = texts(figure)
    assert "calibrated on the held-out clips" in said
    assert "The best of 4 models by mean held-out F1, other, plain, on test clips" in said
    # Behind all else the diagonal, then of either part its curve, its points and its key.
    before, after = (figure.axes[0].lines[at].get_xdata() for at in (1, 5))
    assert after.max() == pytest.approx(before.max() / 2, abs=0.1)


def test_hours_state_their_clips_and_are_refused_without_a_time(drawn, study, tmp_path):
    files = study()
    said = texts(drawn(plot_hours, files, **OF_SPLIT))
    assert "12 / 24" in said and "0 / 24" in said and "20:00" in said and "21:00" in said
    write_table(files.recordings, ["recording", "time"], [{"recording": "R10", "time": ""}])
    with pytest.raises(UserError, match="no scored recording has a time"):
        plot_hours.main(files, [], PARAMS, **OF_SPLIT)


def test_what_matters_in_the_field_has_a_panel_for_each_species_and_score(drawn, study, tmp_path):
    files = study()
    files.table = tmp_path / "field.csv"
    model = ("s", "no", "other", "random", "plain", "head", "default")
    about = dict(zip(MODEL, model, strict=True)) | {"subset": "held_out", "species": "A"}
    rows = [
        about | {"score": RECALL, "of": "far", "value": 0.5, "lower": 0.25, "upper": 0.75},
        about | {"score": RECALL, "of": "clear", "value": 0.9},
        about | {"score": FALSE, "of": "", "value": 2.5, "lower": 1, "upper": 4},
        about | {"score": LISTENING, "of": "95 % of presences", "value": 8, "by_chance": 20},
    ]
    write_table(files.table, FIELD, rows)
    figure = drawn(plot_field_scores, files, **OF_SPLIT)
    assert len(figure.axes) == 6
    said = texts(figure)
    assert "clear" in said and "far" in said and "the 3 best of 4 models" in said.lower()
    recall, false, listening = figure.axes[:3]
    # Above each other from clear to far, and hollow without an interval.
    clear, far = (line for line in recall.lines if len(line.get_xdata()) == 1)
    far, clear = sorted((clear, far), key=lambda line: line.get_xdata()[0])
    assert clear.get_ydata()[0] < far.get_ydata()[0]
    assert clear.get_markerfacecolor() == "white" != far.get_markerfacecolor()
    assert [list(line.get_xdata()) for line in false.lines] == [[1, 4], [2.5]]
    assert [line.get_xdata()[0] for line in listening.lines] == [8, 20]


def test_learning_curves_mark_the_epoch_that_was_kept(drawn, study):
    files = study()
    figure = drawn(plot_learning_curves, files, **OF_SPLIT)
    shown = [ax for ax in figure.axes if ax.get_visible()]
    assert len(shown) == 4 and "4 models, 8 trainings" in texts(figure)
    first, second, kept = shown[0].lines[:3]
    assert first.get_ydata().tolist() == pytest.approx([1, 1 / 2, 1 / 3], abs=1e-6)
    assert second.get_ydata().tolist() == pytest.approx([2, 1, 2 / 3], abs=1e-6)
    assert (kept.get_xdata(), kept.get_ydata()) == ([2], [1.0])


def test_learning_curves_without_validation_mark_the_training_loss(drawn, study):
    files = study(folds=("all",))
    for path in files.history:
        write_table(path, ["epoch", "loss"], [{"epoch": 1, "loss": 3}, {"epoch": 2, "loss": 1.5}])
    figure = drawn(plot_learning_curves, files, **OF_SPLIT)
    assert [line.get_ydata()[-1] for line in figure.axes[0].lines] == [1.5, 1.5]
    for path in files.history:
        write_table(path, ["epoch", "loss"], [])
    with pytest.raises(UserError, match="no training has an epoch"):
        plot_learning_curves.main(files, [], PARAMS, **OF_SPLIT)


def penalties(kept=(0.01, 1.0)):
    """History of a logistic recipe: losses of two species by penalty, lowest where it was kept."""
    for species, best in zip(SPECIES, kept, strict=True):
        for C in (0.0001, 0.01, 1.0):
            loss = 0.2 + 0.1 * abs(np.log10(C / best))
            chosen = int(loss == 0.2)
            yield {"species": species, "C": f"{C:g}", "loss": loss, "chosen": chosen}


PATH = ["species", "C", "loss", "chosen"]


def test_learning_curves_of_penalties_have_a_line_for_each_species(drawn, study):
    files = study()
    for path in files.history:
        write_table(path, PATH, penalties())
    figure = drawn(plot_learning_curves, files, **OF_SPLIT)
    shown = [ax for ax in figure.axes if ax.get_visible()]
    assert len(shown) == 4 and "4 models, 8 trainings" in texts(figure)
    # Of two folds and species a line of clips left out each, and a point on it.
    assert len(shown[0].lines) == 2 * 2 * 2
    line, kept, other, kept_of_other = shown[0].lines[:4]
    assert line.get_xdata() == pytest.approx((0.0001, 0.01, 1.0))
    assert line.get_ydata() == pytest.approx((0.4, 0.2, 0.4))
    assert line.get_color() == other.get_color() == plot_learning_curves.VALIDATION
    assert (kept.get_xdata(), kept.get_ydata()) == ([0.01], [pytest.approx(0.2)])
    assert (kept_of_other.get_xdata(), kept_of_other.get_ydata()) == ([1.0], [pytest.approx(0.2)])
    for ax in shown:
        assert ax.get_xscale() == "log" and ax.get_xlabel() == "C"
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names[0] == "clips left out, by species" and "C: weak penalties" in names[1]


def test_learning_curves_of_epochs_and_penalties_share_a_sheet(drawn, study):
    files = study()
    for path in files.history:
        if "/net/" in str(path):
            write_table(path, PATH, penalties())
    shown = [ax for ax in drawn(plot_learning_curves, files, **OF_SPLIT).axes if ax.get_visible()]
    scales = [(ax.get_title("left")[:3], ax.get_xscale(), ax.get_xlabel()) for ax in shown]
    assert scales == [
        *[("net", "log", "C")] * 2,
        *[("oth", "linear", "Epoch")] * 2,
    ]


def test_a_penalty_that_nothing_was_left_out_for_has_no_line(drawn, study):
    files = study(folds=("all",))
    for path in files.history:
        rows = list(penalties())
        for row in rows[:3]:
            row["loss"] = None
        write_table(path, PATH, rows)
    figure = drawn(plot_learning_curves, files, **OF_SPLIT)
    # The line of the other species and its point.
    assert len(figure.axes[0].lines) == 2


def test_a_network_without_a_head_has_no_curve(drawn, study):
    files = study()
    for path in files.history:
        if "/net/" in str(path):
            write_table(path, PATH, [])
    figure = drawn(plot_learning_curves, files, **OF_SPLIT)
    shown = [ax for ax in figure.axes if ax.get_visible()]
    assert [len(ax.lines) for ax in shown] == [6, 6]
    assert {ax.get_title("left").split("\n")[0] for ax in shown} == {"other"}
    assert "2 of 4 models, 4 trainings" in texts(figure)


def test_costs_are_the_last_row_of_each_benchmark_file(drawn, study, tmp_path):
    files = study()
    paths = [tmp_path / f"{at}.tsv" for at in range(len(files.metrics))]
    for at, path in enumerate(paths[:-1]):
        rows = [{"s": "999", "max_rss": "-"}, {"s": f"{10 + at}", "max_rss": "500"}]
        write_table(path, ["s", "max_rss"], rows)
    params = SimpleNamespace(datasets=PARAMS.datasets, benchmarks=paths)
    figure = drawn(plot_costs, files.metrics, params)
    said = texts(figure)
    assert "7 trainings of 4 models: about 2 minutes in all" in said
    assert "10.5" in said and "plain, head (n = 2)" in said and "masked, head (n = 1)" in said
    params.benchmarks = [tmp_path / "none.tsv"] * len(files.metrics)
    with pytest.raises(UserError, match="No training has a benchmark file"):
        plot_costs.main(files.metrics, [], params)


def test_the_best_by_dataset_is_chosen_on_validation(drawn, study):
    figure = drawn(plot_best_by_dataset, study())
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    mark = plot_best_by_dataset.BEST
    assert labels == ["net", f"other {mark}"] * 2
    said = texts(figure)
    assert "12 clips of test; 95 % intervals over 3 groups." in said and "6 positives" in said
    assert "Trained on plain" in said and "Recipe: head." in said
    with pytest.raises(UserError, match="No model of this experiment is scored on a test part"):
        plot_best_by_dataset.main(study(parts={"validation"}), [], PARAMS)


def test_many_species_are_drawn_in_several_rows():
    dots = [("g", [Dot("x", None, [[at, None, None] for at in range(5)])])]
    sections = fold_panels(list("abcde"), dots, plot_best_by_dataset.PANELS)
    assert [titles for titles, _ in sections] == [["a", "b", "c"], ["d", "e", ""]]
    assert sections[1][1][0][1][0].values == [[3, None, None], [4, None, None], None]


def test_every_fold_is_a_point_and_the_median_is_marked(drawn, study):
    figure = drawn(plot_folds, study().metrics)
    points = figure.axes[0].lines[0]
    assert points.get_ydata() == pytest.approx([0.2, 0.7])
    assert len(set(points.get_xdata())) == 2
    # Both datasets, which the rule does not mix, make the median here.
    assert "0.47" in texts(figure) and "4 points a backbone" in texts(figure)
    two = SimpleNamespace(metrics=study().metrics + study(split="t").metrics)
    categories = drawn(plot_folds, two.metrics).axes[-1].get_xticklabels()
    assert [text.get_text() for text in categories][:2] == ["net, s", "net, t"]
    with pytest.raises(UserError, match="nothing is cross-validated"):
        plot_folds.main(study(parts={"test"}).metrics, [], PARAMS)


def test_size_against_f1_shows_intervals(drawn, study, tmp_path):
    files = study()
    columns = [*MODEL, "subset", "folds", "n_clips", "n_groups"]
    columns += ["f1_macro", "f1_macro_lower", "f1_macro_upper"]
    about = dict(zip(MODEL, ("s", "no", "net", "random", "plain", "head", "default"), strict=True))
    about |= {"subset": "held_out", "folds": 2, "n_clips": 24, "n_groups": 6}
    row = about | {"f1_macro": 0.5, "f1_macro_lower": 0.4, "f1_macro_upper": 0.7}
    files.models = tmp_path / "models.csv"
    write_table(files.models, columns, [row, about | {"dataset": "masked", "f1_macro": 0.3}])
    ax = drawn(plot_size, files).axes[0]
    hollow, interval, value = ax.lines
    assert np.ravel(interval.get_ydata()).tolist() == [0.4, 0.7]
    assert np.ravel(value.get_ydata()) == 0.5 and np.ravel(hollow.get_ydata()) == 0.3
    assert hollow.get_markerfacecolor() == "white" != value.get_markerfacecolor()
    assert np.ravel(value.get_xdata()) == 10
    write_table(files.models, columns, [])
    with pytest.raises(UserError, match="no model of this experiment"):
        plot_size.main(files, [], PARAMS)


def test_the_pipeline_shows_each_rule_once_with_its_jobs(drawn, monkeypatch):
    params = SimpleNamespace(project="P", snakefile="Snakefile", stored={}, called=None)
    jobs = {"cut_clips": 4, "train_model": 1, "figures": 7}
    edges = {("cut_clips", "train_model"), ("train_model", "figures"), ("cut_clips", "figures")}
    stages = {"cut_clips": "recordings", "train_model": "training", "figures": "figures"}
    monkeypatch.setattr(plot_pipeline, "read_rules", lambda *given: (jobs, edges, stages))
    figure = drawn(plot_pipeline, params=params)
    said = texts(figure)
    assert "cut_clips\n\N{MULTIPLICATION SIGN} 4" in said and "12 jobs of P" in said
    # A box each, and a line for each edge that no other way implies.
    assert len(figure.axes[0].patches) == 3 + 2
    monkeypatch.setattr(plot_pipeline, "read_rules", lambda *given: ({}, set(), {}))
    with pytest.raises(UserError, match="no rule to draw"):
        plot_pipeline.main([], params)


@pytest.mark.parametrize("script", [plot_precision_recall, plot_reliability])
def test_without_a_scored_clip_there_is_a_sentence(study, script):
    with pytest.raises(UserError, match="Split s: no clip is scored"):
        script.main(study(parts={"validation"}), [], PARAMS, **OF_SPLIT)
