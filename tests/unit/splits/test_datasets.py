"""Training sets: no copy of what is judged, and just the copies that a dataset wants."""

import numpy as np
import pytest

from anurans.annotations.formats import LISTENED, Annotation
from anurans.annotations.labels import LabelRule
from anurans.common.errors import UserError
from anurans.recordings.clips import concatenate, original_clips
from anurans.recordings.names import Recording
from anurans.sounds.image_axes import time_edges
from anurans.sounds.masking import MaskSettings, masked_clips
from anurans.sounds.shards import write_shard
from anurans.sounds.stretching import stretched_clips
from anurans.splits.datasets import (
    Embeddings,
    Part,
    check_same_backbone,
    chosen_copies,
    label_windows,
    labelled,
    open_embeddings,
    overlaps,
    rows_of,
    shown_by,
    trainable,
)
from anurans.splits.splits import TRAIN, Split, assign, assign_groups

# Ten nights with three recordings each, the last after midnight; lengths that no rate divides.
TIMES = [(20, 0), (22, 0), (2, 1)]
RECORDINGS = [
    Recording(
        f"R{i}",
        "",
        date=f"2020-01-{1 + i // 3 + TIMES[i % 3][1]:02d}",
        time=f"{TIMES[i % 3][0]:02d}:00:00",
    )
    for i in range(30)
]
DURATIONS = {each.recording: 31.7 + 0.9 * i for i, each in enumerate(RECORDINGS)}
ORIGINALS = concatenate(original_clips(name, d, 5.0, 0.5) for name, d in DURATIONS.items())


def copies():
    edges = time_edges(22050, 110250, 494)
    stretched = [stretched_clips(n, d, [0.5, 0.8, 1.3], 5.0, 0.5) for n, d in DURATIONS.items()]
    masked = masked_clips(ORIGINALS, "time_mask", MaskSettings(copies=2), edges, 1)
    return concatenate([*stretched, masked])


def roles_of(by, fold, tmp_path):
    if by == "clip":
        of = assign_groups(Split("s", by), {clip: clip for clip in ORIGINALS.clip})
        return {clip: role[fold] for clip, role in of.items()}
    split = Split("s", by)
    if by == "file":
        path = tmp_path / "folds.csv"
        rows = (f"{r.recording},{i % 6 or 'test'}" for i, r in enumerate(RECORDINGS))
        path.write_text("recording,fold\n" + "\n".join(rows))
        split = Split("s", by, file=str(path))
    of = assign(split, RECORDINGS)
    return dict(zip(ORIGINALS.clip, (of[r][fold] for r in ORIGINALS.recording), strict=True))


@pytest.mark.parametrize("fold", ["1", "4"])
@pytest.mark.parametrize("by", ["recording", "night", "date", "clip", "file"])
def test_no_copy_in_training_overlaps_a_clip_outside_of_it(by, fold, tmp_path):
    roles, table = roles_of(by, fold, tmp_path), copies()
    allowed = trainable(table, ORIGINALS, roles)
    assert 0 < allowed.sum() < len(table)
    for recording in DURATIONS:
        mine, of = table[table.recording == recording], ORIGINALS[ORIGINALS.recording == recording]
        outside = [
            (start, end)
            for clip, start, end in zip(of.clip, of.source_start, of.source_end, strict=True)
            if roles[clip] != TRAIN
        ]
        for clip, start, end in zip(mine.clip, mine.source_start, mine.source_end, strict=True):
            if allowed[np.flatnonzero(table.clip == clip)[0]]:
                assert not any(start < b - 1e-6 and a < end - 1e-6 for a, b in outside), clip


def test_where_whole_recordings_are_dealt_their_copies_all_go_with_them(tmp_path):
    roles, table = roles_of("recording", "1", tmp_path), copies()
    allowed = trainable(table, ORIGINALS, roles)
    trained = {
        r
        for clip, r in zip(ORIGINALS.clip, ORIGINALS.recording, strict=True)
        if roles[clip] == TRAIN
    }
    assert set(table.recording[allowed]) == trained
    left = table[np.isin(table.recording, list(trained)) & ~allowed]
    # Only copies of a last stretch that was too short to be a clip.
    for row in range(len(left)):
        mine = ORIGINALS[ORIGINALS.recording == left.recording[row]]
        assert not overlaps(left[[row]], mine).any()


