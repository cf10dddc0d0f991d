"""Roles: everyone has one, they do not move, and a split that cannot work is refused."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from anurans.common.errors import UserError
from anurans.recordings.names import Recording
from anurans.splits import fold_files, salts, splits
from anurans.splits.requirements import lacks, lost
from anurans.splits.salts import find_salt, imbalance, rank_salts, shares
from anurans.splits.split_checks import check, refuse_unheard
from anurans.splits.splits import (
    HELD_OUT,
    TEST,
    TRAIN,
    VALIDATION,
    Split,
    assign,
    assign_groups,
    drawn_group,
    group_of,
    groups_of,
    in_roles,
    place,
    unit_of,
)


def recordings(n, first=0):
    return [Recording(f"R{i}", f"R{i}.wav") for i in range(first, first + n)]


def nights(n):
    """Give recordings from 18:00 to 05:00 of `n` nights."""
    made = []
    for hours in range(18, 18 + 24 * n, 24):
        for later in (0, 3, 5, 6, 9, 11):
            time = datetime(2020, 1, 1) + timedelta(hours=hours + later)
            name = f"{time:%Y%m%d_%H%M%S}"
            made.append(Recording(name, f"{name}.wav", "", "", f"{time:%Y-%m-%d}", f"{time:%X}"))
    return made


def refusal(action, *arguments):
    with pytest.raises(UserError) as caught:
        action(*arguments)
    return str(caught.value)


@pytest.fixture
def given(tmp_path):
    """Give a function that writes the file of a split, and returns the split."""

    def write(text, **settings):
        path = tmp_path / "folds.csv"
        path.write_text(f"recording,fold\n{text}")
        return Split("given", "file", file=str(path), **{"folds": 2, **settings})

    return write


@pytest.mark.parametrize(
    ("settings", "roles"),
    [
        ({}, {TRAIN, VALIDATION, HELD_OUT, TEST}),
        ({"test": 0}, {TRAIN, VALIDATION, HELD_OUT}),
        ({"validation": 0}, {TRAIN, HELD_OUT, TEST}),
        ({"folds": 0}, {TRAIN, VALIDATION, TEST}),
        ({"folds": 0, "test": 0}, {TRAIN, VALIDATION}),
        ({"folds": 2, "test": 0, "validation": 0}, {TRAIN, HELD_OUT}),
    ],
)
def test_every_recording_has_one_role_in_each_fold(settings, roles):
    split = Split("s", "recording", **settings)
    found = assign(split, recordings(400))
    assert set(found) == {f"R{i}" for i in range(400)}
    assert all(tuple(role) == split.fold_names for role in found.values())
    assert {role for of in found.values() for role in of.values()} == roles


def test_names_of_folds():
    assert Split("s", "recording", folds=3).fold_names == ("1", "2", "3")
    assert Split("s", "recording", folds=0).fold_names == ("all",)
    assert Split("s", "recording", folds=11).fold_names[-1] == "11"


def test_test_is_test_in_all_folds_and_others_are_held_out_once():
    for role in assign(Split("s", "recording"), recordings(400)).values():
        counts = Counter(role.values())
        if TEST in counts:
            assert counts == {TEST: 5}
        else:
            assert counts[HELD_OUT] == 1


def test_adding_a_recording_moves_no_other():
    split = Split("s", "recording")
    few = assign(split, recordings(50, first=30))
    many = assign(split, recordings(200))
    assert {name: many[name] for name in few} == few
    assert assign(split, recordings(50, first=30)[::-1]) == few


def test_shares_are_about_right():
    split = Split("s", "recording", test=0.3, folds=5, validation=0.2)
    found = assign(split, recordings(4000))
    for fold in split.fold_names:
        counts = Counter(role[fold] for role in found.values())
        assert counts[TEST] == pytest.approx(4000 * 0.3, rel=0.1)
        assert counts[HELD_OUT] == pytest.approx(4000 * 0.7 / 5, rel=0.15)
        assert counts[VALIDATION] == pytest.approx(4000 * 0.7 * 0.8 * 0.2, rel=0.15)


def test_a_larger_share_of_test_only_adds():
    def tested(share):
        roles = assign(Split("s", "recording", test=share), recordings(500))
        return set(in_roles(roles, "1", [TEST]))

    assert tested(0.1) < tested(0.3) < tested(0.5)


def test_validation_differs_between_folds():
    split = Split("s", "recording", test=0, folds=2, validation=0.5)
    plain = Split("s", "recording", test=0, folds=0, validation=0.5)
    found, single = assign(split, recordings(300)), assign(plain, recordings(300))
    parts = [set(in_roles(found, fold, [VALIDATION])) for fold in "12"]
    assert not parts[0] & parts[1]
    validates = set(in_roles(single, "all", [VALIDATION]))
    assert validates & parts[0] and parts[0] - validates


def test_a_salt_moves_recordings_the_name_of_a_split_does_not():
    first = assign(Split("s", "recording"), recordings(100))
    assert assign(Split("other", "recording"), recordings(100)) == first
    assert assign(Split("s", "recording", salt="1"), recordings(100)) != first


def test_places_are_pinned_and_their_parts_kept_apart():
    assert place("0", "R1") == pytest.approx(0.4837512284587291, abs=1e-12)
    assert place(0, "R1") == place("0", "R1")
    assert place("", "a", "bc") != place("", "ab", "c")
    assert all(0 <= place("", str(i)) < 1 for i in range(1000))


def test_nights_keep_together():
    made = nights(40)
    assert len({recording.night for recording in made}) == 40
    assert len({recording.date for recording in made}) == 41
    found = assign(Split("s", "night"), made)
    of = {}
    for recording in made:
        of.setdefault(recording.night, []).append(found[recording.recording])
    assert all(len(roles) == 6 and roles.count(roles[0]) == 6 for roles in of.values())
    assert len({tuple(roles[0].values()) for roles in of.values()}) > 5


def test_dates_keep_together():
    made = nights(40)
    found = assign(Split("s", "date"), made)
    of = {}
    for recording in made:
        of.setdefault(recording.date, set()).add(tuple(found[recording.recording].values()))
    assert all(len(roles) == 1 for roles in of.values())


def test_groups():
    recording = Recording("A", "a.wav", date="2020-01-02", time="03:00:00")
    groups = {by: group_of(recording, by) for by in ("recording", "file", "night", "date")}
    assert groups == {
        "recording": "A",
        "file": "A",
        "night": "2020-01-01",
        "date": "2020-01-02",
    }


@pytest.mark.parametrize("by", ["night", "date"])
def test_names_without_a_date_are_refused(by):
    made = [*nights(1), *recordings(2)]
    message = refusal(assign, Split("s", by), made)
    assert message.startswith(
        f"splits.s.by is {by}, but the names of these recordings tell no {by}"
    )
    assert "\n  R0\n  R1" in message
    assert "2020" not in message


def test_a_file_gives_the_folds(given):
    split = given("R0,test\nR1,1\nR2,2\nR3,2\nR4,1\nunused,2\n", validation=0.5)
    found = assign(split, recordings(5))
    assert found["R0"] == {"1": TEST, "2": TEST}
    for name, fold in {"R1": "1", "R2": "2", "R3": "2", "R4": "1"}.items():
        assert found[name][fold] == HELD_OUT
        assert found[name]["2" if fold == "1" else "1"] in (TRAIN, VALIDATION)


def test_a_file_without_folds(given):
    found = assign(given("R0,test\nR1,all\nR2,all\n", folds=0, validation=0), recordings(3))
    assert found == {"R0": {"all": TEST}, "R1": {"all": TRAIN}, "R2": {"all": TRAIN}}


def test_a_file_must_name_every_recording(given):
    message = refusal(assign, given("R0.wav,1\nR9,2\n"), recordings(3))
    assert 'folds.csv (it has names such as "R0.wav") gives no fold for these' in message
    assert "with or without the ending of an audio file:\n  R1\n  R2" in message


@pytest.mark.fault(
    "Config",
    "`folds` of a split by file that differ from the file",
    sees="splits.given.folds: found 5, but ",
    kept="nothing starts",
)
def test_folds_that_contradict_the_file(given, sees):
    message = refusal(assign, given("R0,1\nR1,2\nR2,3\n", folds=5), recordings(3))
    assert message.startswith(sees)
    assert "folds.csv deals folds 1 to 3; remove folds, whose number the file gives" in message
    assert "deals no folds but all" in refusal(assign, given("R0,all\n"), recordings(1))


def test_groups_of_a_file_validate_together(given, tmp_path):
    split = given("", folds=2, validation=0.5)
    rows = [f"R{i},{1 + i // 20 % 2},source {i // 4}" for i in range(76)]
    rows += ["R76,1,", "R77,2,"]
    (tmp_path / "folds.csv").write_text("recording,fold,group\n" + "\n".join(rows) + "\n")
    made = recordings(78)
    groups = groups_of(split, made)
    assert (groups["R5"], groups["R76"]) == ("source 1", "R76")
    of = {}
    for name, roles in assign(split, made).items():
        of.setdefault(groups[name], set()).add(tuple(roles.values()))
    assert {len(roles) for roles in of.values()} == {1}
    assert len({roles for parts in of.values() for roles in parts}) > 2
    # Without groups each recording is one.
    alone = given("".join(row.rpartition(",")[0] + "\n" for row in rows), validation=0.5)
    assert set(groups_of(alone, made).values()) == {each.recording for each in made}
    assert groups_of(Split("s", "recording"), made) == groups_of(alone, made)


@pytest.mark.parametrize(
    ("row", "by", "drawn"),
    [
        ({"recording": "A", "group": "G", "night": "N"}, "file", "G"),
        ({"recording": "A", "group": "A", "night": "N"}, "file", "N"),
        ({"recording": "A", "group": "A", "night": ""}, "file", "A"),
        ({"recording": "A", "group": "A_0000000", "night": "N"}, "clip", "N"),
        ({"recording": "A", "group": "A", "night": ""}, "recording", "A"),
    ],
)
def test_what_intervals_draw(row, by, drawn):
    assert drawn_group(row, by) == drawn


def test_what_a_group_of_a_file_is():
    same = {"recording": "A", "group": "A"}
    assert unit_of("file", [same]) == "recording"
    assert unit_of("file", [same, {"recording": "B", "group": "A"}]) == "group"
    assert unit_of("night", [same]) == "night"


def test_the_file_is_read_once_while_salts_are_tried(given, monkeypatch):
    reads = []
    read = fold_files.read_table
    monkeypatch.setattr(
        fold_files, "read_table", lambda path, needs: reads.append(path) or read(path, needs)
    )
    # Fold 1 has no P to learn from unless R3 is not the one that validates.
    split = given("R0,1\nR1,1\nR2,2\nR3,2\nR4,2\n", validation=0.4)
    find_salt(split, recordings(5), {"B": COMMON, "P": frozenset(["R0", "R3"])})
    assert len(reads) == 1
    # A table that was corrected meanwhile is read again.
    split = given("R0,2\nR1,1\nR2,2\nR3,2\nR4,2\nR5,1\n", validation=0.4)
    assert assign(split, recordings(6))["R0"]["2"] == HELD_OUT
    assert len(reads) == 2


def test_salts_are_tried_with_few_roles(given, monkeypatch):
    places = []
    monkeypatch.setattr(splits, "place", lambda *parts: places.append(parts) or place(*parts))
    split = given("".join(f"R{i},{1 + i % 3}\n" for i in range(2000)), folds=3)
    names = frozenset(f"R{i}" for i in range(2000))
    assert find_salt(split, recordings(2000), {"B": names, "P": frozenset(["R3", "R4"])}) is None
    # All roles of all salts take 256 x 2000 x 3.
    assert 0 < len(places) < 5000


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("settings", [{}, {"folds": 0}, {"validation": 0}, {"allow_missing": "P"}])
@pytest.mark.parametrize("by", ["recording", "file"])
def test_the_salt_that_is_found_is_the_first_that_lacks_nothing(
    given, by, settings, together, monkeypatch
):
    monkeypatch.setattr(salts, "SALTS", salts.SALTS[:50])
    rows = "".join(f"R{i},{1 + i % 2 if settings != {'folds': 0} else 'all'}\n" for i in range(14))
    split = given(rows, **({"folds": 2, "validation": 0.3} | settings), together=together)
    if by == "recording":
        split = replace(split, by=by, file=None, test=0.3)
    made, seen = recordings(14), set()
    salted = [replace(split, salt=salt) for salt in salts.SALTS]
    roles = [assign(each, made) for each in salted]
    for count in (1, 2, 3, 5, 8):
        present = {"B": COMMON, "P": frozenset(f"R{3 * i % 14}" for i in range(count))}
        expected = [
            each.salt
            for strict in (True, False)
            for each, of in zip(salted, roles, strict=True)
            if not lacks(each, of, present, strict=strict)
        ]
        seen.add(find_salt(split, made, present))
        assert find_salt(split, made, present) == next(iter(expected), None)
    assert len(seen) > 1 or settings == {"allow_missing": "P"}


def test_recordings_by_role():
    roles = {"b": {"1": TRAIN}, "a": {"1": TRAIN}, "c": {"1": TEST}, "d": {"1": HELD_OUT}}
    assert in_roles(roles, "1", [TRAIN]) == ["a", "b"]
    assert in_roles(roles, "1", (TEST, TRAIN)) == ["a", "b", "c"]


COMMON = frozenset(f"R{i}" for i in range(60))


def test_a_split_that_works_passes():
    check(Split("s", "recording"), recordings(60), {"B": COMMON, "P": COMMON})


def test_an_empty_part_is_refused_with_a_salt_that_would_do():
    tried = (Split("s", "recording", salt=str(i)) for i in range(99))
    split = next(salted for salted in tried if lacks(salted, assign(salted, recordings(24)), {}))
    message = refusal(check, split, recordings(24), {"B": COMMON})
    assert message.startswith("splits.s cannot be used with these recordings:\n  fold ")
    assert ": no annotated recording in " in message
    better = find_salt(split, recordings(24), {"B": COMMON})
    assert f'Set splits.s.salt: "{better}".' in message
    check(Split("s", "recording", salt=better), recordings(24), {"B": COMMON})


def test_parts_that_lack_a_species_with_the_best_salt_are_named():
    rare = frozenset(f"R{i}" for i in range(5))
    split = next(
        salted
        for salted in (Split("s", "recording", salt=str(i)) for i in range(99))
        if lacks(salted, assign(salted, recordings(24)), {"P": rare})
    )
    better = replace(split, salt=find_salt(split, recordings(24), {"P": rare}))
    roles = assign(better, recordings(24))
    assert not lacks(better, roles, {"P": rare})
    empty = lacks(better, roles, {"P": rare}, strict=True)
    message = refusal(check, split, recordings(24), {"P": rare})
    assert empty and message.index("No salt puts every species") < message.index(empty[0])


def test_a_species_that_is_missing_is_refused_with_counts(given):
    split = given("R0,1\nR1,1\nR2,2\nR3,2\nR4,2\n", validation=0)
    present = {"B": frozenset(["R0", "R2"]), "P": frozenset(["R0", "R1"])}
    message = refusal(check, split, recordings(5), present)
    assert "fold 1: P calls in none of the 3 recordings in train (in 2 of all 5)" in message
    assert "fold 2" not in message
    assert "B calls" not in message
    assert "splits.given.allow_missing: [<species>]" in message
    assert f"None of 256 salts does better; correct {split.file}" in message


def test_species_of_held_out_and_test_parts_matter_to_a_strict_look_only(given):
    split = given("R0,1\nR1,1\nR2,2\nR3,test\n", validation=0)
    roles = assign(split, recordings(4))
    present = {"B": frozenset(["R0", "R2"])}
    assert lacks(split, roles, present) == []
    assert lacks(split, roles, present, strict=True) == []
    found = lacks(split, roles, {"B": frozenset(["R0", "R2"]), "P": frozenset()}, strict=True)
    assert any("in held_out" in sentence for sentence in found)


def test_a_rare_species_may_be_let_through():
    rare = {"B": COMMON, "P": frozenset(["R3"])}
    message = refusal(check, Split("s", "recording"), recordings(60), rare)
    assert "P calls in none of the" in message
    assert "None of 256 salts does better; use fewer folds or a larger share" in message
    check(Split("s", "recording", allow_missing=("P",)), recordings(60), rare)
    assert "P calls" in refusal(
        check, Split("s", "recording", allow_missing=("B",)), recordings(60), rare
    )


def test_a_species_that_is_annotated_nowhere_is_named_before_any_salt_is_tried():
    present = {"B": COMMON, "BOALUM": frozenset(), "X": frozenset()}
    split = Split("s", "recording", allow_missing=("X",))
    message = refusal(refuse_unheard, split, present, {"B", "BOALUN"})
    assert message.startswith("species: found in no annotation, so splits.s cannot divide")
    assert "\n  BOALUM (did you mean BOALUN?)\n" in message
    assert "X" not in message
    assert "splits.s.allow_missing" in message
    assert "\n  BOALUM\n" in refusal(check, split, recordings(60), present)
    refuse_unheard(Split("s", "recording", allow_missing=("X", "BOALUM")), present)


def test_a_salt_is_found_for_every_small_set_that_has_one():
    present = {"B": frozenset(f"R{i}" for i in range(0, 24, 2)), "P": COMMON}
    split = Split("s", "recording", test=0.25, folds=3, validation=0.25)
    salt = find_salt(split, recordings(24), present)
    salted = Split("s", "recording", test=0.25, folds=3, validation=0.25, salt=salt)
    assert lacks(salted, assign(salted, recordings(24)), present, strict=True) == []


def test_no_salt_helps_too_few_recordings():
    split = Split("s", "recording", folds=3)
    assert find_salt(split, recordings(3), {"B": COMMON}) is None
    assert "no annotated recording in" in refusal(check, split, recordings(3), {"B": COMMON})


@pytest.mark.fault(
    "Config",
    "more folds than groups",
    sees="splits.s.folds: found 5, more than there are annotated recordings (3), which are not",
    kept="nothing starts",
)
def test_more_folds_than_groups(sees):
    assert sees in refusal(check, Split("s", "recording", folds=5), recordings(3), {"B": COMMON})


@pytest.mark.fault(
    "Recordings",
    "all recordings of a part, or all with a species there, are left out",
    sees="validation: B calls in none of 1 usable recordings",
    kept="all results before the training, which is refused",
)
def test_what_is_lost_with_recordings_that_cannot_be_used(sees):
    calls = {"R1": {"A", "B"}, "R2": {"A"}}
    assert lost({"train": ["R1"], "validation": ["R1", "R2"]}, calls, ["A", "B"]) == []
    assert lost({"train": ["R1"], "validation": ["R2", "R3"]}, calls, ["A", "B"]) == [sees]
    assert lost({"train": ["R1"], "validation": ["R2"]}, calls, ["A"]) == []
    assert lost({"validation": ["R3"]}, calls, []) == [
        "validation: no annotated recording can be used"
    ]


def test_no_recordings_at_all_are_refused():
    assert "no annotated recording in train" in refusal(check, Split("s", "recording"), [], {})


def test_clips_are_dealt_one_by_one():
    clips = {f"R{i}_{j}": f"R{i}_{j}" for i in range(30) for j in range(12)}
    split = Split("s", "clip")
    found = assign_groups(split, clips)
    assert set(found) == set(clips)
    assert len({found[f"R1_{j}"]["1"] for j in range(12)}) > 1
    few = {clip: clip for clip in clips if clip.startswith("R1")}
    assert assign_groups(split, few) == {clip: found[clip] for clip in few}
    counts = Counter(role["1"] for role in found.values())
    assert counts[TEST] == pytest.approx(360 * 0.3, rel=0.2)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {TRAIN: 0.448, VALIDATION: 0.112, HELD_OUT: 0.14, TEST: 0.3}),
        ({"test": 0, "folds": 2}, {TRAIN: 0.4, VALIDATION: 0.1, HELD_OUT: 0.5}),
        ({"folds": 0, "validation": 0}, {TRAIN: 0.7, TEST: 0.3}),
    ],
)
def test_shares_that_parts_aim_at(settings, expected):
    found = shares(Split("s", "recording", **settings))
    assert found == pytest.approx(expected)
    assert sum(found.values()) == pytest.approx(1)


def test_imbalance_by_hand():
    split = Split("s", "recording", test=0.5, folds=0, validation=0)
    roles = {"a": {"all": TRAIN}, "b": {"all": TRAIN}, "c": {"all": TEST}, "d": {"all": TEST}}
    even = {"A": {"a": 2, "b": 1, "c": 3}, "recordings": dict.fromkeys("abcd", 1)}
    assert imbalance(split, roles, even) == 0
    # All of A in training: off by +100 % there and by -100 % in test; recordings are even.
    uneven = {"A": {"a": 2, "b": 1}, "recordings": dict.fromkeys("abcd", 1)}
    assert imbalance(split, roles, uneven) == pytest.approx((2 / 4) ** 0.5)


def test_the_first_ranked_salt_is_the_most_even_of_the_usable_ones():
    present = {
        "B": frozenset(f"R{i}" for i in range(0, 24, 2)),
        "P": frozenset(f"R{i}" for i in range(9)),
    }
    amounts = {
        "B": {f"R{i}": i % 5 + 1 for i in range(0, 24, 2)},
        "P": {f"R{i}": 3 for i in range(9)},
    }
    split = Split("s", "recording", test=0.25, folds=3, validation=0.25)
    ranked = rank_salts(split, recordings(24), present, amounts)
    assert [off for _, off, full in ranked if full] == sorted(
        off for _, off, full in ranked if full
    )
    salt, off, full = ranked[0]
    assert full
    best = Split("s", "recording", test=0.25, folds=3, validation=0.25, salt=salt)
    assert imbalance(best, assign(best, recordings(24)), amounts) == pytest.approx(off)
    assert not lacks(best, assign(best, recordings(24)), present, strict=True)
    assert off < 0.7 * max(off for _, off, _ in ranked)
    assert rank_salts(split, recordings(24), {"X": frozenset()}, amounts) == []


def test_a_split_that_validates_on_its_test_part():
    split = Split("s", "recording", test=0.35, folds=0, validation=TEST, allow_leak=True)
    found = assign(split, recordings(200))
    assert {role["all"] for role in found.values()} == {TRAIN, TEST}
    assert (split.validates_on, split.leaks) == (TEST, True)
    assert Split("s", "recording").validates_on == VALIDATION
    assert [Split("s", by).leaks for by in ("recording", "clip")] == [False, True]
    assert shares(split) == pytest.approx({TRAIN: 0.65, TEST: 0.35})
    # Early stopping and thresholds need every species there.
    calls = {"P": frozenset(in_roles(found, "all", [TRAIN]))}
    assert "P calls in none" in lacks(split, found, calls)[0]


def at_sites(n, nights=4):
    """Recordings of `n` sites, one on each of some nights."""
    return [
        Recording(f"S{site}/2020010{night}", "", site=f"S{site}", date=f"2020-01-0{night}")
        for site in range(n)
        for night in range(1, nights + 1)
    ]


SITES = Split(
    "s", "site", test=0.0, folds=5, validation=0.25, sites=tuple(f"S{n}" for n in range(5))
)


def test_each_site_is_left_out_once_and_no_salt_matters():
    roles = assign(SITES, at_sites(5))
    for fold in SITES.fold_names:
        of = {}
        for name, role in roles.items():
            of.setdefault(role[fold], set()).add(name.partition("/")[0])
        assert of[HELD_OUT] == {f"S{int(fold) - 1}"}
        assert len(of[VALIDATION]) == 1 and len(of[TRAIN]) == 3
    assert assign(replace(SITES, salt="other"), at_sites(5)) == roles


def test_named_sites_are_for_testing():
    split = Split("s", "site", test=("S1", "S4"), folds=0, validation=0.0)
    roles = assign(split, at_sites(5))
    assert {n.partition("/")[0] for n, r in roles.items() if r["all"] == TEST} == {"S1", "S4"}
    message = refusal(assign, replace(split, test=("S9",)), at_sites(5))
    assert message.startswith(
        "splits.s.test: found S9, where no recording is from; expected some of S0"
    )


def test_sites_may_be_dealt_like_any_group():
    split = Split("s", "site", test=0.3, folds=2, validation=0.3)
    roles = assign(split, at_sites(40))
    of_site = {}
    for name, role in roles.items():
        of_site.setdefault(name.partition("/")[0], set()).add(tuple(role.values()))
    assert all(len(each) == 1 for each in of_site.values())
    assert len({each for of in of_site.values() for each in of}) > 3


def test_a_site_may_lack_a_species():
    recordings, one = at_sites(5), frozenset({"S2/20200101"})
    check(SITES, recordings, {"A": one})
    two = replace(SITES, folds=2, sites=("S0", "S1"))
    message = refusal(check, two, at_sites(2), {"A": one})
    assert "with two there is none to validate on (validation: 0)" in message
    check(replace(two, validation=0.0), at_sites(2), {"A": one})


@pytest.mark.fault(
    "Config",
    "a split by site, and recordings whose site is not known",
    sees="splits.s.by is site, but the names of these recordings tell no site (recordings.pattern)",
    kept="nothing starts",
)
def test_recordings_without_a_site(sees):
    message = refusal(assign, SITES, [Recording("R", "R.wav")])
    assert message.startswith(sees) and "give sites in a table of recordings" in message


CHANNELS = [
    Recording(f"x{n}-{side}", f"x{n}.wav", side, first=f"x{n}-left")
    for n in range(40)
    for side in ("left", "right")
]


def test_channels_of_one_file_have_one_role():
    roles = assign(Split("s", "recording", 0.3, 3, 0.3), CHANNELS)
    assert all(roles[f"x{n}-left"] == roles[f"x{n}-right"] for n in range(40))
    assert len({tuple(each.values()) for each in roles.values()}) > 3


@pytest.mark.fault(
    "Config",
    "a file of folds that separates two channels of one recording",
    sees="x0-right and x0-left the folds 2 and 1, but they are channels of one file, x0.wav; give",
    kept="nothing starts",
)
def test_a_file_may_not_part_channels_of_one_file(tmp_path, sees):
    path = tmp_path / "folds.csv"
    rows = "".join(f"x{n}-left,1\nx{n}-right,{2 if not n else 1}\n" for n in range(2))
    path.write_text(f"recording,fold\n{rows}y,2\n")
    split = Split("s", "file", folds=2, file=str(path))
    assert sees in refusal(assign, split, CHANNELS[:4])
    path.write_text("recording,fold\nx0-left,1\nx0-right,1\nx1-left,2\nx1-right,2\n")
    groups = groups_of(split, CHANNELS[:4])
    assert groups["x0-right"] == "x0-left" and groups["x1-right"] == "x1-left"
