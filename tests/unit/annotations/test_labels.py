"""Coverage and labels on known answers, and on the real annotations of INCT41."""

import tracemalloc
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest

from anurans.annotations.formats import LISTENED, Annotation
from anurans.annotations.known import NOWHERE, by_chosen_alone
from anurans.annotations.labels import (
    RULES,
    Coverage,
    LabelRule,
    cover,
    cover_clips,
    coverage_columns,
    decide,
    decide_all,
    known_all,
    read_coverage,
    touched,
)
from anurans.annotations.sources import AnnotationSource
from anurans.recordings.clips import COLUMNS, clip_table, concatenate, original_clips
from anurans.sounds.stretching import stretched_clips

SHARED = Path(__file__).parents[3].parent / "shared/data"
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
    found = covered(call(19.0, 21.0), call(21.0, 22.0), call(1.0, 25.0))
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


def copy_of(technique, masks="", start=0.0, end=5.0, rate=1.0):
    row = ("R_c~x1", "R", technique, 1, start, end, rate, masks)
    return clip_table([dict(zip(COLUMNS, row, strict=True))])


def measured(clips, *calls):
    found = cover_clips(clips, {"R": calls}, {"R": 60.0}, ["A"])["A"]
    return {name: getattr(found, name).tolist()[0] for name in Coverage.__slots__}


@pytest.mark.parametrize("rate", [0.5, 1.25, 2.0])
def test_times_of_a_stretched_copy_are_divided_by_the_rate(rate):
    clips = copy_of("time_stretch", start=5 * rate, end=10 * rate, rate=rate)
    half = call(5 * rate - 0.3, 5 * rate + 0.3, "far")
    found = measured(clips, half)
    assert found == {
        "overlap": pytest.approx(0.3 / rate),
        "fraction": pytest.approx(0.5),
        "contained": 0,
        "grade": "far",
    }


def test_a_time_mask_removes_its_share_of_a_call():
    found = measured(copy_of("time_mask", "1.0-2.0"), call(1.5, 3.5, "clear"))
    assert found == {"overlap": 1.5, "fraction": 0.75, "contained": 0, "grade": "clear"}
    beside = measured(copy_of("time_mask", "1.0-1.5;3.5-4.0"), call(1.5, 3.5))
    assert beside == {"overlap": 2.0, "fraction": 1.0, "contained": 1, "grade": ""}


def test_an_erased_call_is_no_longer_labelled():
    clips = copy_of("time_mask", "1.0-2.0;2.5-3.0")
    gone = call(1.2, 1.9, "clear")
    assert measured(clips, gone) == {"overlap": 0, "fraction": 0, "contained": 0, "grade": ""}
    assert measured(clips, call(1.5, 1.5)) == measured(clips, gone)  # a point label
    assert measured(clips, gone, call(2.2, 2.4, "far"))["grade"] == "far"
    coverage = cover_clips(clips, {"R": [gone]}, {"R": 60.0}, ["A"])["A"]
    for rule in RULES:
        positive, ambiguous = decide(coverage, LabelRule(rule))
        assert not positive.any() and not ambiguous.any()


def test_overlapping_calls_under_a_mask_count_once():
    found = measured(copy_of("time_mask", "2.0-3.0"), call(1.0, 2.5), call(2.0, 4.0))
    assert found["overlap"] == 2.0
    assert found["fraction"] == pytest.approx(1 / 1.5, abs=1e-6)


def boxed(low, high, start=1.0, end=2.0):
    return Annotation(start, end, "A", "clear", low, high)


@pytest.mark.parametrize(
    ("masks", "low", "high", "left"),
    [
        ("1000-2000", 1200, 1800, False),
        ("1000-2000", 1200, 2100, True),
        ("1000-1500;1500-2000", 1200, 1800, False),
        ("1000-1400;1600-2000", 1200, 1800, True),
        ("0-11025", None, None, True),
        ("0-500", 1200, 1800, True),
    ],
)
def test_a_frequency_mask_drops_a_call_only_where_its_known_band_is_wholly_masked(
    masks, low, high, left
):
    found = measured(copy_of("frequency_mask", masks), boxed(low, high))
    assert found["overlap"] == (1.0 if left else 0.0)
    assert found["grade"] == ("clear" if left else "")


def test_other_calls_of_a_clip_stay_where_one_is_masked_by_its_band():
    clips = copy_of("frequency_mask", "1000-2000")
    found = measured(clips, boxed(1200, 1800), boxed(3000, 4000, 1.5, 4.0))
    assert found["overlap"] == 2.5


