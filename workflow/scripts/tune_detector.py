"""Give the detector its thresholds and calibrators, and tell what these make of known clips."""

from logging import INFO, WARNING

import numpy as np

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.listening.detector import THRESHOLDS, read_detector
from anurans.listening.thresholds import called, checked_rows, precise_rows, separate, tuned_rows
from anurans.review.checked_thresholds import last_thresholds
from anurans.review.season_clips import model_digest
from anurans.scores.calibration import fit_calibrator
from anurans.scores.curves import pool, read_scored
from anurans.scores.probabilities import CALIBRATORS, SEPARATION
from anurans.scores.ranking import places_of
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
        for name in sorted({row["species"] for row in tuned} - set(found)):
            log.warning("warning: %s has no checked threshold; the tuned ones are used", name)
        rows = checked_rows(found, tuned)
    else:
        rows, told = precise_rows(held_out, species, about["folds"], **params.thresholds)
        for line in told:
            log.log(WARNING if line.startswith("warning") else INFO, "%s", line)
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
        of_species = separate(of, called(of, name, rows), params.seed)
        table = np.concatenate([of_species.moments, of_species.rates], axis=1).tolist()
        for draw, values in enumerate(table):
            known.append(dict(zip(SEPARATION, (name, draw, *values), strict=True)))
    write_table(output.calibrators, CALIBRATORS, points)
    write_table(output.separation, SEPARATION, known)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
