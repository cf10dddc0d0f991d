"""What Audacity and Raven get is what this workflow reads as annotations, to the last digit."""

import numpy as np

from anurans.annotations.formats import read_annotations
from anurans.annotations.sources import annotations_of
from anurans.listening.selections import RAVEN, audacity, raven
from anurans.recordings.matching import file_name
from anurans.scores.events import Event

EVENTS = [
    Event("BOAALB", 0.0, 2.5, 0.91234567, 0.8),
    Event("PHYCUV", 1.25, 3599.999, 0.5, float("nan")),
    Event("BOAALB_F", 7.123456, 8.0, 0.7, 0.1),
]


def read(text, format="auto", species=("BOAALB", "PHYCUV", "BOAALB_F")):
    given = {"species": species, "resolve": lambda name: None, "recording": "REC"}
    reading = read_annotations(text.encode(), "REC.txt", format=format, **given)
    assert not reading.problems
    return reading.annotations["REC"]


def test_audacity_labels_are_read_back():
    found = read(audacity(EVENTS))
    assert [(a.start, a.end, a.species) for a in found] == [
        (e.start, e.end, e.species) for e in EVENTS
    ]
    assert {(a.fmin, a.fmax, a.grade) for a in found} == {(None, None, "")}


def test_raven_selections_are_read_back():
    text = raven(EVENTS, 200.0, 8000.0)
    found = read(text)
    assert [(a.start, a.end, a.species) for a in found] == [
        (e.start, e.end, e.species) for e in EVENTS
    ]
    assert {(a.fmin, a.fmax) for a in found} == {(200.0, 8000.0)}
    header, first, second, _ = text.splitlines()
    assert header.split("\t") == list(RAVEN)
    assert first.split("\t")[:3] == ["1", "Spectrogram 1", "1"]
    assert first.split("\t")[-2:] == ["0.912346", "0.800000"]
    assert second.split("\t")[-1] == ""


def test_nothing_found_is_an_annotation_of_silence(tmp_path):
    rng = np.random.default_rng(1)
    assert audacity([]) == "" and raven([], 0, 1).count("\n") == 1
    for folder, text, ending in (
        ("audacity", audacity([]), ".txt"),
        ("raven", raven([], 0, 1), ".Table.1.selections.txt"),
    ):
        place = tmp_path / folder / f"{rng.integers(9)}"
        place.mkdir(parents=True)
        (place / file_name("REC", ending)).write_text(text)
        found = annotations_of(tmp_path / folder, ["REC"], {"species": ["BOAALB"]})
        assert found == {"REC": ()}


def test_an_id_with_a_slash_is_a_file_in_a_folder_or_one_of_before(tmp_path):
    assert file_name("a/b", ".txt") == "a/b.txt"
    for ending in (".txt", ".Table.1.selections.txt", "%2F"):
        folder = tmp_path / ending.replace("%", "")
        name = f"a%2Fb.1{ending[3:]}.txt" if ending == "%2F" else file_name("a/b.1", ending)
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("")
        assert annotations_of(folder, ["a/b.1", "b.1"], {"species": ["BOAALB"]}) == {"a/b.1": ()}
    assert file_name("$(touch pwned) señal", ".txt") == "$(touch pwned) señal.txt"
