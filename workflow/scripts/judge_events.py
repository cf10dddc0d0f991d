"""Hold the events against annotations of the same recordings, where somebody made some."""

from anurans.annotations.sources import annotations_of
from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.scores.event_scores import JUDGED, judge


def main(input, output, params):
    found = [row for row in read_table(input.recordings) if row["status"] == "ok"]
    learnt = [row["recording"] for row in found if row["learnt_from"]]
    recordings = {
        row["recording"]: float(row["duration_s"]) for row in found if not row["learnt_from"]
    }
    if learnt and not recordings:
        raise UserError(
            f"detection.truth: the model learnt from all of the new recordings, such as "
            f"{learnt[0]}, and cannot be judged by them; name others, or leave truth out."
        )
    truth = annotations_of(input.truth, list(recordings), params.settings)
    if not truth:
        raise UserError(
            f"detection.truth: {input.truth} has annotations of none of the new recordings"
            + (f" but {len(learnt)} that the model learnt from" if learnt else "")
            + "; name its files after them, or leave truth out."
        )
    events = {}
    for row in read_table(input.events):
        of = events.setdefault(row["species"], {}).setdefault(row["recording"], [])
        of.append((float(row["start"]), float(row["end"])))
    rows = []
    for species in params.settings["species"]:
        calls = {
            recording: [
                (call.start, min(call.end, recordings[recording]))
                for call in found
                if call.species == species and call.start <= recordings[recording]
            ]
            for recording, found in truth.items()
        }
        rows.append({"species": species} | judge(events.get(species, {}), calls))
        log.info("%s", rows[-1])
    write_table(output[0], JUDGED, rows)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
