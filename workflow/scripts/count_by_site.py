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
from anurans.scores.probabilities import read_curves
from anurans.sounds.shards import open_shard


def main(input, output, params):
    with open_shard(input.scores) as shard:
        clips, scores, metadata = shard.clips, shard.data[:], shard.metadata
    about = metadata["detection"]
    species, length = about["species"], about["settings"]["length"]
    steps = round(1 / (1 - about["overlap"]))
    positive = vote(scores, thresholds_of(read_table(input.thresholds), species, about["folds"]))
    curves = read_curves(read_table(input.calibrators), species)
    events: dict[tuple[str, str], list[float]] = {}
    for row in read_table(input.events):
        events.setdefault((row["recording"], row["species"]), []).append(float(row["start"]))
    efforts, calls = {}, {}
    for recording in metadata["recordings"]:
        of = np.flatnonzero(clips.recording == recording)
        # Of clips that overlap, those that lie end to end: each second counts once.
        tiles = of[np.rint(clips.source_start[of] * steps / length).astype(int) % steps == 0]
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
    log.info("%d recordings, %d places", len(metadata["recordings"]), len(efforts))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
