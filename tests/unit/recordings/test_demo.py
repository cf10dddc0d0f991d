"""Known answers for the demo's sound, and what its committed labels promise."""

import csv
import hashlib
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from anurans.annotations.formats import read_annotations
from anurans.recordings.demo import CALLS, LEVELS, SAMPLE_RATE, call_type, synthesise_recording

DEMO = Path(__file__).parents[3] / "resources" / "demo"
SPECIES = sorted(CALLS)


def call(species, start=2.0, end=4.0, grade="clear"):
    return SimpleNamespace(start=start, end=end, species=species, grade=grade)


def synthesise(*annotations, recording="DEMO", channel="left", seed=1, duration=6.0):
    return synthesise_recording(annotations, recording, channel, seed, duration=duration)


def band_power(sound, band, start, end):
    """Mean power of one channel [shape=(n,)] within `band` (Hz) from `start` to `end` (s)."""
    part = sound[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)].astype(float)
    frames = np.lib.stride_tricks.sliding_window_view(part, 1024)[::256] * np.hanning(1024)
    power = np.mean(np.abs(np.fft.rfft(frames)) ** 2, axis=0)
    frequency = np.fft.rfftfreq(1024, 1 / SAMPLE_RATE)
    return power[(frequency >= band[0]) & (frequency <= band[1])].sum()


def calls_alone(*annotations, **keys):
    """What annotations add to the background, in full-scale units of int16."""
    return synthesise(*annotations, **keys).astype(float) - synthesise(**keys)


@pytest.mark.parametrize("species", [*SPECIES, "PHYMAR"])
def test_energy_in_band_within_interval_only(species):
    band = call_type(species).band
    sound = synthesise(call(species))[:, 0]
    silent = synthesise()[:, 0]
    assert band_power(sound, band, 2, 4) > 20 * band_power(silent, band, 2, 4)
    np.testing.assert_array_equal(sound[: 2 * SAMPLE_RATE], silent[: 2 * SAMPLE_RATE])
    np.testing.assert_array_equal(sound[4 * SAMPLE_RATE + 1 :], silent[4 * SAMPLE_RATE + 1 :])


@pytest.mark.parametrize("species", SPECIES)
def test_most_of_a_call_lies_in_its_band(species):
    alone = calls_alone(call(species))[:, 0]
    inside = band_power(alone, CALLS[species].band, 2, 4)
    assert inside > 0.7 * band_power(alone, (0, SAMPLE_RATE / 2), 2, 4)


def test_cuvieri_has_its_published_dominant_frequency():
    alone = calls_alone(call("PHYCUV", end=5.9), seed=3)[:, 0]
    power = np.abs(np.fft.rfft(alone)) ** 2
    frequency = np.fft.rfftfreq(len(alone), 1 / SAMPLE_RATE)
    assert 640 < frequency[power.argmax()] < 880


@pytest.mark.parametrize("channel, near", [("left", 0), ("right", 1)])
def test_annotated_channel_carries_the_call_stronger(channel, near):
    alone = calls_alone(call("BOAALB"), channel=channel)
    rms = np.sqrt(np.mean(alone**2, axis=0))
    assert 1.7 < rms[near] / rms[1 - near] < 2.9


def test_unknown_channel_is_refused():
    with pytest.raises(ValueError, match="left or right"):
        synthesise(channel="mix")


@pytest.mark.parametrize("species", SPECIES)
def test_far_is_quieter_than_medium_than_clear(species):
    levels = [np.std(calls_alone(call(species, grade=grade))) for grade in LEVELS]
    assert levels == sorted(levels)
    assert levels[2] > 3 * levels[0]


@pytest.mark.parametrize("species", SPECIES)
def test_far_calls_are_near_the_background(species):
    sound, silent = (synthesise(*a)[:, 0] for a in ((call(species, grade="far"),), ()))
    band = CALLS[species].band
    ratio = band_power(sound, band, 2, 4) / band_power(silent, band, 2, 4)
    assert 1.05 < ratio < 8


def test_same_seed_same_bytes_other_recording_or_seed_other_bytes():
    first = synthesise(call("BOALUN")).tobytes()
    assert synthesise(call("BOALUN")).tobytes() == first
    assert synthesise(call("BOALUN"), recording="OTHER").tobytes() != first
    assert synthesise(call("BOALUN"), seed=2).tobytes() != first


def test_an_annotation_leaves_other_calls_as_they_were():
    apart, near = call("PHYCUV", 0.5, 1.5), call("BOAALB", 3.0, 4.0)
    both, one = synthesise(apart, near), synthesise(near)
    np.testing.assert_array_equal(both[2 * SAMPLE_RATE :], one[2 * SAMPLE_RATE :])


@pytest.mark.parametrize(
    "start, end", [(5.0, 6.5), (5.99, 6.0), (6.2, 6.4), (3.0, 3.0), (0.0, 0.05)]
)
def test_annotations_at_the_edges(start, end):
    sound = synthesise(call("PHYCUV", start, end, "far"))
    assert sound.shape == (6 * SAMPLE_RATE, 2) and sound.dtype == np.int16


def test_bytes_are_pinned():
    annotations = [
        call("BOAALB", 0.5, 1.2, "medium"),
        call("PHYCUV", 1.0, 4.5, "far"),
        call("BOALUN", 2.0, 5.2, ""),
        call("DENCRU", 3.0, 4.0),
    ]
    sound = synthesise(*annotations, recording="DEMO_20201106_003000", seed=42, duration=5.0)
    digest = hashlib.sha256(sound.astype("<i2").tobytes()).hexdigest()
    assert digest == "16225d9cb177bb388079b9fe6b462367cb2a3537ed404bec8096a0f349300017"


def labels():
    read = {}
    for path in sorted(DEMO.glob("annotations/*.txt")):
        reading = read_annotations(
            path.read_bytes(), path.name, SPECIES, lambda name: None, recording=path.stem
        )
        assert not reading.problems
        read[path.stem] = reading.annotations[path.stem]
    return read


def test_committed_labels():
    read = labels()
    assert len(read) == 24
    assert sum(not annotations for annotations in read.values()) == 2
    present = Counter(s for found in read.values() for s in {a.species for a in found})
    assert all(13 <= present[species] <= 18 for species in SPECIES)
    assert set(present) - set(SPECIES) == {"PHYMAR", "DENCRU"}
    every = [a for found in read.values() for a in found]
    assert all(0 <= a.start < a.end < 60.5 for a in every)
    assert sum(a.end > 60 for a in every) == 2
    assert {a.grade for a in every} == set(LEVELS)


def test_committed_labels_touch_some_clips_of_each_species():
    touched = Counter()
    for found in labels().values():
        for start in range(0, 60, 5):
            touched.update({a.species for a in found if a.start < start + 5 and a.end > start})
    assert all(0.25 < touched[species] / 288 < 0.45 for species in SPECIES)


def test_committed_labels_have_the_form_of_inct41():
    for path in DEMO.glob("annotations/*.txt"):
        lines = path.read_bytes().split(b"\r\n")
        assert lines.pop() == b""
        for line in lines:
            start, end, label = line.decode("ascii").split("\t")
            assert len(start.split(".")[1]) == len(end.split(".")[1]) == 6
            assert label[-2:] in ("_F", "_M", "_C")


def test_table_names_the_recordings():
    with (DEMO / "recordings.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["recording"] for row in rows] == list(labels())
    for row in rows:
        assert row["path"] == f"resources/demo/audio/{row['recording']}.wav"
    assert {row["channel"] for row in rows} == {"left", "right"}
