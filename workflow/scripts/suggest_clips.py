"""Suggest the clips of new recordings to annotate next."""

from collections import Counter

import numpy as np

from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.listening.detector import directions, name_of, of_clips, read_detector
from anurans.recordings.clips import concatenate
from anurans.review.candidates import fold_chances
from anurans.review.day_embeddings import best_windows
from anurans.review.suggestions import SUGGESTIONS, Unheard, suggest
from anurans.scores.probabilities import read_curves
from anurans.sounds.shards import open_shard


def main(input, output, params):
    detector = read_detector(input.model)
    species = detector.about["species"]
    if detector.about.get("own_networks"):
        raise UserError(
            f"{name_of(detector.about)}: trains its network, and suggestions are found by the "
            "embeddings of a frozen one; name a model of a recipe with train: head as "
            "detection.model."
        )
    tables, data, about = [], [], {}
    for path in input.embeddings:
        with open_shard(path) as shard:
            tables.append(shard.clips)
            data.append(shard.data[:])
            about = shard.metadata["embedding"]
    clips, embeddings = concatenate(tables), np.concatenate(data)
    if not len(clips):
        raise UserError(
            "Every clip of the new recordings was asked about, answered or annotated already: "
            "there is nothing to suggest."
        )
    curves = read_curves(read_table(input.calibrators), species)
    chances = fold_chances(detector.scores(embeddings), [curves[name] for name in species])
    far, towards = detector.distances(embeddings), of_clips(embeddings)
    unheard = Unheard(chances, directions(towards, detector.centre), far, detector.about["limit"])
    counted = {row["species"]: int(row["clips"]) for row in read_table(input.positives)}
    positives = [counted[name] for name in species]
    found = suggest(unheard, species, positives, params.questions, detector.reference)
    at = np.array([row["at"] for row in found], int)
    start, end = clips.source_start[at], clips.source_end[at]
    if about["windows"]:
        # What is trained on is windows: an answer about a longer clip would not say which.
        columns = np.array([species.index(row["species"]) for row in found], int)
        which = best_windows(detector, embeddings[at], columns)
        start = start + np.array(about["windows"])[which]
        end = np.minimum(start + about["window"], end)
    told = {row["recording"]: row for row in read_table(input.recordings)}
    times = Counter(clips.recording[at].tolist())
    rows = [
        row
        | {what: told[name][what] for what in ("path", "site", "date", "time")}
        | {"recording": name, "start": begin, "end": until, "in_recording": times[name]}
        for row, name, begin, until in zip(
            found, clips.recording[at], start.tolist(), end.tolist(), strict=True
        )
    ]
    write_table(output[0], SUGGESTIONS, rows)
    log.info("%d clips of %d recordings", len(rows), len(times))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
