"""Count what was listened to and heard at each site, of a day."""

import numpy as np

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.exports.site_counts import (
    CALLS,
    EFFORT,
    Heard,
    add_calls,
    add_efforts,
    call_rows,
    count_calls,
    count_effort,
    effort_rows,
)
from anurans.listening.detector import thresholds_of, vote
from anurans.listening.scored_days import read_scored_day
from anurans.scores.probabilities import read_curves


def main(input, output, params):
    day = read_scored_day(input.scores)
    species, clips, scores = day.species, day.clips, day.scores
    positive = vote(scores, thresholds_of(read_table(input.thresholds), species, day.folds))
    curves = read_curves(read_table(input.calibrators), species)
    events: dict[tuple[str, str], list[float]] = {}
    for row in read_table(input.events):
        events.setdefault((row["recording"], row["species"]), []).append(float(row["start"]))
    efforts, calls = {}, {}
    for recording in day.recordings:
        tiles = np.flatnonzero(day.tiles & (clips.recording == recording))
        starts, told = clips.source_start[tiles], params.names[recording]
        heard = {
            name: Heard(
                positive[tiles, at],
                curves[name].probabilities(scores[tiles, at]) if curves[name] else None,
                events.get((recording, name), []),
            )
            for at, name in enumerate(species)
        }
        add_efforts(efforts, count_effort(told, starts, clips.source_end[tiles]))
        add_calls(calls, count_calls(told, starts, heard))
    write_table(output.effort, EFFORT, effort_rows(efforts))
    write_table(output.calls, CALLS, call_rows(calls))
    log.info("%d recordings, %d places", len(day.recordings), len(efforts))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
