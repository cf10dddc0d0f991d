"""Gather the events and the recordings of all days."""

from anurans.common.errors import UserError, listing
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.listening.detector import read_detector
from anurans.recordings.device_headers import other_time, tell_other_times, tell_times_alone
from anurans.recordings.same_sound import find_copies
from anurans.scores.events import EVENT

COLUMNS = [
    *("recording", "path", "site", "date", "time", "utc", "latitude", "longitude", "sr"),
    *("channels", "duration_s", "peak", "status", "reason", "sha256"),
    *("sound", "learnt_from", "same_as", "header_time"),
]


def main(input, output, params):
    usable = count = 0
    left_out, learnt = [], []
    # Only what the model learnt from is known to whoever listens with a finished one.
    heard = set(read_detector(input.model).about["recordings"])
    sounds = {
        row["sound"]: row["recording"]
        for path in (*input.learnt, *input.finished)
        for row in read_table(path)
        if row.get("sound") and row["recording"] in heard
    }

    # Those of one day are left out by the job that hears them; of several days, only told.
    every = [row for path in input.recordings for row in read_table(path)]
    copies = find_copies(every, params.channels)

    def recordings():
        nonlocal usable
        for row in every:
            usable += row["status"] == "ok"
            if row["status"] != "ok":
                left_out.append(f"{row['path']}: {row['reason']}")
            known = sounds.get(row["sound"], "")
            if known:
                learnt.append(f"{row['recording']} (learnt from as {known})")
            found = {"learnt_from": known, "same_as": copies.get(row["recording"], "")}
            row |= params.names[row["recording"]] | found
            row["header_time"] = other_time(row)  # only where it says something else
            yield row

    def events():
        nonlocal count
        for path in input.events:
            rows = read_table(path)
            count += len(rows)
            yield from rows

    write_table(output.recordings, COLUMNS, recordings())
    if not usable:
        raise UserError(f"Not one of the new recordings can be used:\n{listing(left_out)}")
    if left_out and params.on_error == "fail":
        raise UserError(
            f"{len(left_out)} of {usable + len(left_out)} new recordings cannot be used. Mend or "
            "remove them, or leave them out with audio.on_error: quarantine.\n"
            f"{listing(left_out, len(left_out))}"
        )
    write_table(output.events, EVENT, events())
    for each in learnt:
        log.info("%s", each)
    for copy, first in copies.items():
        log.info("%s has the same sound as %s, of another day", copy, first)
    for sentence in filter(None, (tell_other_times(every), tell_times_alone(every))):
        log.warning("warning: %s; see header_time in results/detections/recordings.csv", sentence)
    log.info("%d events in %d recordings, %d left out", count, usable, len(left_out))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
