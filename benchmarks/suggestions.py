"""What suggested clips teach, against clips at random: learning curves on the demo's season.

    make monitoring && .venv/bin/python benchmarks/suggestions.py [--results results] [--draws 12]

Embeds the season once by BirdNET (--cache keeps it). A draw begins with a few annotated minutes of
the demo (--start), takes the nights of half of the season as what may be annotated and those of the
other half to judge by, and annotates --step windows a round, by the truth that the season was
synthesised from. Heads are logistic regressions of three folds by recording; their mean is scored.
Prints the mean average precision over rounds, and the difference to random clips with its interval
over draws. And, of the annotated minutes, what a search by a label finds in a recording that none
of its examples come from (average precision), and one by a call in all other recordings; with
--minutes, the same of real minutes, whose results/embeddings/birdnet must be there. Makes the
tables of docs/review.md.
"""

import argparse
import sys
import warnings
from pathlib import Path

import numpy as np
from scipy.stats import t
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "workflow/scripts")]

from anurans.annotations.labels import LabelRule, cover_clips, decide_all  # noqa: E402
from anurans.annotations.sources import annotations_of  # noqa: E402
from anurans.common.tables import read_table  # noqa: E402
from anurans.listening.days import Cutting, embed, embedder_of, lay_clips  # noqa: E402
from anurans.listening.detector import directions, nearest  # noqa: E402
from anurans.networks.embeddings import open_network  # noqa: E402
from anurans.recordings.audio import Source  # noqa: E402
from anurans.recordings.clips import concatenate, windows_of  # noqa: E402
from anurans.recordings.times import night_of  # noqa: E402
from anurans.review.search import nearness, recall_at  # noqa: E402
from anurans.review.suggestions import Unheard, suggest  # noqa: E402
from anurans.sounds.shards import open_shard  # noqa: E402

SPECIES = ("BOAALB", "PHYCUV", "BOALUN")
SETTINGS = {
    **{"species": SPECIES, "format": "auto", "columns": None, "labels": None, "listened": None}
}
LENGTH, WINDOW, STARTS = 5.0, 3.0, (0.0, 2.0)
WAYS = ("random", "suggested", "disagreement alone")


def labels_of(table, source, species=SPECIES):
    """Labels of clips [n, species] and of their windows [n, windows, species]."""
    names = sorted(set(table.recording.tolist()))
    calls = annotations_of(source, names, SETTINGS | {"species": species})
    ends = {}
    for name, end in zip(table.recording, table.source_end, strict=True):
        ends[name] = max(ends.get(name, 0.0), float(end))
    found = [
        decide_all(cover_clips(each, calls, ends, species), LabelRule())[0]
        for each in (table, windows_of(table, STARTS, WINDOW))
    ]
    return found[0], found[1].reshape(len(table), len(STARTS), -1)


def trained_on(results):
    """Clips of the annotated minutes, and their embeddings."""
    tables, data = [], []
    for path in sorted(results.glob("embeddings/birdnet/original/*.h5")):
        with open_shard(path) as shard:
            tables.append(shard.clips)
            data.append(shard.data[:].astype(np.float32))
    return concatenate(tables), np.concatenate(data)


def season(results, cache):
    """Clips of the season, and their embeddings, computed once."""
    rows = [row for row in read_table(results / "detections/recordings.csv")]
    usable = [
        Source(
            row["recording"], str(results.parent / row["path"]), "mix", float(row["duration_s"]), ""
        )
        for row in rows
        if row["status"] == "ok"
    ]
    table = lay_clips(usable, Cutting(LENGTH, 0.5, 1))
    if cache and cache.is_file():
        return table, np.load(cache, allow_pickle=False)
    network, about = open_network(results / "backbones/birdnet/about.json", 1)
    sound = {"sr": about["sr"], "samples": about["samples"], "seed": 1}
    embedder = embedder_of(network, {"length": LENGTH, "sound": sound})
    data = np.concatenate(list(embed(usable, table, embedder, LENGTH, "float16")))
    if cache:
        np.save(cache, data)
    return table, data


