"""Compare heads where little is annotated: mAP and F1 of recordings that nobody trained on.

    .venv/bin/python benchmarks/little_data.py [--weights FOLDER] [--minutes FOLDER] [--salts N]
        [--backbones NAMES] [--heads NAMES] [--against HEAD] [--only WORLDS] [--folder FOLDER]
        [--figure PATH]

Embeds three worlds with the workflow: 11 field minutes (`minutes`, a folder of recordings and
label files, here of one bird), the demo's 24, and 25 to 200 of the demo's season. Then each head
is fitted and judged on the same folds of whole recordings, dealt anew for each salt:

- before: Adam as it was the default until 0.1.0: random weights, biases from 0, deviations as they
  are, early stopping and thresholds on a validation part of a quarter;
- adam: the same solver, with today's defaults;
- logistic: the default;
- scikit-learn: LogisticRegressionCV on the same rows, inner folds and penalties;
- lda: linear discriminants with a covariance shrunk by Ledoit and Wolf (2004);
- prototypes: the cosine of a clip with the mean of positives less that of negatives.

`--heads` takes the study's own settings too, and each of them changed alone: study (one hidden
layer of 256 units, embeddings as they are, a rate of 1e-5), standardized, faster (a rate of 1e-3),
unpenalised (no L2), no-layer.

Thresholds of all but the Adams come from the clips that inner folds leave out. Intervals resample
recordings, the same for every head and salt, so that differences are paired. They are to the head
named by `--against`; without one to `before` or `study`.
"""

import argparse
import json
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from measuring import ROOT, SCRIPTS, copy_workflow
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(SCRIPTS))

from anurans.annotations.labels import LabelRule
from anurans.annotations.sources import annotations_of
from anurans.heads.dense import Head, make_layers, sigmoid
from anurans.heads.learning import Piece, gather
from anurans.heads.logistic import GRID, Logistic, fit_logistic
from anurans.heads.recipes import Recipe
from anurans.heads.training import _fit, fit_head, moments
from anurans.networks.own_classes import own_classes
from anurans.scores.evaluation import tune_threshold
from anurans.scores.intervals import draw_groups
from anurans.scores.metrics import average_precision
from anurans.sounds.windows import combine
from anurans.splits.datasets import labelled, open_embeddings
from anurans.splits.inner_folds import deal_folds
from anurans.splits.splits import place

FOLDS, INNER, RESAMPLES = 3, 5, 400
STOPPING = {"patience": 10, "start_from_epoch": 0}
FROGS = {"BOAALB": "Boana albopunctata", "PHYCUV": "Physalaemus cuvieri", "BOALUN": "Boana lundii"}
SIZES = (25, 50, 100, 200)
FILES = {
    "MobileNet 0.25": ("mobilenet_2_5_224_tf_no_top.h5", 0.25),
    "MobileNet 1.0": ("mobilenet_1_0_224_no_top.weights.h5", 1.0),
}


@dataclass(frozen=True, slots=True)
class World:
    """Rows of embeddings of annotated clips: one of each clip, or of each of its windows."""

    x: np.ndarray
    y: np.ndarray
    clip: np.ndarray
    labels: np.ndarray
    recording: np.ndarray
    how: str = "max"

    def of(self, recordings: Sequence[str]) -> "World":
        """The part of some recordings."""
        kept = np.isin(self.recording.astype(str), list(recordings))
        rows = kept[self.clip]
        number = np.cumsum(kept) - 1
        clip = number[self.clip[rows]]
        return World(
            self.x[rows], self.y[rows], clip, self.labels[kept], self.recording[kept], self.how
        )

    def scores(self, of_rows: np.ndarray) -> np.ndarray:
        """Scores of clips, of those of their rows."""
        return combine(of_rows.reshape(len(self.labels), -1, of_rows.shape[1]), self.how)


