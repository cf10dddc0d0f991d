"""Gather the recordings of all shards, and stop if one, or each, cannot be used."""

from anurans.common.errors import UserError, listing
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.recordings.device_headers import other_time, tell_other_times
from anurans.recordings.same_sound import REASON, find_copies

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
    "sound",
    "same_as",
    "header_time",
]


def main(input, output, params):
    rows = [row | params.names[row["recording"]] for shard in input for row in read_table(shard)]
    rows.sort(key=lambda row: row["recording"])
    copies = find_copies(rows, params.channels)
    for row in rows:
        if row["recording"] in copies:
            row["same_as"] = copies[row["recording"]]
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
    # Only where it says something else.
    rows = [row | {"header_time": other_time(row)} for row in rows]
    if apart := tell_other_times(rows):
        log.warning("warning: %s; see header_time in results/recordings.csv", apart)
    write_table(output[0], COLUMNS, rows)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
