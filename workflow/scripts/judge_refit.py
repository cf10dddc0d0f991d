"""Judge the refit on the test part, which it did not learn from, by the thresholds of its use."""

from math import isnan
from pathlib import Path

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import format_score, read_table, write_table
from anurans.listening.detector import read_detector
from anurans.scores.comparison import MODEL
from anurans.scores.curves import read_scored, scored_rows
from anurans.scores.headlines import INTERVALS, score_headlines
from anurans.scores.ranking import places_of
from anurans.sounds.shards import open_shard
from anurans.splits.splits import REFIT, TEST

SHOWN = ("f1", "precision", "recall", "ap")


def main(input, output, params):
    about = read_detector(input.model).about
    if not input.metrics:
        raise UserError(
            "results/detections/refit.csv: found a finished model in detection.model, expected a "
            "model of this config, on whose test part its refit can be judged. Its table is where "
            "it was trained."
        )
    runs = [read_table(path) for path in input.metrics]
    place, *_ = places_of(about["model"], runs)
    known = scored_rows(read_table(input.predictions[place]), TEST)
    rows = []
    if about["folds"] != [REFIT]:
        name = "/".join(about["model"][key] for key in ("split", "backbone", "dataset", "recipe"))
        log.info("%s is listened with by its folds: there is no refit to judge", name)
    elif not known:
        log.warning("warning: the split has no test part, so that nothing judges the refit")
    else:
        mine = Path(input.predictions[place]).parent.with_name(f"fold-{REFIT}")
        scores = next(path for path in input.scores if Path(path).parent == mine)
        said = decide(known, scores, read_table(input.thresholds), about["species"])
        part = read_scored(said, about["species"], TEST)
        drawn = params.resamples, params.seed
        model = {key: runs[place][0][key] for key in MODEL} | {"subset": TEST}
        found = score_headlines([part], TEST, about["species"], *drawn)
        rows = [model | row for row in found if row["score"] in SHOWN]
    write_table(output[0], INTERVALS, rows)
    for row in rows:
        if row["score"] == "f1":
            said = row["note"] if isnan(row["value"]) else f"F1 {row['value']:.3f}"
            log.info("%s: %s, on %d clips", row["species"], said, len(known))


def decide(rows, path, thresholds, species):
    """Rows of a fold's predictions.tsv with the scores and decisions of the refit."""
    at = {row["species"]: float(row["threshold"]) for row in thresholds}
    with open_shard(path) as shard:
        scores = dict(zip(shard.clips.clip, shard.data[()].tolist(), strict=True))
    for row in rows:
        said = dict(zip(species, scores[row["clip"]], strict=True))
        yield (
            row
            | {f"score_{name}": format_score(score) for name, score in said.items()}
            | {f"predicted_{name}": int(score >= at[name]) for name, score in said.items()}
        )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