def embed(folder: Path, backbones: dict, settings: dict) -> None:
    """Make the embeddings of a world with the workflow, unless they are there."""
    copy_workflow(folder)
    config = settings | {
        "backbones": backbones,
        "splits": {"recording": {"by": "recording", "test": 0, "folds": 3, "validation": 0.25}},
        "shards": 2,
    }
    (folder / "config/config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    classes = [f"results/classes/BirdNET/{shard:04d}.h5" for shard in range(2)]
    known = "BirdNET" in backbones and own_classes(backbones["BirdNET"], settings["species"])
    command = [sys.executable, "-m", "snakemake", "--cores", "all", "--quiet", "rules", "--"]
    done = subprocess.run(
        [*command, "embeddings", *(classes if known else ())],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def load(folder: Path, backbone: str, settings: dict) -> World:
    """Read the embeddings of a world, and label its clips."""
    place = f"embeddings/{backbone}/original" if backbone != OWN else "classes/BirdNET"
    shards = sorted((folder / "results" / place).glob("*.h5"))
    embeddings = open_embeddings(list(map(str, shards)))
    species, rule = list(settings["species"]), LabelRule()
    names = sorted(embeddings.metadata["recordings"])
    about = {"species": species, "format": "auto", "columns": {}, "on_error": "fail"}
    source = folder / settings["annotations"]["source"]
    annotations = annotations_of(str(source), names, about)
    annotations = {name: found for name, found in annotations.items() if found is not None}
    every = np.ones(len(embeddings.clips), dtype=bool)
    part = labelled(embeddings, every, annotations, species, rule)
    found = gather([Piece("train", embeddings, part)], annotations, species, rule, "max")
    x = found.rows[np.arange(len(found.rows))]
    return World(x, found.labels, found.clip, part.labels, part.clips.recording)


def own(train: World, seed: int) -> tuple[Callable, np.ndarray]:
    """A network's own class, which learns nothing here."""
    return sigmoid, tuned(train.labels, train.scores(sigmoid(train.x)))


def before(train: World, seed: int, old: bool = True) -> tuple[Callable, np.ndarray]:
    """Adam, as it was or as it is, with a validation part of a quarter of the recordings."""
    validation, rest = set_aside(train, seed)
    parts = (rest.x, rest.y), (validation.x, validation.y)
    recipe = Recipe(early_stopping=STOPPING)
    head = fit_as_before(recipe, *parts, seed) if old else fit_head(recipe, *parts, seed).head
    return head, tuned(validation.labels, validation.scores(head(validation.x)))


def fit_as_before(recipe, train, validation, seed) -> Head:
    """Train a head as the default was: from random weights, without a floor of deviations."""
    x, y = train
    rng = np.random.default_rng([seed, 2])
    output = {"dropout": 0.0, "l1": 0.0, "l2": 0.0}
    head = Head(make_layers((), output, x.shape[1], y.shape[1], rng), moments(x, floor=0))
    losses, kept = [], []

    def after(found):
        losses.append(found["val_loss"])
        kept.append(head.copy_weights())
        return len(losses) - 1 - int(np.argmin(losses)) >= recipe.early_stopping["patience"]

    _fit(recipe, head, train, validation, np.arange(len(x)), None, seed, after)
    head.set_weights(kept[int(np.argmin(losses))])
    return head


def as_in_the_study(**other) -> Callable:
    """The head of the study's stages 2 and 3, or one with other settings."""
    layer = {"units": 256, "activation": "relu", "l1": 0.0, "l2": 0.01, "dropout": 0.5}
    settings = {"layers": [layer], "standardize": False, "learning_rate": 1e-5, "l2": 0.01}
    stopping = {"patience": 5, "start_from_epoch": 5}
    recipe = Recipe(**settings | {"epochs": 1000, "early_stopping": stopping} | other)

    def fit(train: World, seed: int) -> tuple[Callable, np.ndarray]:
        validation, rest = set_aside(train, seed)
        parts = (rest.x, rest.y), (validation.x, validation.y)
        head = fit_head(recipe, *parts, seed).head
        return head, tuned(validation.labels, validation.scores(head(validation.x)))

    return fit


def set_aside(train: World, seed: int) -> tuple[World, World]:
    """A quarter of the recordings to validate on, and the others."""
    names = sorted(set(train.recording), key=lambda name: place(str(seed), "validation", name))
    held = names[: max(1, round(len(names) / 4))]
    return train.of(held), train.of(set(names) - set(held))


def inner(train: World) -> tuple[np.ndarray, np.ndarray]:
    """Inner folds of rows, and which rows each leaves out."""
    fold = deal_folds(train.labels, [("recording", train.recording)], INNER).fold[train.clip]
    return fold, fold[:, None] == np.arange(1, fold.max() + 1)


def logistic(train: World, seed: int) -> tuple[Callable, np.ndarray]:
    """The project's default."""
    fit = fit_logistic(Logistic(), train.x, train.y, *inner(train))
    return fit.head, tuned(train.labels, train.scores(fit.unseen))


def by_scikit_learn(make: Callable) -> Callable:
    """A head of an estimator for each species; `make` gets the inner folds' rows."""

    def fit(train: World, seed: int) -> tuple[Callable, np.ndarray]:
        from sklearn.model_selection import cross_val_predict
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        _, out = inner(train)
        folds = [(np.flatnonzero(~of), np.flatnonzero(of)) for of in out.T]
        models, unseen = [], np.zeros((len(train.x), train.y.shape[1]))
        for column, y in enumerate(train.y.T):
            usable = [pair for pair in folds if 0 < y[pair[0]].sum() < len(pair[0])]
            if not 0 < y.sum() < len(y) or len(usable) < len(folds):
                models.append(None)
                unseen[:, column] = np.nan
                continue
            model = make_pipeline(StandardScaler(), make(usable)).fit(train.x, y)
            models.append(model)
            alone = make_pipeline(StandardScaler(), chosen(model[-1]))
            kind = "predict_proba"
            unseen[:, column] = cross_val_predict(alone, train.x, y, cv=usable, method=kind)[:, 1]
        share = train.y.mean(axis=0)

        def head(x):
            return np.stack(
                [
                    np.full(len(x), share[at]) if model is None else model.predict_proba(x)[:, 1]
                    for at, model in enumerate(models)
                ],
                axis=1,
            )

        return head, tuned(train.labels, train.scores(unseen))

    return fit


def chosen(model):
    """The estimator without its search."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=model.C_[0], max_iter=5000) if hasattr(model, "C_") else model


def cross_validated(folds):
    """Scikit-learn's own search of the penalty."""
    from sklearn.linear_model import LogisticRegressionCV

    return LogisticRegressionCV(Cs=list(GRID), cv=folds, scoring="neg_log_loss", max_iter=5000)


def discriminant(folds):
    """Linear discriminants with a shrunk covariance."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")


def prototypes(train: World, seed: int) -> tuple[Callable, np.ndarray]:
    """Cosines with the difference of the means of positives and negatives."""

    def fit(x, y):
        mean, deviation = moments(x)[0], np.sqrt(moments(x)[1])
        z = directions((x - mean) / deviation)
        toward = np.stack([z[of].mean(axis=0) - z[~of].mean(axis=0) if 0 < of.sum() < len(of)
                           else np.zeros(z.shape[1]) for of in y.T], axis=1)  # fmt: skip
        toward /= np.maximum(np.linalg.norm(toward, axis=0), 1e-12)
        return lambda x: directions((x - mean) / deviation) @ toward

    _, out = inner(train)
    unseen = np.full(train.y.shape, np.nan)
    for of in out.T:
        unseen[of] = fit(train.x[~of], train.y[~of])(train.x[of])
    return fit(train.x, train.y), tuned(train.labels, train.scores(unseen))


def directions(x: np.ndarray) -> np.ndarray:
    """Rows of length 1."""
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)


def tuned(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Threshold of each species; 0.5 where there is nothing to tune it on."""
    found = []
    for truth, score in zip(labels.T, scores.T, strict=True):
        known = ~np.isnan(score)
        threshold = tune_threshold(truth[known], score[known]) if known.any() else None
        found.append(0.5 if threshold is None else threshold)
    return np.array(found)


HEADS = {
    "before": before,
    "adam": lambda train, seed: before(train, seed, old=False),
    "logistic": logistic,
    "scikit-learn": by_scikit_learn(cross_validated),
    "lda": by_scikit_learn(discriminant),
    "prototypes": prototypes,
}
OWN = "BirdNET's own class"
UNPENALISED = {"units": 256, "activation": "relu", "l1": 0.0, "l2": 0.0, "dropout": 0.5}
STUDY = {
    "study": as_in_the_study(),
    "standardized": as_in_the_study(standardize=True),
    "faster": as_in_the_study(learning_rate=1e-3),
    "unpenalised": as_in_the_study(layers=[UNPENALISED], l2=0.0),
    "no-layer": as_in_the_study(layers=()),
}


def judge(world: World, salts: int, heads: Sequence[str], size: int | None = None) -> dict:
    """Scores of heads on the same folds of recordings, in each draw of these.

    Returns
    -------
    dict
        Of each head and score ("map", "f1"): array [shape=(1 + resamples,)], the mean over salts
        of all recordings, and of draws of them.
    """
    every = sorted(set(world.recording))
    draws = np.concatenate([np.ones((1, len(every))), draw_groups(len(every), RESAMPLES, 1)])
    number = {name: at for at, name in enumerate(every)}
    found = {head: {"map": [], "f1": []} for head in heads}
    for salt in range(salts):
        names = sorted(every, key=lambda name: place(str(salt), "fold", name))[:size]
        of = {head: {"map": [], "sums": 0} for head in heads}
        for fold in range(FOLDS):
            held = names[fold::FOLDS]
            train, test = world.of(set(names) - set(held)), world.of(held)
            weights = draws[:, [number[name] for name in test.recording]]
            for head in heads:
                model, thresholds = (HEADS | STUDY | {"own": own})[head](train, salt)
                scores = test.scores(np.asarray(model(test.x)))
                each = zip(test.labels.T, scores.T, strict=True)
                of[head]["map"].append([average_precision(*pair, weights) for pair in each])
                said, truth = scores >= thresholds, test.labels
                of[head]["sums"] += np.stack([weights @ a for a in (truth & said, truth, said)])
        for head, scored in of.items():
            found[head]["map"].append(np.nanmean(scored["map"], axis=(0, 1)))
            hits, positives, said = scored["sums"]
            with np.errstate(invalid="ignore"):
                f1 = np.where(positives > 0, 2 * hits / (positives + said), np.nan)
            found[head]["f1"].append(np.nanmean(f1, axis=1))
    return {
        head: {score: np.mean(values, axis=0) for score, values in scored.items()}
        for head, scored in found.items()
    }


def row(
    world: str,
    backbone: str,
    size: int,
    salts: int,
    found: dict,
    first: dict | None,
    against: str | None = None,
) -> list[dict]:
    """Rows of the table, with intervals, and differences to one head, and to the first network."""
    rows = []
    for head, scored in found.items():
        cells = {"world": world, "backbone": backbone, "recordings": size, "salts": salts}
        cells["head"] = head
        for score, values in scored.items():
            lower, upper = np.nanpercentile(values[1:], [2.5, 97.5])
            cells[score] = [float(values[0]), float(lower), float(upper)]
            against = against or next((name for name in ("before", "study") if name in found), None)
            if against:
                less = values - found[against][score]
                lower, upper = np.nanpercentile(less[1:], [2.5, 97.5])
                cells[f"{score}_more"] = [float(less[0]), float(lower), float(upper)]
            if first is not None:
                less = values - first[score]
                lower, upper = np.nanpercentile(less[1:], [2.5, 97.5])
                cells[f"{score}_over"] = [float(less[0]), float(lower), float(upper)]
        rows.append(cells)
    return rows


def bar(values: Sequence[float], sign: str = "") -> str:
    """A value with its interval."""
    value, lower, upper = (f"{each:{sign}.3f}" for each in values)
    return f"{value} [{lower}, {upper}]"


def markdown(rows: Sequence[dict]) -> list[str]:
    """Lines of the table."""
    lines = [
        "| recordings | backbone | head | mAP | more than the first | F1 | more than the first |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in rows:
        cells = [f"{each['world']}, {each['recordings']}", each["backbone"], each["head"]]
        for score in ("map", "f1"):
            cells.append(bar(each[score]))
            more = each.get(f"{score}_more")
            more = each.get(f"{score}_over", more)
            cells.append(bar(more, "+") if more and any(more) else "")
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def draw(rows: Sequence[dict], path: Path) -> None:
    """Draw F1 and mAP against the number of annotated recordings of the season."""
    from anurans.report.figures import headline, look, sheet

    rows = [each for each in rows if each["world"] == "season"]
    lines = {}
    for each in rows:
        lines.setdefault((each["backbone"], each["head"]), []).append(each)
    with sheet([path], 7.5, 3.4) as figure:
        headline(figure, "How many recordings to annotate: the demo's season, recordings held out")
        for ax, score, name in zip(
            figure.subplots(1, 2), ("map", "f1"), ("mAP", "Macro F1"), strict=True
        ):
            for number, ((backbone, head), of) in enumerate(sorted(lines.items())):
                of = sorted(of, key=lambda each: each["recordings"])
                x = [each["recordings"] * (1 + 0.015 * (number - 1)) for each in of]
                y = np.array([each[score] for each in of])
                error = np.abs(y[:, 1:].T - y[:, 0])
                style = {"color": look(number).colour, "marker": look(number).marker, "ms": 4}
                label = f"{backbone}, {head}"
                ax.errorbar(
                    x, y[:, 0], error, lw=1, capsize=2, elinewidth=0.7, label=label, **style
                )
            ax.set_xscale("log")
            ax.set_xticks(SIZES, map(str, SIZES))
            ax.minorticks_off()
            ax.set_xlabel("Annotated recordings of half a minute (two thirds train)")
            ax.set_ylabel(name)
        figure.legend(*ax.get_legend_handles_labels(), loc="outside lower left", ncols=3)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, default=ROOT.parent / "shared/weights")
    parser.add_argument("--minutes", type=Path, default=ROOT.parent / "shared/data/pam_minutes")
    parser.add_argument("--salts", type=int, default=15)
    parser.add_argument("--backbones", nargs="+", default=[*FILES], choices=[*FILES, "BirdNET"])
    parser.add_argument("--heads", nargs="+", default=[*HEADS], choices=HEADS | STUDY)
    parser.add_argument("--against", choices=HEADS | STUDY, help="the head to compare others to")
    parser.add_argument("--only", nargs="+", default=["minutes", "demo", "season"])
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("--folder", type=Path, default=Path("little_data"))
    parser.add_argument("--figure", type=Path)
    given = parser.parse_args()
    warnings.filterwarnings("ignore")
    threadpool_limits(1)
    backbones = {}
    for name in given.backbones:
        if name == "BirdNET":
            backbones[name] = {"architecture": "BirdNET"}
        else:
            file, alpha = FILES[name]
            weights = str((given.weights / file).resolve())
            backbones[name.replace(" ", "-")] = {
                "architecture": "MobileNet",
                "alpha": alpha,
                "weights": weights,
            }
    minutes = str(given.minutes.resolve())
    frogs = {"species": FROGS, "spectrogram": {"fmin": 200, "fmax": 8000}}
    worlds = {
        "minutes": {
            "recordings": {"source": minutes},
            "annotations": {"source": minutes},
            "species": {"BASCUL": "Basileuterus culicivorus"},
            "spectrogram": {"fmin": 500},
        },
        "demo": frogs
        | {
            "recordings": {"source": "resources/demo/recordings.csv"},
            "annotations": {"source": "resources/demo/annotations"},
        },
        "season": frogs
        | {
            "recordings": {"source": "resources/demo/season/recordings.csv"},
            "annotations": {"source": "resources/demo/season/truth.csv"},
        },
    }
    rows = []
    missing = [file for file, _ in FILES.values() if not (given.weights / file).is_file()]
    if set(given.backbones) & set(FILES) and missing:
        sys.exit(f"--weights {given.weights}: {', '.join(missing)} is not there.")
    if "minutes" in given.only and not given.minutes.is_dir():
        sys.exit(f"--minutes {given.minutes}: is no folder of recordings and their label files.")
    for name in given.only:
        folder = given.folder.resolve() / name
        embed(folder, backbones, worlds[name])
        first = {}
        known = "BirdNET" in backbones and (folder / "results/classes/BirdNET").exists()
        for backbone in [*backbones, *([OWN] if known else ())]:
            world = load(folder, backbone, worlds[name])
            heads = ["own"] if backbone == OWN else given.heads
            for size in given.sizes if name == "season" else (None,):
                salts = max(3, given.salts // 3) if (size or 0) >= 100 else given.salts
                found = judge(world, salts, heads, size)
                # Networks are compared by the default head, or the only one.
                compared = found.get("logistic") or found.get(heads[0])
                base = first.setdefault(size, compared)
                of = base if base is not compared else None
                count = size or len(set(world.recording))
                about = name, backbone.replace("-", " "), count, salts
                rows += row(*about, found, of, given.against if given.against in found else None)
                print("\n".join(markdown(rows[-len(heads) :])), flush=True)
    (given.folder / "little_data.json").write_text(json.dumps(rows, indent=1))
    print("\n".join(markdown(rows)))
    if given.figure:
        draw(rows, given.figure)


if __name__ == "__main__":
    main()
