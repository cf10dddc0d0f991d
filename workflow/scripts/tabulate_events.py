"""Judge the events of every model in the recordings that it was held out from."""

from anurans.annotations.sources import annotations_of
from anurans.annotations.statements import without_chosen
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.scores.calibration import read_calibrators
from anurans.scores.comparison import MODEL
from anurans.scores.event_scores import Tolerances, calls_within, judge
from anurans.scores.held_out_events import EVENTS, held_out_events, read_held_out
from anurans.scores.listened_time import ListenedTime
from anurans.scores.ranking import gather_models
from anurans.splits.splits import HELD_OUT


def main(input, output, params):
    species = params.settings["species"]
    durations = {
        row["recording"]: float(row["duration_s"])
        for row in read_table(input.recordings)
        if row["status"] == "ok"
    }
    annotated = annotations_of(input.annotations, params.recordings, params.settings)
    annotated = {
        name: without_chosen(calls) for name, calls in annotated.items() if name in durations
    }
    heard = {name: ListenedTime.of(annotated, durations, name) for name in species}
    clips = [row for path in input.labels for row in read_table(path)]
    calibrators = read_table(input.calibrators)
    models = gather_models([read_table(path) for path in input.metrics])
    rows = []
    for model, places in models.items():
        folds = [read_table(input.predictions[at]) for at in places]
        held_out = read_held_out(folds, clips, species)
        names = held_out.names()
        fitted = read_calibrators(calibrators, model, species)
        for column, (name, calibrator) in enumerate(zip(species, fitted, strict=True)):
            calls = calls_within({each: annotated[each] for each in names}, name, durations)
            events, sweep = held_out_events(held_out, column, params.length, calibrator)
            known = heard[name]
            found = known.place(events), known.place(calls), known.seconds()
            at_each = [known.place(of) for of in sweep]
            judged = judge(*found, Tolerances(**params.allowed), at_each)
            about = dict(zip(MODEL, model, strict=True)) | {"subset": HELD_OUT, "species": name}
            rows.append(about | judged)
    write_table(output[0], EVENTS, rows)
    log.info("%d models", len(models))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
