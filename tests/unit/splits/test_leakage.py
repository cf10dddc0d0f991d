"""A leak of each kind is planted, and seen."""

import copy

import pytest

from anurans.recordings.clips import concatenate, original_clips
from anurans.splits.leakage import COLUMNS, certify

NAMES = ("A", "B", "C", "D")
ORIGINALS = concatenate(original_clips(name, 15.0, 5.0, 0.5) for name in NAMES)
PARTS = dict(zip(NAMES, ("train", "validation", "held_out", "test"), strict=True))


def world(by="recording"):
    """Give a run without a leak: four recordings of four nights, one in each part."""
    group = {"recording": str, "file": str, "night": "night {}".format, "date": "date {}".format}
    roles = [
        {
            "clip": clip,
            "recording": recording,
            "group": clip if by == "clip" else group[by](recording),
            "night": f"night {recording}",
            "fold-1": PARTS[recording],
        }
        for clip, recording in zip(ORIGINALS.clip, ORIGINALS.recording, strict=True)
    ]
    of = {row["clip"]: row for row in roles}
    spans = zip(ORIGINALS.clip, ORIGINALS.source_start, ORIGINALS.source_end, strict=True)
    used = [
        {
            "role": of[clip]["fold-1"],
            "clip": clip,
            "recording": of[clip]["recording"],
            "technique": "original",
            "source_start": str(start),
            "source_end": str(end),
            "inner_fold": "",
            "inner_group": "",
        }
        for clip, start, end in spans
        if of[clip]["fold-1"] in ("train", "validation")
    ]
    masked = dict(used[0], clip=f"{used[0]['clip']}~time_mask1", technique="time_mask")
    used.append(masked)
    scored = [
        {"clip": row["clip"], "recording": row["recording"], "role": row["fold-1"], "used": "1"}
        for row in roles
    ]
    return {"used": used, "scored": scored, "roles": roles}


def check(of, by="recording", **settings):
    run = dict.fromkeys(("split", "backbone", "dataset", "recipe"), "x") | {"by": by, "fold": "1"}
    return certify(run, of["used"], of["scored"], of["roles"], ORIGINALS, **settings)


@pytest.mark.parametrize("by", ["recording", "night", "date", "file"])
def test_an_honest_run_is_certified(by):
    found = check(world(by), by)
    assert found.leaks == []
    assert set(found.row) == set(COLUMNS)
    assert found.row["verdict"] == "ok"
    for unit in ("recordings", "nights"):
        for side in PARTS.values():
            assert found.row[f"{unit}_{side}"] == 1
        assert found.row[f"{unit}_crossing"] == 0
    assert found.row["clips_held_out"] == 3
    assert found.row["copies_train"] == 1


@pytest.mark.parametrize("by", ["recording", "file"])
def test_a_recording_on_two_sides(by):
    of = world(by)
    of["scored"].append(dict(of["scored"][0], role="test"))
    # Another clip of it was trained on: no clip is on two sides, but its recording is.
    of["used"] = [
        row for row in of["used"] if row["clip"] != "A_0000000" and "~" not in row["clip"]
    ]
    found = check(of, by)
    assert found.row["clips_crossing"] == 0
    assert found.row["recordings_crossing"] == found.row["groups_crossing"] == 1
    assert found.leaks == [f"1 groups stand on two sides, though the split is by {by}: A"]
    assert found.row["verdict"] == "leaks"


@pytest.mark.parametrize("by", ["night", "date"])
def test_a_night_or_date_on_two_sides(by):
    of = world(by)
    for row in of["roles"]:
        if row["recording"] == "C":
            row["night"], row["group"] = "night A", f"{by} A"
    found = check(of, by)
    assert found.row["recordings_crossing"] == 0
    assert found.row["nights_crossing"] == 1
    assert found.leaks == [f"1 groups stand on two sides, though the split is by {by}: {by} A"]


def test_a_night_may_stand_on_two_sides_of_a_split_by_recording_and_is_counted():
    of = world()
    for row in of["roles"]:
        row["night"] = "one"
    found = check(of)
    assert found.row["nights_crossing"] == 1
    assert found.row["verdict"] == "ok"


def test_a_clip_on_two_sides():
    of = world("clip")
    of["used"].append(dict(of["used"][0], clip="D_0005000", recording="D"))
    found = check(of, "clip")
    assert any(text.startswith("1 clips stand on two sides: D_0005000") for text in found.leaks)
    assert found.row["verdict"] == "leaks"


@pytest.mark.parametrize("by", ["recording", "clip"])
def test_a_copy_of_a_clip_that_is_judged(by):
    of = world(by)
    stretched = {
        "role": "train",
        "clip": "C_0004000~time_stretch1",
        "recording": "C",
        "technique": "time_stretch",
        "source_start": "4.0",
        "source_end": "8.0",
    }
    of["used"].append(stretched)
    found = check(of, by)
    assert found.row["copies_overlapping"] == 1
    assert found.leaks[0].endswith("overlap a clip outside of training: C_0004000~time_stretch1")


def test_a_split_by_clip_leaks_by_design_and_says_so():
    of = world("clip")
    moved = copy.deepcopy(of)
    for row in (*moved["roles"], *moved["scored"]):
        if row["clip"] == "A_0010000":
            row["role"] = row["fold-1"] = "test"
    moved["used"] = [row for row in moved["used"] if row["clip"] != "A_0010000"]
    found = check(moved, "clip")
    assert found.leaks == []
    assert found.row["recordings_crossing"] == found.row["nights_crossing"] == 1
    assert found.row["verdict"] == "leaks by design"


