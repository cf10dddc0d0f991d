"""Read every recording of a shard to its end, say which can be used, and lay out its clips."""

from dataclasses import asdict, fields

from anurans.common.jobs import log, run
from anurans.common.tables import format_cell, write_table
from anurans.recordings.clips import COLUMNS, concatenate, original_clips
from anurans.recordings.inspection import Inspection, inspect
from anurans.recordings.names import Recording


def main(output, params):
    found, clips = [], []
    for recording, path, file, channel in zip(
        params.recordings, params.paths, params.files, params.channels, strict=True
    ):
        named = Recording(recording, file, fault=params.faults.get(recording, ""))
        about = inspect(named, params.length, params.min_last, channel)
        log.info("%s: %s %s", path, about.status, about.reason)
        found.append(asdict(about) | {"path": path})
        if about.status == "ok":
            # The duration as the table has it, so that everyone who reads it gets the same clips.
            duration = float(format_cell(about.duration_s))
            clips.append(original_clips(recording, duration, params.length, params.min_last))
    write_table(output.table, [field.name for field in fields(Inspection)], found)
    write_table(output.clips, list(COLUMNS), concatenate(clips).rows())


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
