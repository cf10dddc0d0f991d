"""Gather the scores of all runs in one table, and show a short form of it."""

from collections import Counter

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.common.versions import merge_versions, version_notes
from anurans.scores.intervals import FEW_GROUPS
from anurans.scores.summary import RUN, between_kinds, columns, short_table, sort_key
from anurans.sounds.shards import open_shard
from anurans.splits.splits import TEST


def main(input, output, params):
    rows = [
        row | {"experiments": experiments}
        for metrics, experiments in zip(input.metrics, params.experiments, strict=True)
        for row in read_table(metrics)
    ]
    rows.sort(key=sort_key)
    write_table(output[0], columns(params.species), rows)
    text = "\n".join(
        [
            "",
            f"{params.project}: F1 at thresholds tuned on clips left out of training, mean ± "
            "deviation over folds",
            "",
            short_table(rows, params.species),
            "",
            *([between_kinds(rows, params.kinds)] if params.kinds else []),
            *_notes(
                rows,
                params.species,
                read_table(input.recordings),
                read_table(input.annotations),
                params.licences,
            ),
            *version_notes(merge_versions(map(_versions, input.scores))),
            f"All scores, with intervals and counts: {output[0]}",
            "",
        ]
    )
    log.info("%s", text)
    print(text, flush=True)


def _versions(scores):
    """Versions of the libraries that a run was made with, its embeddings too."""
    with open_shard(scores) as shard:
        return shard.metadata.get("versions", {})


def left_out(recordings, annotations):
    """Sentences about what could not be used."""
    status = {row["recording"]: row["status"] for row in annotations if row["line"] == ""}
    statuses = Counter(row["status"] for row in annotations)
    usable = [row["recording"] for row in recordings if row["status"] == "ok"]
    annotated = [recording for recording in usable if status[recording] in ("annotated", "empty")]
    yield (
        f"{len(recordings)} recordings: {len(annotated)} used, "
        f"{len(usable) - len(annotated)} not annotated, "
        f"{len(recordings) - len(usable)} unusable (results/recordings.csv)."
    )
    if statuses["skipped"]:
        yield (
            f"Skipped lines of annotations: {statuses['skipped']}; recordings of which no line "
            f"could be read: {statuses['unreadable']} (results/annotations.csv)."
        )
    if statuses["no recording"]:
        yield (
            f"Annotations without a recording: {statuses['no recording']} "
            "(results/annotations.csv)."
        )


def _notes(rows, species, recordings, annotations, licences):
    """Sentences about what the scores rest on."""
    yield from left_out(recordings, annotations)
    others = Counter()
    for row in annotations:
        if row["used"] == "no":
            others[row["species"]] += int(row["annotations"])
    if others:
        counts = ", ".join(f"{name} {n}" for name, n in others.most_common(8))
        yield f"Annotations of other species, ignored: {counts} (results/annotations.csv)."
    yield from _few_groups(rows, species)
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


def unsettled(rows):
    """Name the runs whose heads did not converge."""
    runs = {tuple(row[key] for key in RUN[:4]): set() for row in rows}
    for row in rows:
        if row["converged"] == "no":
            runs[tuple(row[key] for key in RUN[:4])].add(row["fold"])
    if named := ["/".join(run) for run, folds in runs.items() if folds]:
        yield (
            f"Heads that did not converge: {', '.join(named[:5])}"
            + (f" and {len(named) - 5} more" if len(named) > 5 else "")
            + "; their logs in logs/train_model say so. Give their recipes more epochs, or a "
            "higher learning_rate (solver: adam), or a smaller C (solver: logistic)."
        )


def _few_groups(rows, species):
    """Say of which species the positives of a test part stand in few groups."""
    least = {}
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


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
