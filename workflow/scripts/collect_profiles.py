"""Gather how the recordings sound that the model learnt from, and when they were made."""

import shutil

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.listening.detector import read_detector
from anurans.listening.drift import TRAINING


def main(input, output, params):
    if input.finished:
        with whole(output[0]) as partial:
            shutil.copyfile(input.finished[0], partial)
        return
    heard = set(read_detector(input.model).about["recordings"])
    told = {row["recording"]: row for path in input.recordings for row in read_table(path)}
    profiles = (row for path in input.profiles for row in read_table(path))
    rows = [
        told[row["recording"]] | params.clocks[row["recording"]] | row
        for row in profiles
        if row["recording"] in heard
    ]
    write_table(output[0], TRAINING, rows)
    log.info("%d recordings", len(rows))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
