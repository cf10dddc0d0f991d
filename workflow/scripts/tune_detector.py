"""Give the detector its thresholds and calibrators, and tell what these make of known clips."""

import numpy as np

from anurans.common.jobs import log, run
from anurans.common.tables import format_score, read_table, write_table
from anurans.listening.assembling import tuned_rows
from anurans.listening.detector import THRESHOLDS, read_detector
from anurans.review.checked_thresholds import last_thresholds
from anurans.review.season_clips import model_digest
from anurans.scores.calibration import calibrate_unseen, fit_calibrator
from anurans.scores.curves import pool, read_scored
from anurans.scores.evaluation import Part, tune_apart
from anurans.scores.intervals import draw_groups
from anurans.scores.probabilities import CALIBRATORS, DRAWS, SEPARATION, measure_separation
from anurans.scores.ranking import places_of
from anurans.scores.wanted_precision import NEVER, threshold_for_precision
from anurans.splits.splits import HELD_OUT, REFIT


def main(input, output, params):
    about = read_detector(input.model).about
    species = about["species"]
    if input.finished:
        tuned, *predicted = map(read_table, input.finished)
    else:
        places = places_of(about["model"], [read_table(path) for path in input.metrics])
        predicted = [read_table(input.predictions[at]) for at in places]
    held_out = pool([read_scored(rows, species, HELD_OUT) for rows in predicted])
    if not input.finished:
        of_folds = [read_table(input.thresholds[at]) for at in places]
        tuned = tuned_rows(about["folds"], of_folds, held_out, species)
    if REFIT in about["folds"]:
        log.warning(
            "warning: thresholds, probabilities and counts are by scores of the folds' networks; "
            "those of the refit, which listens, may lie higher or lower (docs/finetuning.md)"
        )
    if params.thresholds == "tuned":
        rows = tuned
    elif params.thresholds == "checked":
        found = last_thresholds(read_table(*input.checked), model_digest(input.model))
        rows = list(as_checked(found, tuned))
    else:
        rows = list(for_precision(held_out, species, about["folds"], **params.thresholds))
    write_table(output.thresholds, THRESHOLDS, rows)

    points, known = [], []
    for column, name in enumerate(species):
        # As results/calibrators.tsv has it, which stands on every model that is trained.
        of = held_out.about(column)
        calibrator = fit_calibrator(of.labels[:, 0], of.scores[:, 0])
        if calibrator is None:
            log.warning("warning: %s has no calibrated probabilities", name)
            continue
        pairs = zip(calibrator.scores.tolist(), calibrator.probabilities.tolist(), strict=True)
        points += [{"species": name, "score": s, "probability": p} for s, p in pairs]
        called = calls(of, name, rows)
        of_species = separation(of, called, params.seed)
        table = np.concatenate([of_species.moments, of_species.rates], axis=1).tolist()
        for draw, values in enumerate(table):
            known.append(dict(zip(SEPARATION, (name, draw, *values), strict=True)))
    write_table(output.calibrators, CALIBRATORS, points)
    write_table(output.separation, SEPARATION, known)


def as_checked(found, tuned):
    """Rows of one threshold for all folds where people's answers tell it, else those of each."""
    for name in sorted({row["species"] for row in tuned} - set(found)):
        log.warning("warning: %s has no checked threshold; the tuned ones are used", name)
    for row in tuned:
        checked = found.get(row["species"])
        if checked is not None:
            source = f"checked, {checked['queue']}"
            row = row | {"threshold": checked["threshold"], "source": source}
        yield row


def for_precision(held_out, species, folds, precision):
    """Rows of one threshold for all folds, on the clips that each of them did not see."""
    for column, name in enumerate(species):
        of = held_out.about(column)
        labels, scores = of.labels[:, 0], of.scores[:, 0]
        threshold = threshold_for_precision(labels, scores, precision)
        source = "unreachable" if threshold == NEVER else f"precision {precision:g}"
        called = scores >= threshold
        if threshold == NEVER:
            log.warning(
                "warning: %s never has a precision of %g on held-out clips; no clip is "
                "called positive",
                name,
                precision,
            )
        else:
            found = (labels & called).sum() / max(1, labels.sum())
            log.info("%s: threshold %.4f, recall %.3f on held-out clips", name, threshold, found)
        for fold in folds:
            about = {"species": name, "fold": fold, "source": source}
            yield about | {"threshold": format_score(threshold)}


def calls(of, name, rows):
    """Which held-out clips are called positive; a threshold for all folds is that of the first."""
    first = next(row for row in rows if row["species"] == name)
    threshold = float(first["threshold"])
    if first["source"] not in ("tuned", "default"):
        return of.scores[:, 0] >= threshold
    if first["fold"] != REFIT:
        return of.predicted[:, 0]
    # It was tuned on these very clips: each is called by one that its own group did not tune.
    part = Part(of.labels, of.scores, of.recordings, of.groups)
    return (of.scores >= tune_apart(part, part, [threshold]))[:, 0]


def separation(of, called, seed):
    """What probabilities clips of groups get from calibrators that did not see these groups."""
    labels, scores = of.labels[:, 0], of.scores[:, 0]
    names, row = np.unique(of.groups.astype(str), return_inverse=True)
    unseen = calibrate_unseen(labels, scores, row)
    known = np.isfinite(unseen)
    draws = draw_groups(len(names), DRAWS, seed)
    kept = (each[known] for each in (labels, unseen, row))
    return measure_separation(*kept, draws, called[known])


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
