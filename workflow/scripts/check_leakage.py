"""Certify for every run that what it was scored on it had not learnt from."""

from anurans.common.errors import UserError, listing
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.recordings.clips import clip_table
from anurans.recordings.same_sound import shared_sounds
from anurans.splits.leakage import COLUMNS, RUN, certify


def main(input, output, params):
    originals = clip_table(row for table in input.tables for row in read_table(table))
    splits = {
        name: read_table(path) for name, path in zip(params.splits, input.splits, strict=True)
    }
    sounds = shared_sounds(read_table(input.recordings))
    rows, leaks = [], []
    for about, clips, predictions in zip(params.runs, input.clips, input.predictions, strict=True):
        about = dict(zip(RUN, about, strict=True))
        found = certify(
            about,
            read_table(clips),
            read_table(predictions),
            splits[about["split"]],
            originals,
            about["split"] in params.allowed,
            sounds,
        )
        rows.append(found.row)
        leaks += [f"{clips}: {sentence}" for sentence in found.leaks]
    if leaks:
        raise UserError(
            "Scores would be flattered: some of what is judged was learnt from, though no split "
            f"allows it.\n{listing(leaks)}\nDelete the folders of these "
            "runs and the split's table in results/splits, and run the same command again; if "
            "this comes back, please report it."
        )
    write_table(output[0], COLUMNS, rows)
    log.info("%d runs, none leaks but by design", len(rows))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
