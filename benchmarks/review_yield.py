"""What answers bring, on the demo: counts and thresholds of its season, and planted doubts.

    make monitoring && .venv/bin/python benchmarks/review_yield.py [--results results] [--draws 20]

Verdicts come from the truth that the season was synthesised from, and with 5 % of them wrong. Makes
the tables of docs/review.md.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "workflow/scripts")]

from anurans.annotations.formats import Annotation  # noqa: E402
from anurans.annotations.labels import LabelRule, cover_clips, decide_all  # noqa: E402
from anurans.annotations.sources import annotations_of  # noqa: E402
from anurans.common.tables import read_table  # noqa: E402
from anurans.recordings.clips import concatenate  # noqa: E402
from anurans.recordings.times import night_of  # noqa: E402
from anurans.review.checked_thresholds import tabulate_thresholds  # noqa: E402
from anurans.review.listened_counts import tabulate_counts  # noqa: E402
from anurans.review.queues import Clips, draw_check, draw_count  # noqa: E402
from anurans.review.search import nearest, recall_at  # noqa: E402
from anurans.review.suspicions import find_suspicions  # noqa: E402
from anurans.review.verdicts import Verdict  # noqa: E402
from anurans.scores.probabilities import read_curves  # noqa: E402
from anurans.sounds.shards import open_shard  # noqa: E402

SPECIES = ("BOAALB", "PHYCUV", "BOALUN")
SETTINGS = {
    **{"species": SPECIES, "format": "auto", "columns": None, "labels": None, "listened": None}
}
LENGTH = 5.0


def read_shards(paths):
    """Clips of shards, one after the other, and their data."""
    tables, data = [], []
    for path in sorted(paths):
        with open_shard(path) as shard:
            tables.append(shard.clips)
            data.append(shard.data[:])
    return concatenate(tables), np.concatenate(data)


def truth_of(table, annotations):
    """Labels [shape=(n, species)] by the default rule."""
    ends = {}
    for name, end in zip(table.recording, table.source_end, strict=True):
        ends[name] = max(ends.get(name, 0.0), float(end))
    return decide_all(cover_clips(table, annotations, ends, SPECIES), LabelRule())[0]


def answered(rows, truth, wrong, rng):
    """Verdicts on rows of a queue; a share of them wrong."""
    verdicts = []
    for row in rows:
        cells = {key: "" if value is None else str(value) for key, value in row.items()}
        right = truth[row["recording"], float(row["start"]), row["species"]]
        answer = "present" if right ^ (rng.random() < wrong) else "absent"
        verdicts.append(Verdict(cells | {"quality": ""}, answer, ("truth",), True))
    return verdicts


def season(results, draws):
    """What 50 to 400 answers say of counts, and of thresholds for a precision of 0.9."""
    table, scores = read_shards(results.glob("detections/scores/*.h5"))
    tiles = np.rint(table.source_start / LENGTH * 2).astype(int) % 2 == 0
    table, scores = table[tiles], scores[tiles]
    curves = read_curves(read_table(results / "detections/calibrators.tsv"), SPECIES)
    chances = np.stack([curves[s].probabilities(scores[:, k]) for k, s in enumerate(SPECIES)], 1)
    names = sorted(set(table.recording.tolist()))
    source = ROOT / "resources/demo/season/truth.csv"
    labels = truth_of(table, annotations_of(source, names, SETTINGS))
    mean = scores.mean(axis=-1)
    start = table.source_start
    clips = Clips(table.recording, start, table.source_end, SPECIES, mean, chances, "demo")
    truth = {
        (name, float(begin), code): bool(labels[at, k])
        for at, (name, begin) in enumerate(zip(table.recording, start, strict=True))
        for k, code in enumerate(SPECIES)
    }
    dates = {name: name.split("_")[1] for name in names}
    places = {name: {"month": date[:6], "site": "DEMO"} for name, date in dates.items()}
    nights = {}
    for name in names:
        _, day, time = name.split("_")
        date, clock = f"{day[:4]}-{day[4:6]}-{day[6:]}", f"{time[:2]}:{time[2:4]}:{time[4:]}"
        nights[name] = night_of(date, clock)
    candidates = [
        {
            **{"recording": name, "start": float(begin), "end": float(end), "species": code},
            **{"score": float(mean[at, k]), "model": "demo", "night": nights[name]},
        }
        for at, (name, begin, end) in enumerate(
            zip(table.recording, start, table.source_end, strict=True)
        )
        for k, code in enumerate(SPECIES)
    ]
    total = dict(zip(SPECIES, labels.sum(axis=0).tolist(), strict=True))
    print(f"{len(table)} clips; with calls: {total}")
    print("| clips heard, answers wrong | species | truth | count off by | interval wide | holds |")
    for n in (50, 100, 200, 400):
        for wrong in (0.0, 0.05):
            found = {code: [] for code in SPECIES}
            for seed in range(draws):
                queue, frame = draw_count("count-1", clips, n, seed)
                given = answered(queue, truth, wrong, np.random.default_rng(seed))
                for row in tabulate_counts(given, frame, places, SPECIES):
                    if row["by"] == "season" and "count" in row:
                        ends = row["lower"], row["upper"]
                        found[row["species"]].append((row["count"], *ends))
            for code, of in found.items():
                count, low, high = np.array(of).T
                off = np.sqrt(((count - total[code]) ** 2).mean())
                holds = ((low <= total[code]) & (total[code] <= high)).mean()
                print(
                    f"| {n}, {wrong:.0%} | {code} | {total[code]} | {off:.0f} | "
                    f"{(high - low).mean():.0f} | {holds:.2f} |"
                )
    print("| answers, wrong | species | thresholds known | threshold | precision there, in truth |")
    for n in (50, 100, 200, 400):
        for wrong in (0.0, 0.05):
            found = {code: [] for code in SPECIES}
            for seed in range(draws):
                queue = draw_check("check-1", candidates, n, seed)
                given = answered(queue, truth, wrong, np.random.default_rng(seed))
                for row in tabulate_thresholds(given, nights, 0.9):
                    found[row["species"]].append(row)
            for k, code in enumerate(SPECIES):
                known = [row["threshold"] for row in found[code] if "threshold" in row]
                real = [labels[mean[:, k] >= at, k].mean() for at in known]
                line = f"{np.median(known):.2f} | {np.mean(real):.3f}" if known else " | "
                print(f"| {n}, {wrong:.0%} | {code} | {len(known)} of {draws} | {line} |")


def plant(annotations, rng, n):
    """Copy annotations with n calls moved, lost or of another species, in files of their own."""
    planted = {name: list(calls) for name, calls in annotations.items()}
    able = [name for name, calls in planted.items() if calls]
    for number, name in enumerate(rng.permutation(able)[:n]):
        at = int(rng.integers(len(planted[name])))
        call = planted[name].pop(at)
        kind = ("moved", "missing", "species")[number % 3]
        start, end, code = call.start, call.end, call.species
        if kind == "moved":
            start = (call.start + rng.uniform(15, 45)) % 55
            end = min(start + call.end - call.start, 60.0)
        elif kind == "species":
            code = str(rng.choice([other for other in SPECIES if other != code]))
        if kind != "missing":
            new = Annotation(start, end, code, call.grade, call.fmin, call.fmax)
            planted[name].append(new)
        yield name, kind, planted
        if number + 1 == n:
            return


def out_of_fold(embedded, labels, groups):
    """Probabilities of each clip by models that did not see its recording."""
    found = np.full(labels.shape, np.nan)
    for train, held in GroupKFold(6).split(embedded, groups=groups):
        for k in range(labels.shape[1]):
            if 0 < labels[train, k].sum() < len(train):
                model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
                model.fit(embedded[train], labels[train, k])
                found[held, k] = model.predict_proba(embedded[held])[:, 1]
    return found


def doubts(results, draws):
    """Share of planted mistakes that the first 20 questions find, and what chance would."""
    table, embedded = read_shards(results.glob("embeddings/birdnet/original/*.h5"))
    embedded = embedded.astype(float)
    names = sorted(set(table.recording.tolist()))
    annotations = annotations_of(ROOT / "resources/demo/annotations", names, SETTINGS)
    labels = truth_of(table, annotations)
    share, chance, kinds = [], [], {}
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        items = [(name, kind) for name, kind, planted in plant(annotations, rng, 12)]
        rng = np.random.default_rng(seed)
        *_, (_, _, planted) = plant(annotations, rng, 12)
        given = truth_of(table, planted)
        probabilities = out_of_fold(embedded.mean(axis=1), given, table.recording)
        found = find_suspicions(given, probabilities, table.recording, table.source_start, LENGTH)
        asked = {(one.at, one.column) for one in found[:20]}
        differ = given != labels
        for name, kind in items:
            cells = {(a, k) for a, k in np.argwhere(differ).tolist() if table.recording[a] == name}
            if not cells:
                continue
            hit = bool(cells & asked)
            share.append(hit)
            kinds.setdefault(kind, []).append(hit)
            chance.append(1 - (1 - 20 / labels.size) ** len(cells))
    print(
        f"planted doubts: {np.mean(share):.2f} of {len(share) / draws:.1f} found in the first 20 "
        f"questions, by chance {np.mean(chance):.3f}; "
        + ", ".join(f"{kind} {np.mean(of):.2f}" for kind, of in sorted(kinds.items()))
    )
    for way in ("cosine", "standardised"):
        for k, code in enumerate(SPECIES):
            each = []
            for at in np.flatnonzero(labels[:, k]):
                others = np.arange(len(labels)) != at
                order, _ = nearest(embedded[at], embedded[others], others.sum(), way)
                each.append(recall_at(labels[others, k], order))
            ten, hundred = np.mean(each, axis=0)
            print(
                f"search, {way}, {code}: recall at 10 {ten:.2f}, at 100 {hundred:.2f}; "
                f"by chance {labels[:, k].mean():.2f}"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=ROOT / "results")
    parser.add_argument("--draws", type=int, default=20)
    options = parser.parse_args()
    doubts(options.results, max(options.draws // 4, 3))
    season(options.results, options.draws)
