"""A correction counts for the runs that use the clips that it touches, and for no other."""

import pytest

from anurans.annotations.sources import AnnotationSource
from anurans.recordings.names import clip_id
from anurans.splits.clip_digests import digests
from anurans.splits.splits import TRAIN, VALIDATION, Split, role_of

LENGTH, CLIPS = 5.0, 12
SPLIT = Split("s", "clip", test=0.4, folds=2, validation=0.3)
USED = {TRAIN, VALIDATION}


def role(clip, fold="1", split=SPLIT):
    return role_of(split, clip_id("R", clip * LENGTH), fold)


# A clip that is used after one that is not, and one that is not after one that is not, in fold 1.
FIRST_USED = next(n for n in range(1, CLIPS) if role(n) in USED and role(n - 1) not in USED)
UNUSED = next(n for n in range(1, CLIPS) if not {role(n), role(n - 1)} & USED)


@pytest.fixture
def of(tmp_path):
    """Give a function that digests annotations, start and end in s, of one recording."""

    def digested(*calls, split=SPLIT, fold="1", wanted=USED, species="A"):
        lines = [f"{start}\t{end}\t{species}\n" for start, end in calls]
        (tmp_path / "R.txt").write_text("".join(lines))
        source = AnnotationSource(tmp_path, ["R"], ["A"])
        return digests(source, ["R"], split, split.fold_names, wanted, LENGTH)[fold]

    return digested


def test_a_call_in_a_clip_that_is_used_counts(of):
    start = FIRST_USED * LENGTH
    assert of((start + 1, start + 2)) not in (of(), of((start + 1, start + 2.5)))
    assert of((start + 1, start + 2), species="B") == of()


def test_a_call_in_a_clip_that_is_not_used_does_not(of):
    start = UNUSED * LENGTH
    assert of((start + 1, start + 2)) == of()
    # It does for a run that uses that clip, as each part is used by some.
    assert of((start + 1, start + 2), wanted={role(UNUSED)}) != of(wanted={role(UNUSED)})


def test_a_call_that_reaches_into_a_clip_that_is_used_counts(of):
    start = FIRST_USED * LENGTH
    assert of((start - 1, start + 0.5)) != of()


def test_what_comes_after_the_last_clip_counts_for_it(of):
    """A stretched copy of a clip may show what comes after it."""
    used = next(n for n in range(CLIPS) if role(n) in USED and role(n + 1) not in USED)
    after = (used + 1) * LENGTH
    assert of((after + 1, after + 2)) != of()


def test_folds_and_salts_decide_what_is_used(of):
    moved = next(
        n
        for n in range(1, 200)
        if not {role(n), role(n - 1)} & USED and {role(n, "2"), role(n - 1, "2")} & USED
    )
    call = (moved * LENGTH + 1, moved * LENGTH + 2)
    assert of(call) == of()
    assert of(call, fold="2") != of(fold="2")
