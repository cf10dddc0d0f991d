"""Gather the recordings of all shards, and stop if one, or each, cannot be used."""

from anurans.common.errors import UserError, listing
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
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
    left_out = [f"{row['path']}: {row['reason']}" for row in rows if row["status"] != "ok"]
    log.info("%d recordings, %d left out", len(rows), len(left_out))
    if len(left_out) == len(rows):
        raise UserError(f"Not one recording can be used:\n{listing(left_out)}")
    if left_out and params.on_error == "fail":
        raise UserError(
            f"{len(left_out)} of {len(rows)} recordings cannot be used. Mend or remove them, or "
            "leave them out of everything with audio.on_error: quarantine.\n"
            f"{listing(left_out, len(left_out))}"
        )
    write_table(output[0], [*rows[0]], rows)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
