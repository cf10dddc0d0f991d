"""Tune the thresholds of one run on what its heads left out, and score every part."""

import numpy as np

from anurans.annotations.labels import LabelRule, decide_all, read_coverage
from anurans.common.jobs import log, run
from anurans.common.tables import format_score, read_table, write_table
from anurans.heads.learning import read_unseen
from anurans.scores.evaluation import Part, score_part, score_rules, tune_thresholds
from anurans.scores.summary import CONVERGED, LABELLING, LEAKS, columns
from anurans.sounds.shards import open_shard
from anurans.splits.splits import HELD_OUT, TEST, VALIDATION, drawn_group


def main(input, output, params, wildcards):
    with open_shard(input.scores) as shard:
        clips, scores, about = shard.clips, shard.data[()], shard.metadata["training"]
        backbone = shard.metadata["embedding"]["backbone"]
    species, rule = about["species"], LabelRule(**params.labelling)
    coverage = read_coverage((row for path in input.labels for row in read_table(path)), species)
    labels, used = decide_all(coverage.species, rule)
    row_of = {clip: row for row, clip in enumerate(clips.clip)}
    rows = np.array([row_of[clip] for clip in coverage.clip], dtype=int)
    scores = scores[rows]
    unseen = read_unseen(read_table(input.clips), species)
    if unseen:
        # What was learnt from is judged by the fits that left it out.
        for at, clip in enumerate(coverage.clip):
            if clip in unseen:
                scores[at] = unseen[clip]
    roles = {row["clip"]: row for row in read_table(input.roles)}
    role = np.array([roles[clip][f"fold-{wildcards.fold}"] for clip in coverage.clip], dtype=object)
    group = [drawn_group(roles[clip], params.by) for clip in coverage.clip]
    group = np.array(group, dtype=object)

    def part(name):
        of = (role == name) & used
        return Part(labels[of], scores[of], coverage.recording[of], group[of])

    learnt = np.array([clip in (unseen or ()) for clip in coverage.clip], dtype=bool) & used
    if unseen:
        tuned_on = Part(labels[learnt], scores[learnt], coverage.recording[learnt], group[learnt])
    else:
        tuned_on = part(params.validation)
    tuned = tune_thresholds(species, tuned_on)
    stated = [row | {"threshold": format_score(row["threshold"])} for row in tuned]
    write_table(output.thresholds, ["species", "threshold", "source", "positives"], stated)
    thresholds = [row["threshold"] for row in tuned]
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
    kept = ("epochs", "best_epoch", "parameters_head", "parameters_total")
    about = {"converged": CONVERGED[about["converged"]]} | {key: about[key] for key in kept}
    about["weights_mb"] = about["parameters_total"] * 4 / 1e6
    decided = {f"threshold_{row['species']}": row["threshold"] for row in tuned}
    decided |= {f"threshold_source_{row['species']}": row["source"] for row in tuned}
    metrics, labelling = [], []
    for subset in (VALIDATION, HELD_OUT, TEST):
        mine = np.flatnonzero(role == subset)
        if len(mine):
            covered = {name: coverage.species[name][mine] for name in species}
            judged = score_rules(species, covered, scores[mine], thresholds, rule.ambiguous)
            labelling += [run_is | row | {"subset": subset} for row in judged]
        of = part(subset)
        if len(of.labels):
            scored = score_part(species, of, thresholds, params.resamples, params.seed)
            metrics.append(run_is | {"subset": subset} | scored | decided | about)
            log.info("%s: %d clips, macro F1 %s", subset, scored["n_clips"], scored["f1_macro"])
    write_table(output.metrics, columns(species), metrics)
    write_table(output.labelling, LABELLING, labelling)

    predictions = []
    for at, clip in enumerate(coverage.clip):
        row = {
            "clip": clip,
            "recording": coverage.recording[at],
            "group": group[at],
            "role": role[at],
            "used": int(used[at]),
        }
        for column, name in enumerate(species):
            score = float(scores[at, column])
            row |= {
                # Empty where no fit had left out the clip and learnt of the species.
                f"score_{name}": format_score(score),
                f"predicted_{name}": int(score >= thresholds[column]),
                f"label_{name}": int(labels[at, column]),
            }
        predictions.append(row)
    each = [f"{what}_{name}" for name in species for what in ("score", "predicted", "label")]
    write_table(
        output.predictions, ["clip", "recording", "group", "role", "used", *each], predictions
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
