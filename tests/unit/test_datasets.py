"""Training sets: no copy of what is judged, and just the copies that a dataset wants."""

import numpy as np
import pytest

from anurans.annotation_formats import Annotation
from anurans.axes import time_edges
from anurans.clips import concatenate, original_clips
from anurans.datasets import (
    Embeddings,
    Part,
    check_same_backbone,
    chosen_copies,
    labelled,
    open_embeddings,
    overlaps,
    rows_of,
    trainable,
)
from anurans.errors import UserError
from anurans.labels import LabelRule
from anurans.masking import MaskSettings, masked_clips
from anurans.recordings import Recording
from anurans.shards import write_shard
from anurans.splits import TRAIN, Split, assign, assign_groups
from anurans.stretching import stretched_clips

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


def part():
    clips = original_clips("A", 20.0, 5.0, 0.5)
    return Part(clips, np.array([[0, 0], [1, 0], [0, 1], [1, 1]], dtype=bool))


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