def test_touched_clips():
    clips = concatenate([original_clips("R", 20.0, 5.0, 0.5), original_clips("S", 20.0, 5.0, 0.5)])
    calls = {"R": [call(4.9, 5.0, species="A"), call(11.0, 16.0, species="B")]}
    assert np.flatnonzero(touched(clips, calls, {"R": 20.0}, ["A"])).tolist() == [0]
    assert np.flatnonzero(touched(clips, calls, {"R": 20.0}, ["A", "B"])).tolist() == [0, 2, 3]


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


@pytest.mark.fault(
    "Memory",
    "a recording of a day, with thousands of calls",
    kept="all of it; clips are compared with the calls near them, some at a time",
)
def test_a_day_is_labelled_as_a_whole_and_takes_little_memory():
    rng = np.random.default_rng(1)
    day = 24 * 3600.0
    starts = np.sort(rng.uniform(0, day, 5000)).round(6)
    # One of them lies over several blocks of clips.
    lengths = np.where(np.arange(5000) == 2500, 4000.0, rng.uniform(0, 8, 5000)).round(6)
    calls = [call(start, start + length) for start, length in zip(starts, lengths, strict=True)]
    clips = original_clips("A", day, 5.0, 0.5)
    tracemalloc.start()
    found = cover_clips(clips, {"A": calls}, {"A": day}, ["A"])["A"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # All clips by all calls would be 700 MB, several times over.
    assert peak < 50e6
    some = np.r_[0:40, 250:262, 8600:8700, 17270:17280]
    whole = cover(clips.source_start[some], clips.source_end[some], calls, day)
    for name in ("overlap", "fraction"):
        np.testing.assert_allclose(getattr(found, name)[some], getattr(whole, name), atol=2e-6)
    assert found.contained[some].tolist() == whole.contained.tolist()
    assert found.overlap.sum() == pytest.approx(covered_seconds(starts, lengths, day), abs=0.01)


def covered_seconds(starts, lengths, end):
    """Time that intervals in order of their starts cover together."""
    total = reach = 0.0
    for first, last in zip(starts, np.minimum(starts + lengths, end), strict=True):
        total += max(0.0, last - max(first, reach))
        reach = max(reach, last)
    return total


def known_of(clips, *annotations, species=("BOAALB",)):
    """Labels of clips of the recording A, of 20 s: 1, 0, or None where nobody knows."""
    covers = cover_clips(clips, {"A": annotations}, {"A": 20.0}, species)
    labels, known = decide_all(covers, LabelRule())[0], known_all(covers)
    found = [
        [int(label) if sure else None for label, sure in zip(*column, strict=True)]
        for column in zip(labels.T, known.T, strict=True)
    ]
    return found[0] if len(species) == 1 else found


def says(start, end, species, grade=""):
    return Annotation(start, end, species, grade, None, None)


CLIPS = original_clips("A", 20.0, 5.0, 0.5)


def test_what_was_not_listened_to_is_unknown():
    heard = [says(*each, LISTENED) for each in ((0.0, 4.0), (4.0, 11.0), (15.0, 20.3))]
    boa = says(12.0, 13.0, "BOAALB")
    assert known_of(CLIPS, boa) == [0, 0, 1, 0]
    # A call where nobody listened says nothing.
    assert known_of(CLIPS, *heard, boa) == [0, 0, None, 0]
    assert known_of(CLIPS, *heard, says(6.0, 7.0, "BOAALB")) == [0, 1, None, 0]
    assert known_of(CLIPS) == [0] * 4


def test_absence_is_no_label_but_0():
    absent = says(4.0, 15.0, " absent BOAALB")
    both = known_of(CLIPS, NOWHERE, absent, species=("BOAALB", "PHYCUV"))
    assert both == [[None, 0, 0, None], [None] * 4]
    # What two statements say together is known of a clip across their border.
    halves = says(4.0, 12.0, " absent BOAALB"), says(12.0, 15.0, " listened BOAALB")
    assert known_of(CLIPS, *halves) == [None, 0, 0, None]
    # Of an annotated recording all is known without.
    assert known_of(CLIPS, says(6.0, 7.0, "BOAALB"), says(10.0, 15.0, " absent BOAALB")) == [
        *(0, 1, 0, 0)
    ]


def test_presence_is_1_of_a_clip_that_holds_all_of_it_alone():
    assert known_of(CLIPS, NOWHERE, says(5.0, 10.0, " present BOAALB")) == [None, 1, None, None]
    assert known_of(CLIPS, NOWHERE, says(6.0, 9.0, " present BOAALB")) == [None, 1, None, None]
    assert known_of(CLIPS, NOWHERE, says(4.0, 6.0, " present BOAALB")) == [None] * 4
    whole = says(0.0, inf, " present BOAALB")
    assert known_of(CLIPS, NOWHERE, whole) == [None] * 4
    # Something else tells of some clips: a stretch that was listened to, or one without calls.
    listened = says(0.0, 10.0, LISTENED), says(6.0, 7.0, "BOAALB")
    absent = says(15.0, 20.0, " absent BOAALB")
    assert known_of(CLIPS, whole, *listened, absent) == [0, 1, None, 0]
    # A recording that is one clip.
    one = original_clips("B", 4.0, 5.0, 0.5)
    covers = cover_clips(one, {"B": (NOWHERE, whole)}, {"B": 4.0}, ("BOAALB",))
    assert decide_all(covers, LabelRule("contained"))[0].tolist() == [[True]]


@pytest.mark.parametrize("rule", ["default", "any", "contained"])
def test_presence_is_1_under_every_rule(rule):
    says_so = (NOWHERE, says(6.0, 9.0, " present BOAALB"))
    covers = cover_clips(CLIPS, {"A": says_so}, {"A": 20.0}, ("BOAALB",))
    labels, used = decide_all(covers, LabelRule(rule, ambiguous="drop"))
    assert labels[:, 0].tolist() == [False, True, False, False] and used.all()
    assert known_all(covers)[:, 0].tolist() == [False, True, False, False]


def test_copies_know_what_is_known_of_their_sound():
    slow = stretched_clips("A", 20.0, [0.8], 5.0, 0.5)  # of 4 s each
    assert known_of(slow, NOWHERE, says(4.0, 9.0, " absent BOAALB")) == [
        *(None, 0, None, None, None)
    ]
    assert known_of(slow, NOWHERE, says(5.0, 7.5, " present BOAALB")) == [
        *(None, 1, None, None, None)
    ]
    masked = replace(
        CLIPS[[1, 1, 1, 1]],
        technique=np.array(["time_mask"] * 3 + ["frequency_mask"], dtype=object),
        masks=np.array(["3.000000-4.000000", "0.500000-1.500000", "", "100.0-9000.0"], object),
    )
    # The call may lie where the second one is masked; a frequency mask tells nothing of that.
    present = says(6.0, 7.5, " present BOAALB")
    assert known_of(masked, NOWHERE, present) == [1, None, 1, 1]
    assert known_of(masked, NOWHERE, says(5.0, 10.0, " absent BOAALB")) == [0] * 4


def test_label_tables_keep_what_is_unknown_empty():
    covers = cover_clips(CLIPS, {"A": (NOWHERE, says(5, 10, " present X"))}, {"A": 20.0}, ("X",))
    columns = coverage_columns(covers)
    assert columns == {
        "X_overlap": ["", 0.0, "", ""],
        "X_fraction": ["", 1.0, "", ""],
        "X_contained": ["", 1, "", ""],
        "X_grade": [""] * 4,
    }
    about = [{"clip": clip, "recording": "A", "chosen": ""} for clip in CLIPS.clip]
    about[1]["chosen"] = "Y X"
    rows = [row | {key: str(of[at]) for key, of in columns.items()} for at, row in enumerate(about)]
    table = read_coverage(rows, ["X"])
    assert table.species["X"].known.tolist() == [False, True, False, False]
    assert decide_all(table.species, LabelRule())[0][:, 0].tolist() == [False, True, False, False]
    assert table.chosen.tolist() == [[False], [True], [False], [False]]


def test_what_is_known_of_chosen_clips_alone():
    clips = CLIPS
    statements = {
        "A": [
            NOWHERE,
            says(0.0, 5.0, " absent X", "chosen"),
            says(5.0, 10.0, " present X", "chosen"),
            # Somebody was asked about it by a queue that was drawn, too.
            says(5.0, 10.0, " listened", ""),
        ]
    }
    found = by_chosen_alone(clips, statements, {"A": 20.0}, ["X", "Y"])
    known = known_all(cover_clips(clips, statements, {"A": 20.0}, "XY"))
    starts = clips.source_start.tolist()
    assert starts[:2] == [0.0, 5.0] and known[:2].tolist() == [[True, False], [True, True]]
    assert found[:2].tolist() == [[True, False], [False, False]]
    assert not found[2:].any()
    # A recording that is annotated from start to end judges whatever else is said of it.
    whole = {"A": [says(1.0, 3.0, "X"), statements["A"][1]]}
    assert not by_chosen_alone(clips, whole, {"A": 20.0}, ["X"]).any()
