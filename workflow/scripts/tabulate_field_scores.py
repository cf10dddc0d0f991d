"""Score every model by what matters in the field, in the recordings that it was held out from."""

import numpy as np

from anurans.annotations.labels import LabelRule, decide_all, read_coverage
from anurans.annotations.sources import annotations_of
from anurans.annotations.statements import without_chosen
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.recordings.times import night_of
from anurans.scores.comparison import MODEL
from anurans.scores.event_scores import calls_within
from anurans.scores.field_scores import FIELD, false_events, listening, recall_by_grade
from anurans.scores.held_out_events import held_out_events, read_held_out
from anurans.scores.listened_time import ListenedTime
from anurans.scores.ranking import gather_models
from anurans.splits.splits import HELD_OUT


def main(input, output, params):
    species = params.settings["species"]
    recordings = {
        row["recording"]: row for row in read_table(input.recordings) if row["status"] == "ok"
    }
    durations = {name: float(row["duration_s"]) for name, row in recordings.items()}
    annotated = annotations_of(input.annotations, params.recordings, params.settings)
    annotated = {
        name: without_chosen(calls) for name, calls in annotated.items() if name in durations
    }
    heard = {name: ListenedTime.of(annotated, durations, name) for name in species}
    clips = [row for path in input.labels for row in read_table(path)]
    table = read_coverage(clips, species)
    labels, _ = decide_all(table.species, LabelRule(**params.labelling))
    row_of = {clip: at for at, clip in enumerate(table.clip)}
    models = gather_models([read_table(path) for path in input.metrics])
    drawn = params.resamples, params.seed
    rows = []
    for model, places in models.items():
        of = read_held_out([read_table(input.predictions[at]) for at in places], clips, species)
        if not len(of.clips):
            # As in a split by clip: parts of every recording were learnt from.
            log.info("%s: no recording is held out as a whole", "/".join(model))
            continue
        names = of.names()
        at = np.array([row_of[clip] for clip in of.clips], dtype=int)
        where = np.array([place(recordings[name], start) for name, start in of.placed()], object)
        group_of = dict(zip(of.recordings.tolist(), of.groups.tolist(), strict=True))
        minutes = (of.ends - of.starts) / 60
        for column, name in enumerate(species):
            true, coverage = labels[at, column], table.species[name][at]
            sure, known = coverage.known & ~table.chosen[at, column], heard[name]
            scores = np.nan_to_num(of.scores[:, column], nan=-1.0)
            calls = calls_within({each: annotated[each] for each in names}, name, durations)
            events, _ = held_out_events(of, column, params.length, None)
            found = [
                *recall_by_grade(true, of.positive[:, column], coverage.grade, of.groups, *drawn),
                false_events(
                    *(known.place(events), known.place(calls)), known.seconds(), group_of, *drawn
                ),
                listening(
                    *(each[sure] for each in (true, scores, where, of.groups, minutes)), *drawn
                ),
            ]
            about = dict(zip(MODEL, model, strict=True)) | {"subset": HELD_OUT, "species": name}
            rows += [about | row for row in found]
    write_table(output[0], FIELD, rows)
    log.info("%d models", len(models))


def place(recording, start):
    """Site and night of a clip; a recording whose night is not known is a place of its own."""
    night = night_of(recording["date"], recording["time"], start)
    return f"{recording['site']} {night or recording['recording']}"


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
