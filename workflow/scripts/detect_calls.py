"""Listen to the new recordings of a day: the scores of every clip, and how the recordings sound."""

import time
from collections import defaultdict
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from anurans.common.jobs import log, run
from anurans.common.tables import format_cell, write_table
from anurans.listening.detector import check_network, check_settings, read_detector
from anurans.listening.scoring import (
    Listener,
    Viewer,
    listen,
    measure,
    overlapping_clips,
    places,
    read_windows,
)
from anurans.networks.embeddings import open_network
from anurans.recordings.audio import Inspection, inspect, provenance, sources
from anurans.recordings.clips import concatenate
from anurans.recordings.names import Recording
from anurans.sounds.image_axes import SIZE
from anurans.sounds.shards import extend, write_shard
from anurans.sounds.sound_profiles import PROFILE, measure_sound, profile
from anurans.sounds.spectrograms import Imager, SpectrogramSettings
from anurans.sounds.windows import Windows


def main(input, output, params, threads):
    started = time.monotonic()
    detector = read_detector(input.model)
    check_settings(detector, params.settings, input.model)
    steps = round(1 / (1 - params.overlap))
    lengths = params.settings["length"], params.min_last
    found = [
        asdict(examine(each, file, *lengths)) | {"path": each["path"]}
        for each, file in zip(params.recordings, params.files, strict=True)
    ]
    tell(found)
    rows = [{key: format_cell(value) for key, value in row.items()} for row in found]
    ids, channels = zip(*((e["recording"], e["channel"]) for e in params.recordings), strict=True)
    usable = sources(rows, ids, params.files, channels)
    write_table(output.recordings, [field.name for field in fields(Inspection)], rows)
    settings = params.settings
    embedder = open_trained(detector, input, threads) if usable else None
    profiles = []

    def scores():
        for each in usable:
            at = places(each.duration_s, *lengths, steps)
            names = overlapping_clips(each.recording, each.duration_s, *lengths, steps).clip
            clips = read_windows(each, embedder.sr, settings["length"], steps, at)
            # Without overlap each second counts once in how the recording sounds.
            tiles, of = np.array(at) % steps == 0, defaultdict(list)
            done = 0
            for heard in listen(clips, names, detector, embedder, params.dtype):
                mine = tiles[done : done + len(heard.audio)]
                of["distances"].append(heard.distances[mine])
                if embedder.sr == settings["sr"] and mine.any():
                    levels, bands = measure_sound(heard.audio[mine], settings["sr"])
                    of["levels"].append(levels)
                    of["bands"].append(bands)
                done += len(heard.audio)
                yield heard.scores
            measured = {name: np.concatenate(parts) for name, parts in of.items()}
            if embedder.sr != settings["sr"]:
                # As training recordings were measured, whatever rate the network takes.
                levels, bands = measure(each, settings["sr"], *lengths)
                measured |= {"levels": levels, "bands": bands}
            profiles.append(profile(each.recording, **measured, limit=detector.about["limit"]))

    table = concatenate(
        overlapping_clips(each.recording, each.duration_s, *lengths, steps) for each in usable
    )
    about = {key: detector.about[key] for key in ("model", "folds", "species", "settings")}
    about["overlap"] = params.overlap
    metadata = extend({"recordings": provenance(usable)}, "detection", about, params.code, "numpy")
    shape = (len(detector.about["species"]), len(detector.about["folds"]))
    write_shard(output.scores, table, scores(), shape, "float32", metadata)
    write_table(output.profiles, PROFILE, profiles)
    seconds = sum(each.duration_s for each in usable)
    rate = seconds / max(time.monotonic() - started, 1e-9)
    log.info("%d clips of %.0f s, %.0f times real time", len(table), seconds, rate)


def examine(of, file, length, min_last):
    """Read a recording to its end, and say whether it can be used."""
    named = Recording(of["recording"], file, fault=of["fault"])
    return inspect(named, length, min_last, of["channel"])


def tell(found):
    """Log what was found of each recording that is left out."""
    for row in found:
        if row["status"] != "ok":
            log.info("%s: left out, %s", row["path"], row["reason"])


def open_trained(detector, input, threads):
    """Open the network that the model's heads were trained on, and no other, to embed clips."""
    name, found = detector.about["model"]["backbone"], [Path(path) for path in input.about]
    # A finished model of images has its network with it.
    found = [each for each in found if each.parent.name == name] + [
        each for path in input.finished if (each := Path(path)).name == "about.json"
    ]
    network, about = open_network(found[-1], threads)
    check_network(detector, about, found[-1].parent, input.model)
    settings = detector.about["settings"]
    if "sound" in settings:
        return Listener(Windows(**settings["sound"], length=settings["length"]), network)
    samples = round(settings["length"] * settings["sr"])
    drawn = SpectrogramSettings(**settings["spectrogram"])
    return Viewer(Imager(drawn, settings["sr"], samples, SIZE), network, settings["sr"])


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
