"""Gather the recordings of all shards, and stop if one, or each, cannot be used."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.recordings.left_out import refuse_left_out
from anurans.recordings.same_sound import REASON, find_copies


def main(input, output, params):
    rows = sorted(
        (row for shard in input for row in read_table(shard)), key=lambda row: row["recording"]
    )
    copies = find_copies(rows, params.channels)
    rows = [row | {"same_as": copies.get(row["recording"], "")} for row in rows]
    for row in rows:
        if row["same_as"]:
            row |= {"status": "quarantined", "reason": REASON.format(row["same_as"])}
    left_out = refuse_left_out(rows, params.on_error)
    log.info("%d recordings, %d left out", len(rows), left_out)
    write_table(output[0], [*rows[0]], rows)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
