"""A network's own classes through the whole workflow: it knows one of two species."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import CONFIG, planned, read, read_config, snakemake, write_config
from hearing import BANDS, ear, write_network

from anurans.heads.dense import sigmoid
from anurans.sounds.shards import open_shard

OWN = "results/training/given/knows/original/own"
LOW = int(np.abs(np.linspace(300, 3800, BANDS) - 800).argmin())
# Of those that read scores.
FIGURES = [
    f"results/figures/{name}-given.png"
    for name in ("learning_curves", "precision_recall", "reliability", "hours")
]
# In the order of the scores; the case of scientific names does not count.
CLASSES = {"Other_noise": 0, "LOW Tone_a tone": LOW, "Third_another": BANDS - 1}


@pytest.fixture(scope="module")
def knowing(unbuilt, copied):
    """The tiny world heard by a network with classes, with its tables; not to be changed."""
    world = copied(unbuilt)
    write_network(world / "tiny.xml", classes=list(CLASSES.values()))
    (world / "labels.txt").write_text("\n".join(CLASSES) + "\n", encoding="utf-8")
    knows = ear(output="embedding", scores="Identity")
    experiments = {"all": {"splits": ["given"], "recipes": ["logistic", "own"]}}
    write_config(world, CONFIG | {"backbones": {"knows": knows}, "experiments": experiments})
    snakemake(world, "summary", "tables", *FIGURES)
    return world


@pytest.fixture
def again(knowing, tmp_path):
    """A copy of that world."""
    return Path(shutil.copytree(knowing, tmp_path / "world"))


def of_own(world, table):
    """Rows of a table of the runs of own classes."""
    return [row for row in read(world / table) if row["recipe"] == "own"]


def test_they_are_runs_beside_those_of_heads_on_original_clips_alone(knowing):
    runs = {(row["dataset"], row["recipe"]) for row in read(knowing / "results/summary.csv")}
    assert runs == {("original", "own"), ("original", "logistic"), ("combined", "logistic")}
    for row in of_own(knowing, "results/checks/leakage.csv"):
        inner = (row["inner_folds"], row["inner_by"], row["inner_crossing"])
        assert (row["verdict"], inner) == ("ok", ("0", "recording", "0"))


def test_their_scores_are_the_networks_own(knowing):
    known = {}
    for path in knowing.glob("results/classes/knows/*.h5"):
        with open_shard(path) as shard:
            assert shard.metadata["embedding"]["classes"] == ["LOW"]
            assert shard.data.shape[1:] == (2, 1)
            loudest = sigmoid(shard.data[:].max(axis=(1, 2)))
            known |= dict(zip(shard.clips.clip, loudest, strict=True))
    assert len(known) == 24
    for fold in "12":
        rows = read(knowing / OWN / f"fold-{fold}/predictions.tsv", "\t")
        for row in rows:
            assert float(row["score_LOW"]) == pytest.approx(known[row["clip"]], rel=1e-6)
            assert (row["score_HIGH"], row["predicted_HIGH"]) == ("", "0")
        assert {row["role"] for row in rows} == {"train", "validation", "held_out", "test"}


def test_a_species_that_the_network_does_not_know_is_not_scored(knowing):
    rows = of_own(knowing, "results/summary.csv")
    assert len(rows) == 2 * 3
    for row in rows:
        assert (row["n_species"], row["positives_HIGH"]) == ("1", "0")
        for score in ("f1", "precision", "recall", "ap", "auroc"):
            assert row[f"{score}_HIGH"] == ""
        # A tone of 800 Hz is what it listens to.
        assert float(row["f1_LOW"]) == float(row["f1_macro"]) == float(row["map"]) == 1
        assert (row["threshold_source_LOW"], row["threshold_source_HIGH"]) == ("tuned", "default")
        assert (row["epochs"], row["converged"]) == ("", "yes")
    for row in of_own(knowing, "results/tables/models.csv"):
        assert (row["f1_HIGH"], row["f1_macro"]) == ("", "1.000000")


def test_they_are_compared_with_no_head_that_is_judged_on_more(knowing):
    rows = read(knowing / "results/tables/comparisons.csv")
    assert {row["compared"] for row in rows} == {"dataset"}


def test_figures_are_drawn_without_what_is_not_there(knowing):
    for figure in FIGURES:
        assert (knowing / figure).stat().st_size > 5000
    assert read(knowing / OWN / "fold-1/history.tsv", "\t") == []


@pytest.mark.slow
def test_another_species_is_scored_and_nothing_embedded_again(again):
    config = read_config(again)
    config["species"]["MORE"] = "third"
    config["splits"]["given"]["allow_missing"] = ["MORE"]
    write_config(again, config)
    jobs = planned(again, "summary")
    assert jobs["score_classes"] == 2 and jobs["train_model"] == 6
    assert not {"embed_sound", "export_sound_network", "inspect_recordings"}.intersection(jobs)
    # One that the network does not know changes none of its scores.
    config["species"]["MORE"] = "nobody"
    write_config(again, config)
    assert "score_classes" not in planned(again, "summary")


def test_without_the_list_of_names_there_are_none(again):
    (again / "labels.txt").unlink()
    config = read_config(again)
    config["experiments"]["all"]["recipes"] = ["logistic"]
    write_config(again, config)
    jobs = planned(again, "summary")
    assert not {"score_classes", "train_model", "evaluate_model"}.intersection(jobs)
