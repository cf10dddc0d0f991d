"""What corrected annotations did to F1, on labels that no doubt touched and on all of them."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from anurans.recordings.names import start_of
from anurans.scores.comparison import Decisions, model_f1
from anurans.scores.intervals import (
    calling_groups,
    draw_groups,
    effective_groups,
    macro,
    measure_difference,
)
from anurans.splits.splits import HELD_OUT

Row = Mapping[str, str]
# What held-out clips were labelled and called when a queue was drawn.
FRAME = ("queue", "model", "clip", "recording", "group")
EFFECT = (
    *("queue", "model", "species", "judged_on", "clips", "positive", "labels_changed"),
    *("f1_before", "f1_after", "difference", "lower", "upper", "note"),
)
UNTOUCHED, CORRECTED = "untouched", "corrected"
MEAN = "mean"
NOTHING = "no label was corrected yet: copy what is in corrected/ over your files, and run again"
MOVED = "labels were corrected where models doubted them, so they moved towards the models"
GONE = "the model that doubted is no longer trained"


def frame_columns(species: Iterable[str]) -> list[str]:
    """Columns of a frame."""
    return [*FRAME, *(f"{what}_{name}" for name in species for what in ("label", "predicted"))]


def frame_rows(
    queue: str, model: str, rows: Iterable[Row], species: Sequence[str]
) -> Iterable[dict[str, str]]:
    """Rows of a frame, of held-out rows of `predictions.tsv`; empty where nobody knows."""
    for row in rows:
        found = {"queue": queue, "model": model}
        found |= {what: row[what] for what in ("clip", "recording", "group")}
        for name in species:
            known = row[f"label_{name}"] and row[f"score_{name}"]
            for what in ("label", "predicted"):
                found[f"{what}_{name}"] = row[f"{what}_{name}"] if known else ""
        yield found


def tabulate_effect(
    frame: Iterable[Row],
    asked: Iterable[Row],
    now: Iterable[Row],
    species: Sequence[str],
    resamples: int,
    seed: int,
) -> list[dict[str, object]]:
    """Compare the scores of a model before and after annotations were corrected.

    The model is the same before and after: backbone, dataset and recipe, trained anew. It is judged
    on held-out clips, twice: on `untouched` labels, which were neither asked about nor have
    changed, the only fair judge; and on labels as they were before and as they are `corrected`.

    Parameters
    ----------
    frame
        Rows of `frame_columns`, of one queue.
    asked
        Rows of that queue.
    now
        Rows of `frame_columns` of the same model as it is now; none where it is trained no more.
    species
        Codes.
    resamples, seed
        Of the draws of groups, for the intervals.

    Returns
    -------
    list of dict
        Rows of `EFFECT`: each species, and their mean.
    """
    before = {row["clip"]: row for row in frame}
    after = {row["clip"]: row for row in now}
    clips = sorted(before.keys() & after.keys())
    about = next(iter(before.values()), {})
    shared: dict[str, object] = {what: about.get(what, "") for what in ("queue", "model")}
    if not clips:
        return [shared | {"species": MEAN, "judged_on": UNTOUCHED, "note": GONE}]
    tables = [_tables([of[clip] for clip in clips], species) for of in (before, after)]
    (known_before, labels_before, called_before), (known_after, labels_after, called_after) = tables
    known = known_before & known_after
    changed = known & (labels_before != labels_after)
    touched = _asked_about(clips, [before[clip]["recording"] for clip in clips], asked, species)
    groups = np.array([before[clip]["group"] for clip in clips], dtype=object)
    rows = []
    for judged_on, kept, old_labels in (
        (UNTOUCHED, known & ~touched & ~changed, labels_after),
        (CORRECTED, known, labels_before),
    ):
        pair = (
            Decisions(groups, groups, old_labels & kept, called_before & kept),
            Decisions(groups, groups, labels_after & kept, called_after & kept),
        )
        note = MOVED if judged_on == CORRECTED else ""
        for row in _compare(pair, species, resamples, seed):
            at = [species.index(str(row["species"]))] if row["species"] != MEAN else slice(None)
            row |= {"judged_on": judged_on, "clips": int(kept[:, at].any(axis=1).sum())}
            row |= {"positive": int((labels_after & kept)[:, at].sum())}
            row["labels_changed"] = int(changed[:, at].sum())
            rows.append(shared | row | {"note": note if changed.any() else NOTHING})
    return rows


def _tables(rows: Sequence[Row], species: Sequence[str]) -> list[np.ndarray]:
    """Which labels are known, labels and decisions [shape=(n, species), dtype=bool]."""
    labels = [[row.get(f"label_{name}", "") for name in species] for row in rows]
    called = [[row.get(f"predicted_{name}", "") == "1" for name in species] for row in rows]
    return [np.array(labels) != "", np.array(labels) == "1", np.array(called)]


def _asked_about(
    clips: Sequence[str], recordings: Sequence[str], asked: Iterable[Row], species: Sequence[str]
) -> np.ndarray:
    """Which clips share time with a question about a species [shape=(n, species), dtype=bool]."""
    of: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in asked:
        span = float(row["start"]), float(row["end"])
        of.setdefault((row["recording"], row["species"]), []).append(span)
    touched = np.zeros((len(clips), len(species)), dtype=bool)
    for at, (clip, recording) in enumerate(zip(clips, recordings, strict=True)):
        start = start_of(clip)
        for column, name in enumerate(species):
            spans = of.get((recording, name), ())
            touched[at, column] = any(low - (high - low) < start < high for low, high in spans)
    return touched


def _compare(
    pair: tuple[Decisions, Decisions], species: Sequence[str], resamples: int, seed: int
) -> Iterable[dict[str, object]]:
    """F1 of both, and what is known of the difference."""
    names = sorted(set(pair[0].groups.tolist()))
    draws = np.concatenate([np.ones((1, len(names))), draw_groups(len(names), resamples, seed)])
    before, after = (model_f1([one], HELD_OUT, names, draws) for one in pair)
    calling = calling_groups([(one.labels, one.groups) for one in pair], len(species))
    # Of the mean the species that both are judged by.
    both = ~(np.isnan(before) | np.isnan(after))
    old_mean, new_mean = (macro(np.where(both, f1, np.nan)) for f1 in (before, after))
    columns = [
        (name, before[:, at], after[:, at], float(calling[at])) for at, name in enumerate(species)
    ]
    columns.append((MEAN, old_mean, new_mean, effective_groups((after - before)[1:], calling)))
    for name, old, new, effective in columns:
        row: dict[str, object] = {"species": name}
        if not np.isnan(new[0] - old[0]):
            found = measure_difference(
                float(new[0] - old[0]), new[1:] - old[1:], len(names), effective
            )
            row |= {"f1_before": float(old[0]), "f1_after": float(new[0])}
            row |= {what: getattr(found, what) for what in ("lower", "upper")}
            row["difference"] = found.value
        yield row