def fit(x, y, groups, seed):
    """Models of three folds by recording, each of all species; None where all are alike."""
    names = np.random.default_rng(seed).permutation(np.unique(groups))
    folds = []
    for fold in range(3):
        kept = ~np.isin(groups, names[fold::3])
        models = []
        for k in range(y.shape[1]):
            if not 0 < y[kept, k].sum() < kept.sum():
                models.append(float(y[kept, k].mean()))
                continue
            model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=300))
            models.append(model.fit(x[kept], y[kept, k]))
        folds.append(models)
    return folds


def score(folds, data):
    """Scores of clips [n, species, folds]: the highest of their windows."""
    flat = data.reshape(-1, data.shape[-1])
    found = [
        [
            np.full(len(flat), model)
            if isinstance(model, float)
            else model.predict_proba(flat)[:, 1]
            for model in models
        ]
        for models in folds
    ]
    windows = np.array(found).transpose(2, 1, 0).reshape(len(data), data.shape[1], -1, len(folds))
    return windows.max(axis=1), windows


def choose(way, scores, data, known, groups, positives, n, rng):
    """Numbers of the clips to annotate."""
    if way == "random":
        return rng.permutation(len(data))[:n]
    middle = known.mean(axis=0)
    reference, towards = directions(known, middle), directions(data.mean(axis=1), middle)
    own = nearest(reference, reference, groups[:, None] != groups)
    limit = float(np.quantile(own[np.isfinite(own)], 0.99))
    if way == "disagreement alone":
        # All lie in one place, so that nothing is unlike what was taken before, or far.
        towards, reference, limit = np.ones_like(towards), None, None
    far = np.zeros(len(data)) if limit is None else nearest(towards, directions(known, middle))
    rows = suggest(Unheard(scores, towards, far, limit), SPECIES, positives, n, reference)
    return np.array([row["at"] for row in rows])


