"""Hold the events against annotations of the same recordings, where somebody made some."""

from anurans.annotations.sources import annotations_of
from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.listening.scored_days import read_scored_day
from anurans.scores.event_scores import JUDGED, Tolerances, calls_within, judge
from anurans.scores.events import SWEPT, sweep_events
from anurans.scores.listened_time import ListenedTime
from anurans.scores.probabilities import read_curves


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
    swept = sweep(input.scores, input.calibrators, truth, params.gap)
    rows = []
    for species in params.settings["species"]:
        # Of a recording that was listened to in part, what is outside of that part is unknown.
        heard = ListenedTime.of(truth, recordings, species)
        calls = heard.place(calls_within(truth, species, recordings))
        found = heard.place(events.get(species, {})), calls, heard.seconds()
        at_each = [heard.place(of) for of in swept.get(species, ())]
        rows.append({"species": species} | judge(*found, Tolerances(**params.allowed), at_each))
        log.info("%s", rows[-1])
    write_table(output[0], JUDGED, rows)


def sweep(scores, calibrators, truth, gap):
    """Events of each species that has a calibrator, at each threshold, in judged recordings."""
    found, fitted = {}, read_table(calibrators)
    for path in scores:
        day = read_scored_day(path)
        mine = [name for name in day.recordings if name in truth]
        if not mine:
            continue
        curves, clips = read_curves(fitted, day.species), day.clips
        for at, (name, curve) in enumerate(curves.items()):
            of_species = found.setdefault(name, [{} for _ in SWEPT]) if curve else ()
            for recording in mine if curve else ():
                rows = clips.recording == recording
                places = clips.source_start[rows], clips.source_end[rows]
                swept = sweep_events(
                    *places, curve.probabilities(day.scores[rows, at]), day.length, day.steps, gap
                )
                for into, events in zip(of_species, swept, strict=True):
                    into[recording] = events
    return found


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
