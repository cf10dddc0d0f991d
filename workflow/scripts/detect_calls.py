"""Listen to the new recordings of a day: the scores of every clip, and how the recordings sound."""

import time
from dataclasses import asdict, fields

from anurans.common.jobs import log, run
from anurans.common.tables import format_cell, write_table
from anurans.listening.days import Cutting, hear, lay_clips, open_listening
from anurans.listening.detector import check_settings, read_detector
from anurans.recordings.audio import provenance, sources
from anurans.recordings.inspection import Inspection
from anurans.recordings.same_sound import REASON, find_copies
from anurans.sounds.shards import extend, write_shard
from anurans.sounds.sound_profiles import PROFILE


def main(input, output, params, threads):
    started = time.monotonic()
    detector = read_detector(input.model)
    check_settings(detector, params.settings, input.model)
    steps = round(1 / (1 - params.overlap))
    cutting = Cutting(params.settings["length"], params.min_last, steps)
    network = detector, input.about, input.finished, input.model, threads, input.own
    embedder = open_listening(*network)
    how = detector, embedder, cutting, params.settings["sr"], params.dtype
    heard = {
        each["recording"]: hear(each, file, *how)
        for each, file in zip(params.recordings, params.files, strict=True)
    }
    found = [
        asdict(heard[each["recording"]].found) | {"path": each["path"]}
        for each in params.recordings
    ]
    copies = find_copies(found, {each["recording"]: each["channel"] for each in params.recordings})
    for row in found:
        if row["recording"] in copies:
            reason = REASON.format(copies[row["recording"]])
            row |= {"status": "quarantined", "reason": reason}
        if row["status"] != "ok":
            log.info("%s: left out, %s", row["path"], row["reason"])
    rows = [{key: format_cell(value) for key, value in row.items()} for row in found]
    ids, channels = zip(*((e["recording"], e["channel"]) for e in params.recordings), strict=True)
    usable = sources(rows, ids, params.files, channels)
    write_table(output.recordings, [field.name for field in fields(Inspection)], rows)

    table, used = lay_clips(usable, cutting), [heard[source.recording] for source in usable]
    about = {key: detector.about[key] for key in ("model", "folds", "species", "settings")}
    about["overlap"] = params.overlap
    metadata = extend({"recordings": provenance(usable)}, "detection", about, params.code, "numpy")
    shape = (len(detector.about["species"]), len(detector.about["folds"]))
    scores = (each.scores for each in used)
    write_shard(output.scores, table, scores, shape, "float32", metadata)
    write_table(output.profiles, PROFILE, [each.profile for each in used])
    seconds = sum(each.duration_s for each in usable)
    rate = seconds / max(time.monotonic() - started, 1e-9)
    log.info("%d clips of %.0f s, %.0f times real time", len(table), seconds, rate)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