def test_clips_of_which_nothing_is_known_may_be_judged_with_their_recording():
    of = world()
    silent = dict(of["scored"][0], role="test", used="0", label_A="", label_B="")
    of["scored"].append(silent)
    assert check(of).leaks
    silent["label_B"] = "0"  # but dropped, since it is ambiguous
    assert check(of).leaks == []


def test_clips_that_are_not_scored_do_not_count():
    of = world()
    of["scored"].append(dict(of["scored"][0], role="test", used="0"))
    assert check(of).leaks == []


def inner_world(by="recording"):
    """Give a run that learns from three recordings, one of them for validation, in inner folds."""
    of = world(by)
    for row in of["used"]:
        group = next(role["group"] for role in of["roles"] if role["clip"] == row["clip"][:9])
        original = row["technique"] == "original"
        row["inner_fold"] = "1" if row["recording"] == "A" else "2"
        row["inner_group"] = group if original else ""
    return of


@pytest.mark.parametrize(
    ("by", "unit"), [("recording", "recording"), ("night", "night"), ("file", "recording")]
)
def test_inner_folds_are_certified(by, unit):
    found = check(inner_world(by), by)
    assert found.leaks == []
    assert [found.row[f"inner_{key}"] for key in ("folds", "by", "crossing")] == [2, unit, 0]
    assert found.row["verdict"] == "ok"


def test_inner_folds_of_groups_that_a_file_gives():
    of = inner_world("file")
    for row in (*of["roles"], *of["used"]):
        key = "group" if "group" in row else "inner_group"
        # One is called as a recording of another is.
        row[key] = {"A": "X", "B": "A"}.get(row[key], row[key])
    found = check(of, "file")
    assert found.leaks == []
    assert [found.row[f"inner_{key}"] for key in ("folds", "by", "crossing")] == [2, "group", 0]


def test_a_clip_in_another_inner_fold_than_its_recording():
    of = inner_world()
    of["used"][0]["inner_fold"] = "2"
    found = check(of)
    assert found.row["inner_crossing"] == 2 and found.row["verdict"] == "leaks"  # its copy too
    assert "2 groups or copies stand within and outside of one inner fold: A" in found.leaks[0]


def test_a_copy_in_a_fit_that_is_judged_on_its_clip():
    of = inner_world()
    of["used"][-1]["inner_fold"] = "2"
    found = check(of)
    assert found.crossing["inner"] == ["A_0000000~time_mask1"]


def test_inner_groups_that_are_not_those_of_the_split():
    of = inner_world()
    for row in of["used"]:
        if row["inner_group"]:
            row["inner_group"] = row["clip"]
    assert check(of).row["verdict"] == "leaks"


def test_a_clip_without_an_inner_group_where_others_have_one():
    of = inner_world()
    clip = of["used"][0]["clip"]
    of["used"][0]["inner_fold"] = of["used"][0]["inner_group"] = ""
    found = check(of)
    assert f"{clip} (no inner group)" in found.crossing["inner"]
    assert found.row["verdict"] == "leaks"


def test_a_copy_of_validation_may_be_learnt_from_with_inner_folds_alone():
    of = inner_world()
    clip = next(row for row in of["used"] if row["recording"] == "B")
    of["used"].append(dict(clip, role="train", clip="B_0000000~time_mask1", technique="time_mask"))
    of["used"][-1]["inner_group"] = ""
    assert check(of).leaks == []
    for row in of["used"]:
        row["inner_fold"] = row["inner_group"] = ""
    assert "overlap a clip outside of training: B_0000000~time_mask1" in check(of).leaks[0]


def test_looking_at_the_test_part_is_seen_and_let_through_only_where_allowed():
    of = world()
    tuned = [dict(row, role="validation") for row in of["scored"] if row["role"] == "test"]
    of["used"] += [dict(of["used"][0], **row) for row in tuned]
    found = check(of)
    assert found.row["clips_crossing"] == 3
    assert found.leaks and found.row["verdict"] == "leaks"
    found = check(of, allowed=True)
    assert found.leaks == []
    assert found.row["verdict"] == "leaks by design"
    # A copy of what is judged is never trained on, even there.
    of["used"].append(dict(of["used"][-1], role="train", clip="D_0000000~x1", technique="x"))
    assert "overlap a clip outside of training" in check(of, allowed=True).leaks[0]


def test_parts_of_a_long_recording_may_stand_in_several_inner_folds_by_night():
    """Each in that of its night, whatever recording it is of."""
    of = inner_world("night")
    clips = [
        row for row in of["used"] if row["recording"] == "A" and row["technique"] == "original"
    ]
    roles = {row["clip"]: row for row in of["roles"]}
    last = clips[-1]["clip"]
    roles[last]["group"] = roles[last]["night"] = "night E"
    clips[-1]["inner_group"], clips[-1]["inner_fold"] = "night E", "2"
    of["used"] = [row for row in of["used"] if row["technique"] == "original"]
    assert check(of, "night").row["inner_crossing"] == 0
    clips[0]["inner_fold"] = "2"
    assert check(of, "night").row["inner_crossing"] > 0


@pytest.mark.parametrize("by", ["recording", "night", "file"])
def test_equal_sound_on_two_sides_is_a_leak(by):
    sounds = {"A": "A", "D": "A"}
    found = check(world(by), by, sounds=sounds)
    assert found.row["verdict"] == "leaks" and found.row["sounds_crossing"] == 3
    assert "3 clips are of one sound or file and stand on two sides: A at 0 s" in found.leaks[0]
    assert check(world(by), by, sounds={"A": "A", "E": "A"}).row["verdict"] == "ok"
    assert check(world("clip"), "clip", sounds=sounds).row["sounds_crossing"] == 0
