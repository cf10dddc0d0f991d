"""Write down of each recording what was found in it, and what its name and site tell."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.recordings.device_headers import other_time, tell_other_times, tell_times_alone
from anurans.recordings.left_out import refuse_left_out

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
    rows = [row | params.names[row["recording"]] for row in read_table(input[0])]
    refuse_left_out(rows, params.on_error)
    # Only where it says something else.
    rows = [row | {"header_time": other_time(row)} for row in rows]
    for sentence in filter(None, (tell_other_times(rows), tell_times_alone(rows))):
        log.warning("warning: %s; see header_time in results/recordings.csv", sentence)
    write_table(output[0], COLUMNS, rows)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
