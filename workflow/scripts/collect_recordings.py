"""Gather the recordings of all shards, and stop if one, or each, cannot be used."""

from anurans.common.errors import UserError, listing
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table

COLUMNS = [
    "recording",
    "path",
    "site",
    "date",
    "time",
    "utc",
    "latitude",
    "longitude",
    "sr",
    "channels",
    "duration_s",
    "peak",
    "status",
    "reason",
    "sha256",
]


def main(input, output, params):
    rows = [row | params.names[row["recording"]] for shard in input for row in read_table(shard)]
    rows.sort(key=lambda row: row["recording"])
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
    write_table(output[0], COLUMNS, rows)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
