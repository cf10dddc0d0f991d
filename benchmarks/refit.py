"""Whether one network that is trained on all folds hears as well as the folds together.

    .venv/bin/python benchmarks/refit.py --weights FOLDER [--size 100] [--salt 1] [--train all]
        [--folder FOLDER]

Runs the workflow on recordings of the demo's season, dealt to three folds, with MobileNet 0.25 of
ImageNet weights, of which FOLDER has the file: a recipe that trains the network, and its refit.
Both are judged on the 200 recordings of benchmarks/finetuning.py that nothing learns from: F1,
precision and recall of the vote of the folds and of the refit, by tuned thresholds and by those for
a precision of 0.9, with intervals over recordings and paired differences. Tells besides how well
the refit's calibrated probabilities fit: the calls that they expect, and those that are there.
"""

import argparse
from pathlib import Path

import numpy as np
from finetuning import (
    SEASON,
    SHARED,
    SPECIES,
    drawn,
    make_season,
    networks,
    others,
    write,
    write_config,
)
from measuring import copy_workflow, machine, snakemake

DRAWS = 2000
MODEL = "folds/mobilenet-0.25/original/tuned"
WANTED = {"tuned": "tuned", "precision 0.9": {"precision": 0.9}}


def make(given: argparse.Namespace) -> Path:
    """A folder with the workflow, and what every config of it says."""
    place = copy_workflow(given.folder.resolve() / "refit")
    every = make_season(place)
    fold = {name: number % 3 + 1 for number, name in enumerate(drawn(given.salt)[: given.size])}
    rows = [(name, str(fold.get(name, "test"))) for name in every]
    write(place / "folds.csv", ("recording", "fold"), rows)
    return place


def tune(place: Path, given: argparse.Namespace, thresholds: object, refit: bool) -> dict:
    """Thresholds of a detector, by species and fold; what it takes is trained where it is not."""
    from anurans.common.tables import read_table

    split = SHARED | {"by": "file", "file": "folds.csv", "salt": given.salt}
    detection = {"recordings": {"source": "audio"}, "model": MODEL, "thresholds": thresholds}
    config = {"splits": {"folds": split}, "recipes": {"tuned": {"train": given.train}}}
    config |= {"backbones": networks(given), "detection": detection | {"refit": refit}}
    write_config(place, SEASON | config)
    snakemake(place, "results/detections/thresholds.tsv")
    rows = read_table(place / "results/detections/thresholds.tsv")
    return {(row["species"], row["fold"]): float(row["threshold"]) for row in rows}


def expect(place: Path, scores: np.ndarray) -> np.ndarray:
    """Calibrated probabilities of scores [shape=(n, species)]."""
    from anurans.common.tables import read_table

    found = np.full(scores.shape, np.nan)
    rows = read_table(place / "results/detections/calibrators.tsv")
    for column, name in enumerate(SPECIES):
        points = [
            (float(r["score"]), float(r["probability"])) for r in rows if r["species"] == name
        ]
        if points:
            found[:, column] = np.interp(scores[:, column], *np.array(points).T)
    return found


def read(place: Path) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Recordings and labels of clips that judge, and their scores by each fold and the refit."""
    from anurans.common.tables import read_table
    from anurans.sounds.shards import open_shard

    runs = place / "results/training" / MODEL
    judging = {name for name, *_ in others()}
    rows = [r for r in read_table(runs / "fold-1/predictions.tsv") if r["recording"] in judging]
    clips = {row["clip"]: number for number, row in enumerate(rows)}
    labels = np.array([[row[f"label_{name}"] == "1" for name in SPECIES] for row in rows])
    scores = {}
    for run in sorted(runs.iterdir()):
        with open_shard(run / "scores.h5") as shard:
            at = [clips.get(clip, -1) for clip in shard.clips.clip]
            found = np.empty(labels.shape)
            found[[number for number in at if number >= 0]] = shard.data[()][np.array(at) >= 0]
        scores[run.name.removeprefix("fold-")] = found
    return np.array([row["recording"] for row in rows]), labels, scores


def measure(labels: np.ndarray, called: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """F1, precision and recall, means over species, of all and of each draw."""
    hits, said, there = (weights @ each for each in (labels & called, called, labels))
    scores = 2 * hits / np.maximum(said + there, 1e-9)
    precision = np.where(said > 0, hits / np.maximum(said, 1e-9), np.nan)
    found = {"F1": scores, "precision": precision, "recall": hits / np.maximum(there, 1e-9)}
    return {name: np.nanmean(values, axis=1) for name, values in found.items()}


def told(values: np.ndarray) -> str:
    """A value with the 95 % interval of its draws."""
    low, high = np.nanquantile(values[1:], [0.025, 0.975])
    return f"{values[0]:.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, required=True, help="folder of weights files")
    parser.add_argument("--size", type=int, default=100)
    parser.add_argument("--salt", default="1")
    parser.add_argument("--train", choices=("last_block", "all"), default="all")
    parser.add_argument("--folder", type=Path, default=Path("finetuning-worlds"))
    given = parser.parse_args()
    given.networks = ["0.25"]
    from anurans.scores.intervals import draw_groups

    place, found = make(given), {}
    print("| thresholds | what listens | F1 | precision | recall | F1 more than the folds |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, thresholds in WANTED.items():
        of_folds = tune(place, given, thresholds, refit=False)
        of_refit = tune(place, given, thresholds, refit=True)
        recordings, labels, scores = read(place)
        names, number = np.unique(recordings, return_inverse=True)
        draws = np.vstack([np.ones(len(names)), draw_groups(len(names), DRAWS, 1)])
        weights = draws[:, number]
        folds = sorted({fold for _, fold in of_folds})
        votes = sum(
            scores[fold] >= np.array([of_folds[each, fold] for each in SPECIES]) for fold in folds
        )
        alone = scores["refit"] >= np.array([of_refit[each, "refit"] for each in SPECIES])
        for what, called in (("folds", 2 * votes >= len(folds)), ("refit", alone)):
            found[what] = measure(labels, called, weights)
            more = found[what]["F1"] - found["folds"]["F1"]
            cells = [name, what, *map(told, found[what].values())]
            print(f"| {' | '.join([*cells, told(more) if what == 'refit' else ''])} |", flush=True)
    expected, there = expect(place, scores["refit"]).sum(axis=0), labels.sum(axis=0)
    of_folds = np.mean([expect(place, scores[fold]).sum(axis=0) for fold in folds], axis=0)
    for column, name in enumerate(SPECIES):
        print(
            f"{name}: {there[column]} of {len(labels)} clips have calls; expected "
            f"{expected[column]:.0f} by the refit, {of_folds[column]:.0f} by the folds"
        )
    print("\n".join(machine()))


if __name__ == "__main__":
    main()
