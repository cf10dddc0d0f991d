"""Calibrate each model on its held-out clips, and judge that on test."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.scores.calibration import (
    CALIBRATION,
    CALIBRATORS,
    calibrated,
    fit_calibrator,
    judge_calibration,
    points,
)
from anurans.scores.comparison import MODEL
from anurans.scores.curves import pool, read_scored
from anurans.scores.ranking import gather_models
from anurans.splits.splits import HELD_OUT, TEST


def main(input, output, params):
    models = gather_models([read_table(path) for path in input.metrics])
    calibrators, judged = [], []
    for model, places in models.items():
        predictions = [read_table(input.predictions[at]) for at in places]
        held_out, test = (
            pool([read_scored(each, params.species, subset) for each in predictions])
            for subset in (HELD_OUT, TEST)
        )
        known = [held_out.about(column) for column in range(len(params.species))]
        found = [fit_calibrator(of.labels[:, 0], of.scores[:, 0]) for of in known]
        after = calibrated(test, found)
        for column, (name, calibrator) in enumerate(zip(params.species, found, strict=True)):
            about = dict(zip(MODEL, model, strict=True)) | {"species": name}
            calibrators += [about | row for row in points(calibrator)]
            about |= {
                "method": calibrator.method if calibrator else "",
                "positives_held_out": int(held_out.labels[:, column].sum()),
            }
            if calibrator and test.known[:, column].any():
                about |= judge_calibration(test, after, column, params.resamples, params.seed)
            judged.append(about)
    write_table(output.calibrators, CALIBRATORS, calibrators)
    write_table(output.table, CALIBRATION, judged)
    log.info("%d models", len(models))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
