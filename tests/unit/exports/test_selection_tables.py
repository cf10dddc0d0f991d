"""One table over many files, read back as what it was made from."""

import csv

import pytest

from anurans.annotations.sources import annotations_of
from anurans.exports.selection_tables import (
    kaleidoscope_table,
    media_path,
    raven_table,
    recordings_in_order,
)

HOME = "/home/ana/cards"
RECORDINGS = [
    ("siteB/20210211_200000", "siteB/20210211_200000.WAV", "60.000000", "ok"),
    ("siteA/20210211_200000", "siteA/20210211_200000.WAV", "59.500000", "ok"),
    ("broken", "broken.wav", "", "quarantined"),
    ("pond é", "pond é.flac", "20.000000", "ok"),
]
EVENTS = [
    ("pond é", "LOW", "0.000000", "2.500000"),
    ("siteA/20210211_200000", "HIGH", "57.250000", "59.500000"),
    ("siteA/20210211_200000", "LOW", "1.234568", "8.765432"),
    ("siteB/20210211_200000", "LOW", "3.333333", "6.666667"),
]


@pytest.fixture
def recordings():
    keys = ("recording", "path", "duration_s", "status")
    rows = [dict(zip(keys, row, strict=True)) | {"sr": "22050"} for row in RECORDINGS]
    return recordings_in_order(row | {"path": f"{HOME}/{row['path']}"} for row in rows)


@pytest.fixture
def events():
    keys = ("recording", "species", "start", "end")
    scores = {"score": "0.900000", "probability": ""}
    return [dict(zip(keys, row, strict=True)) | scores for row in EVENTS]


def read_back(path, format):
    names = [row[0] for row in RECORDINGS]
    settings = {"species": ["LOW", "HIGH"], "format": format}
    found = annotations_of(path, names, settings)
    return sorted((n, c.species, c.start, c.end) for n, of in found.items() for c in of)


@pytest.mark.parametrize("format", ["auto", "raven"])
def test_raven_is_read_back_exactly(tmp_path, recordings, events, format):
    path = tmp_path / "raven.txt"
    path.write_text(raven_table(recordings, events, 0.0, 11025.0), encoding="utf-8")
    want = sorted((n, species, float(start), float(end)) for n, species, start, end in EVENTS)
    assert read_back(path, format) == want


@pytest.mark.parametrize("format", ["auto", "kaleidoscope"])
def test_kaleidoscope_is_read_back_exactly(tmp_path, recordings, events, format):
    path = tmp_path / "kaleidoscope.csv"
    path.write_text(kaleidoscope_table(recordings, events), encoding="utf-8")
    want = sorted((n, species, float(start), float(end)) for n, species, start, end in EVENTS)
    assert read_back(path, format) == want


def test_raven_counts_through_all_files_in_the_order_of_their_names(recordings, events):
    text = raven_table(recordings, events, 0.0, 11025.0)
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    found = [(row["Begin Path"], row["Begin Time (s)"], row["File Offset (s)"]) for row in rows]
    assert found == [
        ("pond é.flac", "0.000000", "0.000000"),
        ("siteA/20210211_200000.WAV", "21.234568", "1.234568"),
        ("siteA/20210211_200000.WAV", "77.250000", "57.250000"),
        ("siteB/20210211_200000.WAV", "82.833333", "3.333333"),
    ]
    assert [row["Selection"] for row in rows] == ["1", "2", "3", "4"]


def test_no_path_of_a_machine_is_told(recordings, events):
    texts = raven_table(recordings, events, 0.0, 1.0) + kaleidoscope_table(recordings, events)
    assert "ana" not in texts and "broken" not in texts
    assert media_path("../x", "C:\\Users\\ana\\x.wav") == "..%2Fx.wav"


def test_boxes_end_where_a_recording_does(recordings, events):
    slow = [row | {"sr": "8000"} if "siteA" in row["recording"] else row for row in recordings]
    lines = raven_table(slow, events, 0.0, 15000.0).splitlines()
    highest = {
        row["Begin Path"]: row["High Freq (Hz)"] for row in csv.DictReader(lines, delimiter="\t")
    }
    assert highest["siteA/20210211_200000.WAV"] == "4000.0"
    assert highest["siteB/20210211_200000.WAV"] == "11025.0"
    # Those of the network's band stay where it ends below.
    lines = raven_table(slow, events, 0.0, 3000.0).splitlines()
    assert {row["High Freq (Hz)"] for row in csv.DictReader(lines, delimiter="\t")} == {"3000.0"}
