"""Tune the thresholds of one run on what its heads left out, and score every part."""

from anurans.annotations.labels import LabelRule, read_coverage
from anurans.common.jobs import log, run
from anurans.common.tables import format_score, read_table, write_table
from anurans.heads.unseen import read_unseen
from anurans.scores.run_scores import (
    PREDICTION,
    gather_clips,
    judge_run,
    prediction_rows,
    thresholds_at,
    tune_run,
)
from anurans.scores.summary import LABELLING, LEAKS, columns
from anurans.sounds.shards import open_shard


def main(input, output, params, wildcards):
    with open_shard(input.scores) as shard:
        names, scores, training = shard.clips.clip, shard.data[()], shard.metadata["training"]
        backbone = shard.metadata["embedding"]["backbone"]
    species, rule = training["species"], LabelRule(**params.labelling)
    labels = read_coverage((row for path in input.labels for row in read_table(path)), species)
    unseen = read_unseen(read_table(input.clips), species)
    roles = {row["clip"]: row for row in read_table(input.roles)}
    clips = gather_clips(labels, rule, names, scores, unseen, roles, wildcards.fold, params.by)

    tuned = tune_run(clips, params.validation)
    stated = [row | {"threshold": format_score(row["threshold"])} for row in tuned]
    write_table(output.thresholds, ["species", "threshold", "source", "positives"], stated)
    run_is = {
        "split": wildcards.split,
        "leaks": LEAKS[params.leaks],
        "backbone": wildcards.backbone,
        "weights": backbone["weights"],
        "dataset": wildcards.dataset,
        "recipe": wildcards.recipe,
        "fold": wildcards.fold,
        "labelling": rule.name,
    }
    at = thresholds_at(clips, tuned, params.validation)
    drawn = params.resamples, params.seed
    metrics, labelling = judge_run(clips, tuned, at, run_is, training, *drawn)
    for row in metrics:
        log.info("%s: %d clips, macro F1 %s", row["subset"], row["n_clips"], row["f1_macro"])
    write_table(output.metrics, columns(species), metrics)
    write_table(output.labelling, LABELLING, labelling)
    predictions = prediction_rows(clips, at)
    each = [f"{what}_{name}" for name in species for what in ("score", "predicted", "label")]
    write_table(output.predictions, [*PREDICTION, *each], predictions)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
