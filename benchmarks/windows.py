"""Compare ways of covering a clip with a sound network's windows: mAP of held-out recordings.

    .venv/bin/python benchmarks/windows.py [--minutes FOLDER] [--salts N] [--only WORLDS]

BirdNET takes 3 s. A clip of 5 s is covered by two windows (0 and 2 s), by three (0, 1 and 2 s), or
by the middle one alone; scores of windows are combined by their highest or their mean, or their
embeddings are averaged before. Clips of 3 s are one window, but other clips with other labels:
their row stands for itself. Folds, heads and intervals are those of little_data.py.
"""

import argparse
import sys
import warnings
from pathlib import Path

import numpy as np
from little_data import FROGS, World, bar, judge
from measuring import ROOT, SCRIPTS
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(SCRIPTS))

from anurans.annotations.labels import LabelRule, cover_clips, decide_all
from anurans.annotations.sources import annotations_of
from anurans.common.tables import format_cell
from anurans.networks.embeddings import open_network
from anurans.recordings.audio import sources
from anurans.recordings.clips import concatenate, original_clips, windows_of
from anurans.recordings.inspection import inspect
from anurans.recordings.names import list_or_absent
from anurans.sounds.sound_clips import read_copies
from anurans.sounds.windows import Windows

WAYS = {
    "0 and 2 s, highest score": ((0.0, 2.0), "max"),
    "0 and 2 s, mean score": ((0.0, 2.0), "mean"),
    "0 and 2 s, embeddings averaged": ((0.0, 2.0), "pooled"),
    "0, 1 and 2 s, highest score": ((0.0, 1.0, 2.0), "max"),
    "1 s alone": ((1.0,), "max"),
}


def embed(settings: dict, length: float, starts: tuple[float, ...], network: Path):
    """Embeddings [shape=(clips, windows, width)] of clips, their table and annotations."""
    from dataclasses import asdict

    listed, _ = list_or_absent(settings["recordings"]["source"], PATTERN)
    found = [asdict(inspect(each, length, 0.5, "mix")) for each in listed]
    rows = [{key: format_cell(value) for key, value in row.items()} for row in found]
    names = [each.recording for each in listed]
    channels = [each.channel or "mix" for each in listed]
    usable = sources(rows, names, [each.path for each in listed], channels)
    species = list(settings["species"])
    about = {"species": species, "format": "auto", "columns": {}, "on_error": "fail"}
    annotations = annotations_of(settings["annotations"]["source"], names, about)
    usable = [each for each in usable if annotations.get(each.recording) is not None]
    embedder, about = open_network(network, 2)
    sr, samples = about["sr"], about["samples"]
    cutter = Windows(sr, samples, samples / sr, 1)
    values, tables = [], []
    for each in usable:
        table = original_clips(each.recording, each.duration_s, length, 0.5)
        tables.append(table)
        for at, sound in enumerate(read_copies(each, table, sr, length)):
            firsts = [round(start * sr) for start in starts]
            cut = [cutter.cut(sound[f : f + samples], table.clip[at]) for f in firsts]
            values.append(next(embedder.embed([np.concatenate(cut)])))
    durations = {each.recording: each.duration_s for each in usable}
    return np.stack(values), concatenate(tables), annotations, durations, species


def world(values, table, annotations, durations, species, starts, how) -> World:
    """Rows and labels of one way."""
    labels, _ = decide_all(cover_clips(table, annotations, durations, species), LabelRule())
    count = len(table)
    if how == "pooled":
        return World(values.mean(axis=1), labels, np.arange(count), labels, table.recording, "max")
    cut = windows_of(table, starts, 3.0)
    rows, _ = decide_all(cover_clips(cut, annotations, durations, species), LabelRule())
    clip = np.repeat(np.arange(count), len(starts))
    x = values.reshape(-1, values.shape[-1])
    return World(x, rows, clip, labels, table.recording, how)


PATTERN = r"(?:(?P<site>[A-Za-z0-9-]+)_)?(?P<date>\d{8})[_T-](?P<time>\d{6})"


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=Path, default=ROOT.parent / "shared/data/pam_minutes")
    parser.add_argument("--demo", type=Path, default=ROOT, help="a clone in which the demo was run")
    parser.add_argument("--only", nargs="+", default=["minutes", "demo"])
    parser.add_argument("--salts", type=int, default=10)
    given = parser.parse_args()
    warnings.filterwarnings("ignore")
    threadpool_limits(1)
    minutes = str(given.minutes)
    network = given.demo / "results/backbones/birdnet/about.json"
    worlds = {
        "minutes": {"species": {"BASCUL": "Basileuterus culicivorus"}}
        | {"recordings": {"source": minutes}, "annotations": {"source": minutes}},
        "demo": {"species": FROGS}
        | {
            "recordings": {"source": str(given.demo / "resources/demo/audio")},
            "annotations": {"source": str(given.demo / "resources/demo/annotations")},
        },
    }
    print("| recordings | clips | windows | mAP | more than the default |")
    print("| --- | --- | --- | --- | --- |")
    for name in given.only:
        settings = worlds[name]
        values, *known = embed(settings, 5.0, (0.0, 1.0, 2.0), network)
        first = None
        for way, (starts, how) in WAYS.items():
            chosen = values[:, [int(start) for start in starts]]
            found = judge(world(chosen, *known, starts, how), given.salts, ["logistic"])
            score = found["logistic"]["map"]
            first = score if first is None else first
            print(f"| {name} | 5 s | {way} | {cell(score)} | {cell(score - first, '+')} |")
        values, *known = embed(settings, 3.0, (0.0,), network)
        found = judge(world(values, *known, (0.0,), "max"), given.salts, ["logistic"])
        print(f"| {name} | 3 s | one | {cell(found['logistic']['map'])} | |", flush=True)


def cell(values: np.ndarray, sign: str = "") -> str:
    """A value with its interval."""
    return bar([float(values[0]), *np.nanpercentile(values[1:], [2.5, 97.5])], sign)


if __name__ == "__main__":
    main()
