"""Coverage and labels on known answers, and on the real annotations of INCT41."""

from pathlib import Path

import numpy as np
import pytest

from anurans.annotation_formats import Annotation
from anurans.annotations import AnnotationSource
from anurans.clips import concatenate, original_clips
from anurans.labels import LabelRule, cover, cover_clips, decide, decide_all

SHARED = Path(__file__).parents[2].parent / "shared/data"
INCT41 = ("BOAALB", "PHYCUV", "BOALUN")


def call(start, end, grade="", species="A"):
    return Annotation(start, end, species, grade, None, None)


def covered(*calls, duration=20.0):
    starts = np.arange(0, 20, 5.0)
    return cover(starts, starts + 5, calls, duration)


def test_a_call_marks_the_clips_that_it_lies_in():
    found = covered(call(3.0, 7.0))
    assert found.overlap.tolist() == [2.0, 2.0, 0.0, 0.0]
    assert found.fraction.tolist() == [0.5, 0.5, 0.0, 0.0]
    assert found.contained.tolist() == [0, 0, 0, 0]


def test_overlapping_calls_count_once():
    found = covered(call(1.0, 3.0), call(2.0, 4.0))
    assert found.overlap.tolist() == [3.0, 0, 0, 0]
    assert found.contained.tolist() == [1, 0, 0, 0]


def test_a_call_past_the_end_is_cut_to_the_recording():
    found = covered(call(19.0, 25.0), call(21.0, 22.0))
    assert found.overlap.tolist() == [0, 0, 0, 1.0]
    assert found.fraction.tolist() == [0, 0, 0, 1.0]
    assert found.contained.tolist() == [0, 0, 0, 1]


def test_a_point_label_lies_in_one_clip():
    found = covered(call(5.0, 5.0, "far"))
    assert found.overlap.tolist() == [0, 0, 0, 0]
    assert found.fraction.tolist() == [0, 1.0, 0, 0]
    assert found.grade.tolist() == ["", "far", "", ""]


def test_the_best_grade_of_the_calls_that_touch_a_clip():
    found = covered(call(1, 2, "far"), call(3, 6, "clear"), call(7, 8, "medium"))
    assert found.grade.tolist() == ["clear", "clear", "", ""]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (LabelRule("default"), [1, 0, 1, 0]),
        (LabelRule("any"), [1, 1, 1, 0]),
        (LabelRule("contained"), [0, 0, 1, 0]),
        (LabelRule("default", min_overlap=1.0, min_fraction=0.9), [1, 0, 1, 0]),
    ],
)
def test_rules(rule, expected):
    # Clip 0: most of a call; clip 1: its last 0.2 s; clip 2: a whole one of 0.1 s.
    coverage = covered(call(2.0, 5.2), call(11.0, 11.1))
    positive, ambiguous = decide(coverage, rule)
    assert positive.astype(int).tolist() == expected
    assert not (positive & ambiguous).any()


def test_ambiguous_clips_can_be_dropped():
    coverage = {"A": covered(call(2.0, 5.2)), "B": covered(call(16.0, 17.0))}
    labels, used = decide_all(coverage, LabelRule(ambiguous="drop"))
    assert labels.astype(int).tolist() == [[1, 0], [0, 0], [0, 0], [0, 1]]
    assert used.tolist() == [True, False, True, True]


def positives(folder, species, duration, rule):
    if not folder.is_dir():
        pytest.skip(f"the real annotations are not at {folder}")
    names = sorted(path.stem for path in folder.glob("*.txt"))
    source = AnnotationSource(folder, names, species)
    clips = concatenate(original_clips(name, duration, 5.0, 0.5) for name in names)
    covers = cover_clips(
        clips,
        {name: source.annotations(name) for name in names},
        dict.fromkeys(names, duration),
        species,
    )
    labels, _ = decide_all(covers, LabelRule(rule))
    return len(clips), labels.sum(axis=0).tolist()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("default", [1331, 643, 684]),
        ("any", [1370, 657, 692]),
        ("contained", [558, 92, 423]),
    ],
)
def test_positives_of_inct41(rule, expected):
    found = positives(SHARED / "inct41_annotations", INCT41, 60.0, rule)
    assert found == (4392, expected)


def test_positives_of_the_real_minutes():
    found = positives(SHARED / "pam_minutes/annotations", ["BASCUL"], 59.994, "default")
    assert found == (132, [57])