def curves(results, cache, draws, rounds, step, start):
    """Mean average precision [draws, ways, rounds, species] of clips that are judged by."""
    begin, begun = trained_on(results)
    _, begun_labels = labels_of(begin, ROOT / "resources/demo/annotations")
    table, data = season(results, cache)
    data = data.astype(np.float32)
    clips, windows = labels_of(table, ROOT / "resources/demo/season/truth.csv")
    nights = np.array([_night(name) for name in table.recording])
    found = np.full((draws, len(WAYS), rounds + 1, len(SPECIES)), np.nan)
    for draw in range(draws):
        rng = np.random.default_rng(draw)
        names = rng.permutation(sorted(set(nights)))
        judged = np.isin(nights, names[: len(names) // 2])
        pool = np.flatnonzero(~judged)
        first = np.isin(begin.recording, rng.permutation(sorted(set(begin.recording)))[:start])
        for at, way in enumerate(WAYS):
            of = np.random.default_rng([draw, 7])
            x, y = [begun[first].reshape(-1, begun.shape[-1])], [begun_labels[first].reshape(-1, 3)]
            groups = [np.repeat(begin.recording[first].astype(str), len(STARTS))]
            free = pool
            for turn in range(rounds + 1):
                known, labels, group = map(np.concatenate, (x, y, groups))
                folds = fit(known, labels, group, draw)
                scores, _ = score(folds, data[judged])
                for k in range(len(SPECIES)):
                    mean = scores[:, k].mean(axis=-1)
                    found[draw, at, turn, k] = average_precision_score(clips[judged, k], mean)
                if turn == rounds:
                    break
                scores, parts = score(folds, data[free])
                positives = labels.sum(axis=0).tolist()
                picked = choose(way, scores, data[free], known, group, positives, step, of)
                best = parts[picked].mean(axis=-1).max(axis=-1).argmax(axis=1)
                if way == "random":
                    best = of.integers(0, len(STARTS), len(picked))
                taken = free[picked]
                x.append(data[taken, best])
                y.append(windows[taken, best])
                groups.append(table.recording[taken].astype(str))
                free = np.delete(free, picked)
    return found


def _night(name):
    _, day, time = name.split("_")
    return night_of(f"{day[:4]}-{day[4:6]}-{day[6:]}", f"{time[:2]}:{time[2:4]}:{time[4:]}")


def show(found, step):
    """Print the curves, and differences to random clips."""
    draws = len(found)
    far = t.ppf(0.975, draws - 1) / np.sqrt(draws)
    for name, values in (
        ("mean", found.mean(axis=-1)),
        *zip(SPECIES, np.moveaxis(found, 3, 0), strict=True),
    ):
        print(f"| {name}: windows annotated | " + " | ".join(WAYS) + " | suggested less random |")
        for turn in range(found.shape[2]):
            less = values[:, 1, turn] - values[:, 0, turn]
            middle, half = less.mean(), far * less.std(ddof=1)
            cells = " | ".join(f"{values[:, way, turn].mean():.3f}" for way in range(len(WAYS)))
            interval = f"{middle - half:+.3f} to {middle + half:+.3f}"
            print(f"| {turn * step} | {cells} | {middle:+.3f} ({interval}) |")


def by_label(results, annotations, species):
    """What the mean of all annotated calls finds in a recording that none of them is of."""
    table, data = trained_on(results)
    annotated = annotations_of(
        annotations, sorted(set(table.recording)), SETTINGS | {"species": species}
    )
    kept = np.isin(table.recording, list(annotated))
    table, data = table[kept], data[kept]
    clips, windows = labels_of(table, annotations, species)
    near = data - data.reshape(-1, data.shape[-1]).mean(axis=0)
    print("| label | clips with calls | one example of them | all of them | their mean |")
    for k, code in enumerate(species):
        found = {"one": [], "all": [], "mean": []}
        for name in sorted(set(table.recording)):
            here = table.recording == name
            if not 0 < clips[here, k].sum() < here.sum():
                continue
            calls = near[~here][windows[~here][..., k]]
            for way, example in (("all", calls), ("mean", calls.mean(axis=0, keepdims=True))):
                order = nearness(example, near[here])
                found[way].append(average_precision_score(clips[here, k], order))
            one = [
                average_precision_score(clips[here, k], nearness(call[None], near[here]))
                for call in calls
            ]
            found["one"].append(np.mean(one))
        cells = " | ".join(f"{np.mean(of):.2f}" for of in found.values())
        print(f"| {code} | {clips[:, k].mean():.2f} | {cells} |")
    print("| example: one call of | clips with calls | recall at 10 | at 100 |")
    for k, code in enumerate(species):
        each = []
        for at in np.flatnonzero(windows[..., k].any(axis=1)):
            others = table.recording != table.recording[at]
            order = np.argsort(-nearness(near[at][windows[at, :, k]], near[others]), kind="stable")
            each.append(recall_at(clips[others, k], order))
        ten, hundred = np.mean(each, axis=0)
        print(f"| {code} | {clips[:, k].mean():.2f} | {ten:.2f} | {hundred:.2f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=ROOT / "results")
    parser.add_argument("--minutes", type=Path, help="results of pam_minutes: searched alone")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--draws", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--step", type=int, default=5)
    parser.add_argument("--start", type=int, default=2)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.minutes:
        by_label(options.minutes, ROOT.parent / "shared/data/pam_minutes/annotations", ("BASCUL",))
        sys.exit()
    by_label(options.results, ROOT / "resources/demo/annotations", SPECIES)
    made = curves(
        *(options.results, options.cache, options.draws, options.rounds),
        step=options.step,
        start=options.start,
    )
    show(made, options.step)
