"""Hold the events against annotations of the same recordings, where somebody made some."""

from anurans.annotations.formats import is_past_end
from anurans.annotations.sources import annotations_of
from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.scores.event_scores import JUDGED, judge, listened_parts, within


def main(input, output, params):
    recordings = {
        row["recording"]: float(row["duration_s"])
        for row in read_table(input.recordings)
        if row["status"] == "ok"
    }
    truth = annotations_of(input.truth, list(recordings), params.settings)
    if not truth:
        raise UserError(
            f"detection.truth: {input.truth} has annotations of none of the new recordings; name "
            "its files after them, or leave truth out."
        )
    # Of a recording that was listened to in part, what is outside of that part is unknown.
    heard = {recording: listened_parts(found) for recording, found in truth.items()}
    events = {}
    for row in read_table(input.events):
        of = events.setdefault(row["species"], {}).setdefault(row["recording"], [])
        event = float(row["start"]), float(row["end"])
        of += within(event, heard.get(row["recording"]))
    rows = []
    for species in params.settings["species"]:
        calls = {
            recording: [
                part
                for call in found
                if call.species == species and not is_past_end(call, recordings[recording])
                for part in within(
                    (call.start, min(call.end, recordings[recording])), heard[recording]
                )
            ]
            for recording, found in truth.items()
        }
        rows.append({"species": species} | judge(events.get(species, {}), calls))
        log.info("%s", rows[-1])
    write_table(output[0], JUDGED, rows)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
