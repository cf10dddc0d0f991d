"""Turn the scores of a day into events, labels of each recording, and counts by night and hour."""

import shutil
from pathlib import Path

import numpy as np

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.listening.activity import (
    BY_SUN,
    PARTS,
    SUN_PARTS,
    add_all,
    part_rows,
    place_by_sun,
    place_clips,
    tally,
)
from anurans.listening.detector import frequencies, mean_scores, thresholds_of, votes_of
from anurans.listening.scored_days import read_scored_day
from anurans.listening.selections import audacity, raven
from anurans.recordings.matching import file_name
from anurans.recordings.sun import minutes_after
from anurans.recordings.times import clock_of, time_of_day, utc_of
from anurans.scores.events import EVENT, find_events, resolution
from anurans.scores.expected_precision import HISTOGRAM, histogram
from anurans.scores.fold_votes import VOTES, carries, count_votes
from anurans.scores.probabilities import read_curves


def main(input, output, params):
    day = read_scored_day(input.scores)
    clips, scores, species = day.clips, day.scores, day.species
    length, steps = day.length, day.steps
    thresholds = thresholds_of(read_table(input.thresholds), species, day.folds)
    curves = read_curves(read_table(input.calibrators), species)
    votes, mean, folds = votes_of(scores, thresholds), mean_scores(scores), thresholds.shape[-1]
    positive, chances = carries(votes, folds), day.chances(curves)
    band = frequencies(day.settings)
    folders = fresh(output.audacity), fresh(output.raven)
    rows, counted, by_sun, binned, voted = [], {}, {}, [], []
    for recording in day.recordings:
        of = np.flatnonzero(clips.recording == recording)
        starts, ends = clips.source_start[of], clips.source_end[of]
        clock = clock_of(params.names[recording])
        tiles = of[day.tiles[of]]
        places = place_clips(clock, clips.source_start[tiles])
        sunny = place_by_sun(params.names[recording], clips.source_start[tiles])
        events = []
        for at, name in enumerate(species):
            mine = (positive[of, at], mean[of, at], chances[of, at])
            found = find_events(name, starts, ends, *mine, length, steps, params.gap)
            events += found
            heard = (positive[tiles, at], scores[tiles, at], curves[name])
            times = [(event.start, event.end) for event in found]
            add_all(counted, tally(name, places, clips.source_start[tiles], *heard, times))
            voted += count_votes(places, name, votes[tiles, at], folds)
            if curves[name]:
                binned += histogram(places, name, curves[name].of_folds(scores[tiles, at]))
            for of_event in sunny.values():
                add_all(by_sun, tally(name, of_event, clips.source_start[tiles], *heard, times))
        events.sort(key=lambda event: (event.start, event.end, event.species))
        texts = audacity(events), raven(events, *band)
        endings = ".txt", ".Table.1.selections.txt"
        for folder, text, ending in zip(folders, texts, endings, strict=True):
            file = folder / file_name(recording, ending)
            file.parent.mkdir(parents=True, exist_ok=True)
            with whole(file) as partial:
                partial.write_text(text, encoding="utf-8")
        for event in events:
            date, time = time_of_day(seconds=event.start, **clock)
            row = {key: getattr(event, key) for key in EVENT[1:6]}
            row |= {"date": date, "time": time, "utc": utc_of(clock["utc"], event.start)}
            minutes = minutes_after(params.names[recording], event.start)
            row |= {f"after_{what}": round(value) for what, value in minutes.items()}
            row["resolution"] = resolution(length, steps)
            rows.append({"recording": recording, **row})
    write_table(output.events, EVENT, rows)
    write_table(output.activity, PARTS, part_rows(counted))
    write_table(output.probabilities, HISTOGRAM, binned)
    write_table(output.votes, VOTES, voted)
    write_table(output.sun, SUN_PARTS, part_rows(by_sun, BY_SUN))
    log.info("%d events in %d recordings", len(rows), len(day.recordings))


def fresh(folder):
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    Path(folder).mkdir(parents=True)
    return Path(folder)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