def test_a_copy_that_reaches_into_a_clip_outside_is_left_out():
    originals = original_clips("A", 15.0, 5.0, 0.5)
    roles = dict(zip(originals.clip, [TRAIN, TRAIN, "test"], strict=True))
    table = stretched_clips("A", 15.0, [0.8], 5.0, 0.5)  # 0-4, 4-8, 8-12, 12-15
    assert trainable(table, originals, roles).tolist() == [True, True, False, False]
    assert overlaps(table, originals).astype(int).tolist() == [
        [1, 0, 0],
        [1, 1, 0],
        [0, 1, 1],
        [0, 0, 1],
    ]


def test_a_copy_shows_the_inner_folds_of_all_that_it_overlaps():
    originals = original_clips("A", 15.0, 5.0, 0.5)
    first, second, third = originals.clip.tolist()
    table = stretched_clips("A", 15.0, [0.8], 5.0, 0.5)  # 0-4, 4-8, 8-12, 12-15
    of = {first: 1, second: 2, third: 3}
    assert shown_by(table, originals, of) == [{1}, {1, 2}, {2, 3}, {3}]
    assert shown_by(table, originals, of | {second: 1}) == [{1}, {1}, {1, 3}, {3}]
    # A clip that is not learnt from has no fold.
    assert shown_by(table, originals, {third: 3}) == [set(), set(), {3}, {3}]
    assert shown_by(table, originals, {}) == [set()] * 4
    other = stretched_clips("B", 15.0, [0.8], 5.0, 0.5)
    assert shown_by(other, originals, of) == [set()] * 4
    whole = concatenate([other[[0]], masked(originals, 1)[[1]]])
    assert shown_by(whole, originals, of) == [set(), {2}]


def masked(originals, seed):
    edges = time_edges(22050, 110250, 494)
    return masked_clips(originals, "time_mask", MaskSettings(), edges, seed)


def part():
    clips = original_clips("A", 20.0, 5.0, 0.5)
    labels = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], dtype=bool)
    return Part(clips, labels, np.ones_like(labels))


@pytest.mark.parametrize(
    ("copies", "kept"),
    [("all", [0, 1, 2, 3]), ("positives", [1, 2, 3]), (["B"], [2, 3]), (["A", "B"], [1, 2, 3])],
)
def test_copies_that_a_dataset_wants(copies, kept):
    found = chosen_copies(part(), copies, ["A", "B"])
    assert found.clips.clip.tolist() == part().clips.clip[kept].tolist()
    assert (found.labels == part().labels[kept]).all()


def embeddings(clips, **metadata):
    known = {name: {"duration_s": 20.0} for name in set(clips.recording)}
    return Embeddings((), clips, {"recordings": known, "width": 2, **metadata}, np.dtype("f2"), ())


def test_labels_of_chosen_clips_of_annotated_recordings():
    clips = concatenate([original_clips("B", 20.0, 5, 0.5), original_clips("A", 20.0, 5, 0.5)])
    calls = {"A": [Annotation(6.0, 8.0, "X", "", None, None)]}
    chosen = np.array([1, 1, 1, 1, 1, 1, 0, 1], dtype=bool)
    found = labelled(embeddings(clips), chosen, calls, ["X"], LabelRule())
    assert found.clips.clip.tolist() == ["A_0000000", "A_0005000", "A_0015000"]
    assert found.labels[:, 0].tolist() == [False, True, False]


def test_clips_that_nobody_listened_to_are_no_part():
    clips = original_clips("A", 20.0, 5, 0.5)
    heard = Annotation(4.0, 16.0, LISTENED, "", None, None)
    calls = {"A": [heard, Annotation(6.0, 8.0, "X", "", None, None)]}
    found = labelled(embeddings(clips), np.ones(4, bool), calls, ["X"], LabelRule())
    assert found.clips.clip.tolist() == ["A_0005000", "A_0010000"]
    assert found.labels[:, 0].tolist() == [True, False]


def test_what_is_known_of_one_species_alone_is_a_part():
    clips = original_clips("A", 20.0, 5, 0.5)
    says = [
        Annotation(*each, "", None, None)
        for each in ((0.0, 10.0, " listened X"), (6.0, 8.0, "X"), (5.0, 15.0, " absent Y"))
    ]
    found = labelled(embeddings(clips), np.ones(4, bool), {"A": says}, ["X", "Y"], LabelRule())
    assert found.clips.clip.tolist() == ["A_0000000", "A_0005000", "A_0010000"]
    assert found.known.tolist() == [[True, False], [True, True], [False, True]]
    assert found.labels.tolist() == [[False, False], [True, False], [False, False]]
    kept = chosen_copies(found, "positives", ["X", "Y"])
    assert (kept.clips.clip.tolist(), kept.known.tolist()) == (["A_0005000"], [[True, True]])


