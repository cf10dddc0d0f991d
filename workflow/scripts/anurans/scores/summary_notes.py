"""What is said below the table of scores: what was left out, and what to know of the rest."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from anurans.recordings.unread import is_sound
from anurans.scores.intervals import FEW_GROUPS
from anurans.scores.summary import RUN
from anurans.splits.splits import TEST

Row = Mapping[str, str]
# Statuses of recordings in results/annotations.csv.
ANNOTATED = ("annotated", "empty", "in part")
RECORDING = (*ANNOTATED, "not annotated", "unreadable")


def left_out(recordings: Sequence[Row], annotations: Sequence[Row]) -> Iterator[str]:
    """Sentences about what could not be used."""
    status = {row["recording"]: row["status"] for row in annotations if row["status"] in RECORDING}
    statuses = Counter(row["status"] for row in annotations)
    usable = [row["recording"] for row in recordings if row["status"] == "ok"]
    annotated = [recording for recording in usable if status[recording] in ANNOTATED]
    yield (
        f"{len(recordings)} recordings: {len(annotated)} used, "
        f"{len(usable) - len(annotated)} not annotated, "
        f"{len(recordings) - len(usable)} unusable (results/recordings.csv)."
    )
    if odd := sum(row["status"] == "ok" and bool(row["reason"]) for row in recordings):
        yield f"Recordings that are used though something is odd: {odd} (results/recordings.csv)."
    if statuses["skipped"]:
        lines = sum(int(row["skipped"]) for row in annotations if row["status"] == "skipped")
        yield (
            f"Skipped lines of annotations: {lines}; recordings of which no line "
            f"could be read: {statuses['unreadable']} (results/annotations.csv)."
        )
    if statuses["no recording"]:
        yield (
            f"Annotations without a recording: {statuses['no recording']} "
            "(results/annotations.csv)."
        )
    passed: Counter[str] = Counter()
    for row in annotations:
        if row["status"] in ("passed over", "not read"):
            passed[row["reason"]] += int(row["skipped"])
    if passed:
        counts = ", ".join(f"{what} {n}" for what, n in passed.most_common(8))
        yield f"Rows of annotations that are no calls: {counts} (results/annotations.csv)."


def not_read(files: Sequence[Row]) -> Iterator[str]:
    """Sentences about files that nothing reads: of sound first, since a call may be in it."""
    kinds: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for row in files:
        kinds[is_sound(row)][row["ending"] or "no ending"] += 1
    for sound, counts in kinds.items():
        if counts:
            what = "Sound of kinds that are not read" if sound else "Files that are not read"
            listed = ", ".join(f"{ending} {n}" for ending, n in counts.most_common(8))
            yield f"{what}: {listed} (results/files_not_read.csv)."


def summary_notes(
    rows: Sequence[Row],
    species: Sequence[str],
    recordings: Sequence[Row],
    annotations: Sequence[Row],
    unread: Sequence[Row],
    licences: Mapping[str, str],
) -> Iterator[str]:
    """Sentences about what the scores rest on.

    Parameters
    ----------
    rows
        Of results/summary.csv.
    species
        Codes of the species.
    recordings, annotations, unread
        Rows of results/recordings.csv, results/annotations.csv and results/files_not_read.csv.
    licences
        Of networks that have one of their own, by name.
    """
    yield from left_out(recordings, annotations)
    yield from not_read(unread)
    others: Counter[str] = Counter()
    for row in annotations:
        if row["used"] == "no":
            others[row["species"]] += int(row["annotations"])
    if others:
        counts = ", ".join(f"{name} {n}" for name, n in others.most_common(8))
        yield f"Annotations of other species, ignored: {counts} (results/annotations.csv)."
    slips = [row for row in annotations if row["status"] == "misspelt label"]
    if slips:
        listed = ", ".join(
            f"{row['species']} {row['skipped']} ({row['reason'].removeprefix('nearest: ')}?)"
            for row in slips[:8]
        )
        yield (
            f"Labels that look misspelt: {listed}. Correct them, or list them as labels of the "
            "species (results/annotations.csv)."
        )
    yield from few_groups(rows, species)
    yield from untuned(rows, species)
    yield from unsettled(rows)
    leaky = sorted({row["split"] for row in rows if row["leaks"] != "no"})
    if leaky:
        yield (
            f"The split {', '.join(leaky)} leaks by design: its scores are flattered "
            "(results/tables/optimism.csv)."
        )
    yield from (f"The licence of {name}: {text}." for name, text in licences.items())
    random = sorted({row["backbone"] for row in rows if row["weights"] == "random"})
    if random:
        yield (
            f"The weights of {', '.join(random)} are random: these scores say nothing about the "
            "networks. Set weights: imagenet for them under backbones: in the config."
        )


def unsettled(rows: Sequence[Row]) -> Iterator[str]:
    """Name the runs that did not converge."""
    runs: dict[tuple[str, ...], set[str]] = {
        tuple(row[key] for key in RUN[:4]): set() for row in rows
    }
    for row in rows:
        if row["converged"] == "no":
            runs[tuple(row[key] for key in RUN[:4])].add(row["fold"])
    if named := ["/".join(run) for run, folds in runs.items() if folds]:
        yield (
            f"Runs that did not converge: {', '.join(named[:5])}"
            + (f" and {len(named) - 5} more" if len(named) > 5 else "")
            + "; their logs in logs/train_model or logs/finetune_model say so. Give their recipes "
            "a smaller C (solver: logistic), or more epochs or a higher learning_rate (solver: "
            "adam; under tuning, where the network is trained)."
        )


def untuned(rows: Sequence[Row], species: Sequence[str]) -> Iterator[str]:
    """Name the species whose threshold is 0.5 for want of clips to tune it on."""
    runs = {tuple(row[key] for key in RUN[:5]): row for row in rows}.values()
    counts = {
        name: sum(row[f"threshold_source_{name}"] == "default" for row in runs) for name in species
    }
    if named := [f"{name} in {n} of {len(runs)} runs" for name, n in counts.items() if n]:
        yield (
            f"Thresholds left at 0.5: {', '.join(named)}. No positive clip was left out of a fit "
            "there: annotate more recordings in which the species calls."
        )


def few_groups(rows: Sequence[Row], species: Sequence[str]) -> Iterator[str]:
    """Say of which species the positives of a test part stand in few groups."""
    least: dict[str, int] = {}
    for row in rows:
        for name in species:
            groups = int(row[f"positive_groups_{name}"])
            if row["subset"] == TEST and 0 < groups < FEW_GROUPS:
                least[name] = min(groups, least.get(name, groups))
    if least:
        counts = ", ".join(f"{name} in {groups}" for name, groups in least.items())
        yield (
            f"Few independent groups in test call ({counts}; {FEW_GROUPS} or more are wanted): "
            "intervals are rough and small differences cannot be told (docs/statistics.md)."
        )