HALVES = {"embedding": {"windows": [0.0, 2.0], "window": 3.0}}


def windows(clips, calls, rule=None):
    """Labels of one species in two windows of each clip, and which windows count."""
    known = embeddings(clips, **HALVES)
    labels, _, used = label_windows(part_of(clips), known, calls, ["X"], rule or LabelRule())
    return labels[:, 0].tolist(), used.tolist()


def part_of(clips):
    return Part(clips, np.ones((len(clips), 1), dtype=bool), np.ones((len(clips), 1), dtype=bool))


def test_windows_are_labelled_each_by_what_covers_itself():
    clips = original_clips("A", 20.0, 5.0, 0.5)
    # In the first window of the second clip, in both of the third, at the end of the last.
    calls = [
        Annotation(*each, "X", "", None, None) for each in ((5.2, 6.0), (12.1, 12.6), (18, 20))
    ]
    labels, used = windows(clips, {"A": calls})
    assert labels == [False, False, True, False, True, True, False, True]
    assert all(used)


def test_windows_that_a_call_only_touches_are_dropped_alone_where_that_is_asked_for():
    clips = original_clips("A", 5.0, 5.0, 0.5)
    calls = {"A": [Annotation(1.0, 2.1, "X", "", None, None)]}
    labels, used = windows(clips, calls, LabelRule(ambiguous="drop"))
    assert (labels[0], used) == (True, [True, False])


def test_what_a_time_mask_hides_is_no_label_of_the_window():
    clips = masked(original_clips("A", 5.0, 5.0, 0.5), 1)
    clips.masks[0] = "0.500000-2.400000"
    calls = {"A": [Annotation(1.0, 2.5, "X", "", None, None)]}
    # 0.1 s of 1.5 s is left in both windows, between 2.4 and 2.5 s.
    assert windows(clips, calls)[0] == [False, False]
    clips.masks[0] = "0.500000-1.900000"
    # 0.6 s, of which 0.5 s in the second window, which begins at 2 s.
    assert windows(clips, calls)[0] == [True, True]
    clips.masks[0] = "2.100000-4.000000"
    # Of the second window's 0.5 s 0.1 s is left.
    assert windows(clips, calls)[0] == [True, False]


def test_windows_of_a_stretched_copy_are_labelled_in_its_time():
    clips = stretched_clips("A", 20.0, [0.8], 5.0, 0.5)  # windows 0-2.4 and 1.6-4 of the first
    calls = {"A": [Annotation(2.2, 4.0, "X", "", None, None)]}
    # 0.2 s of the first window are 0.25 s of the copy.
    assert windows(clips[[0]], calls)[0] == [True, True]
    calls = {"A": [Annotation(2.3, 4.0, "X", "", None, None)]}
    assert windows(clips[[0]], calls)[0] == [False, True]


def test_images_have_the_labels_of_their_clips():
    clips = original_clips("A", 20.0, 5.0, 0.5)
    given = part_of(clips)
    whole = embeddings(clips, embedding={})
    labels, known, used = label_windows(given, whole, {}, ["X"], LabelRule())
    assert labels is given.labels and known is given.known and used.tolist() == [True] * 4


def test_nobody_knows_in_which_window_of_a_clip_a_species_is_present():
    clips = original_clips("A", 10.0, 5.0, 0.5)
    says = [
        Annotation(0.0, 0.0, LISTENED, "", None, None),
        Annotation(0.0, 5.0, " present X", "", None, None),
        Annotation(5.0, 10.0, " absent X", "", None, None),
    ]
    of = embeddings(clips, **HALVES)
    given = labelled(of, np.ones(2, bool), {"A": says}, ["X"], LabelRule())
    assert given.labels[:, 0].tolist() == [True, False] and given.known.all()
    labels, known, used = label_windows(given, of, {"A": says}, ["X"], LabelRule())
    assert labels.sum() == 0 and known[:, 0].tolist() == [False, False, True, True]
    # A window of which nothing is known is scored with its clip.
    assert used.all()


def write(path, clips, **settings):
    metadata = {"recordings": {}, "embedding": {"precision": "f32"}, **settings}
    rows = np.arange(2.0 * len(clips)).reshape(-1, 2)
    write_shard(path, clips, [rows], (2,), "float16", metadata)
    return str(path)


def test_rows_come_in_the_order_that_is_asked_for(tmp_path):
    paths = [write(tmp_path / f"{name}.h5", original_clips(name, 20.0, 5.0, 0.5)) for name in "AB"]
    found = open_embeddings(paths)
    copies = open_embeddings(paths[1:])
    named = [(found, ["B_0005000", "A_0000000", "B_0000000"]), (copies, ["B_0015000"])]
    assert rows_of(named)[:].tolist() == [[2, 3], [0, 1], [0, 1], [6, 7]]
    assert rows_of([(found, [])]).shape[0] == 0


def test_what_is_known_of_a_window_alone_is_learnt_from():
    clips = original_clips("A", 15.0, 5.0, 0.5)
    # Answers about windows: the second of the first clip, the first of the second.
    says = [
        Annotation(0.0, 0.0, LISTENED, "", None, None),
        Annotation(2.0, 5.0, " absent X", "", None, None),
        Annotation(5.0, 8.0, " present X", "", None, None),
    ]
    of = embeddings(clips, **HALVES)
    given = labelled(of, np.ones(3, bool), {"A": says}, ["X"], LabelRule())
    assert given.clips.clip.tolist() == ["A_0000000", "A_0005000"]
    # The second clip holds a call; of the first nobody knows.
    assert given.known[:, 0].tolist() == [False, True] and given.labels[1, 0]
    labels, known, _ = label_windows(given, of, {"A": says}, ["X"], LabelRule())
    assert known[:, 0].tolist() == [False, True, True, False]
    assert labels[:, 0].tolist() == [False, False, True, False]
    whole = labelled(embeddings(clips), np.ones(3, bool), {"A": says}, ["X"], LabelRule())
    assert whole.clips.clip.tolist() == ["A_0005000"]


def test_rows_of_windows_come_clip_by_clip(tmp_path):
    clips = original_clips("A", 15.0, 5.0, 0.5)
    data = np.arange(12.0).reshape(3, 2, 2)
    metadata = {"recordings": {}, **HALVES}
    write_shard(tmp_path / "a.h5", clips, [data], (2, 2), "float16", metadata)
    found = open_embeddings([str(tmp_path / "a.h5")])
    assert (found.width, found.windows) == (2, (0.0, 2.0))
    wanted = [(found, ["A_0010000", "A_0000000"])]
    assert rows_of(wanted)[:].tolist() == [[8, 9], [10, 11], [0, 1], [2, 3]]
    assert rows_of(wanted, pooled=True)[:].tolist() == [[9, 10], [1, 2]]
    assert [batch.shape for batch in found.batches()] == [(3, 2, 2)]


@pytest.mark.parametrize("key", ["engine", "precision"])
def test_shards_of_two_engines_or_precisions_are_not_mixed(tmp_path, key):
    clips = original_clips("A", 20.0, 5.0, 0.5)
    made = {"engine": "openvino", "precision": "f32"}
    one = write(tmp_path / "0.h5", clips, embedding=made)
    other = write(tmp_path / "1.h5", clips, embedding=made | {key: "other"})
    with pytest.raises(UserError, match="different settings"):
        open_embeddings([one, other])
    with pytest.raises(UserError, match="different settings of embedding"):
        check_same_backbone([open_embeddings([one]), open_embeddings([other])])


def test_versions_of_all_shards_are_stated(tmp_path):
    clips = original_clips("A", 20.0, 5.0, 0.5)
    paths = [
        write(tmp_path / "a.h5", clips, versions={"librosa": "0.11.0", "soxr": "1.0"}),
        write(tmp_path / "b.h5", clips, versions={"librosa": "0.12.0", "soxr": "1.0"}),
    ]
    versions = open_embeddings(paths).metadata["versions"]
    assert versions == {"librosa": "0.11.0, 0.12.0", "soxr": "1.0"}


def test_shards_made_differently_are_refused(tmp_path):
    clips = original_clips("A", 20.0, 5.0, 0.5)
    paths = [
        write(tmp_path / "a.h5", clips),
        write(tmp_path / "b.h5", clips, embedding={"precision": "bf16"}),
    ]
    with pytest.raises(UserError, match=r"b\.h5 and .*a\.h5 were made with different settings"):
        open_embeddings(paths)
