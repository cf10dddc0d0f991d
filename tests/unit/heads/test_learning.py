"""What a run learns from: rows and labels of windows, inner folds, and what clips.tsv keeps."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from anurans.annotations.formats import Annotation
from anurans.annotations.known import NOWHERE
from anurans.annotations.labels import LabelRule
from anurans.common.errors import UserError
from anurans.common.tables import read_table, write_table
from anurans.heads.dense import sigmoid
from anurans.heads.learning import (
    COLUMNS,
    NO_FOLD,
    PATH,
    TOGETHER,
    Piece,
    by_role,
    clip_rows,
    count_pieces,
    find_missing,
    gather,
    learn_logistic,
    members_of,
    path_rows,
    refuse_empty,
    refuse_lost,
    refuse_missing,
    take_own_classes,
)
from anurans.heads.logistic import Logistic
from anurans.heads.training import moments
from anurans.heads.unseen import read_unseen
from anurans.recordings.clips import concatenate, original_clips
from anurans.scores.evaluation import Part, score_part, tune_thresholds
from anurans.sounds.image_axes import time_edges
from anurans.sounds.masking import MaskSettings, masked_clips
from anurans.sounds.shards import write_shard
from anurans.sounds.stretching import stretched_clips
from anurans.splits.datasets import Part as Chosen
from anurans.splits.datasets import labelled, open_embeddings
from anurans.splits.splits import TRAIN, VALIDATION

RECORDINGS = {"A": TRAIN, "B": TRAIN, "C": TRAIN, "D": VALIDATION}
# As a split has them: two nights, of which one holds three recordings.
NIGHTS = {"A": "n1", "B": "n1", "C": "n1", "D": "n2"}
DURATION = 20.0
STARTS, WINDOW = [0.0, 2.0], 3.0
SPECIES = ["X", "Y"]
EDGES = time_edges(22050, 110250, 494)


def calls():
    """X calls in the first second of every clip of A and of D, Y in the last one of A and B."""
    found = {name: [] for name in RECORDINGS}
    for name in found:
        for start in np.arange(0, DURATION, 5.0).tolist():
            if name in "AD":
                found[name].append(Annotation(start + 0.2, start + 0.9, "X", "", None, None))
            if name in "AB":
                found[name].append(Annotation(start + 4.1, start + 4.8, "Y", "", None, None))
    return found


def originals():
    return concatenate(original_clips(name, DURATION, 5.0, 0.5) for name in RECORDINGS)


def opened(path, clips, windows=True, width=3, seed=0, **about):
    """Embeddings of random values, of windows or of images."""
    shape = (len(STARTS), width) if windows else (width,)
    data = np.random.default_rng(seed).normal(size=(len(clips), *shape))
    if windows:
        about = {"windows": STARTS, "window": WINDOW, **about}
    recordings = {name: {"duration_s": DURATION} for name in RECORDINGS}
    metadata = {"recordings": recordings, "embedding": about}
    write_shard(path, clips, [data], shape, "float32", metadata)
    return open_embeddings([str(path)])


def pieces_of(embeddings, copies=()):
    """Training and validation clips, and copies of those of training."""
    role = np.array([RECORDINGS[name] for name in embeddings.clips.recording], dtype=object)
    given = calls(), SPECIES, LabelRule()
    found = [
        Piece(part, embeddings, labelled(embeddings, role == part, *given))
        for part in (TRAIN, VALIDATION)
    ]
    for each in copies:
        chosen = np.ones(len(each.clips), dtype=bool)
        found.append(Piece(TRAIN, each, labelled(each, chosen, *given)))
    return found


def roles():
    """Rows of a split by recording, by clip."""
    return {
        clip: {"clip": clip, "recording": name, "group": name, "night": NIGHTS[name]}
        for clip, name in zip(originals().clip, originals().recording, strict=True)
    }


def gathered(pieces, how="max"):
    return gather(pieces, calls(), SPECIES, LabelRule(), how)


def test_each_window_is_a_row_with_its_own_label(tmp_path):
    embeddings = opened(tmp_path / "a.h5", originals())
    pieces = pieces_of(embeddings)
    found = gathered(pieces)
    assert found.rows.shape == (16 * 2, 3)
    assert found.clip.tolist() == np.repeat(np.arange(16), 2).tolist()
    # X is in the first window of a clip of A alone, Y in the last one.
    assert found.labels[:2].tolist() == [[True, False], [False, True]]
    # Of the clips both are.
    assert pieces[0].part.labels[0].tolist() == [True, True]
    clips = [clip for each in pieces for clip in each.part.clips.clip]
    expected = {
        clip: rows
        for clip, rows in zip(embeddings.clips.clip, next(embeddings.batches()), strict=True)
    }
    assert np.array_equal(found.rows[:].reshape(16, 2, 3), [expected[clip] for clip in clips])


def test_pooled_clips_have_one_row_and_their_own_labels(tmp_path):
    pieces = pieces_of(opened(tmp_path / "a.h5", originals()))
    one, every = gathered(pieces, "pooled"), gathered(pieces)
    assert one.clip.tolist() == list(range(16))
    assert np.array_equal(one.labels, np.concatenate([each.part.labels for each in pieces]))
    means = every.rows[:].reshape(16, 2, 3).mean(axis=1, dtype=np.float32)
    assert np.array_equal(one.rows[:], means)


def test_images_have_one_row_whatever_is_made_of_windows(tmp_path):
    pieces = pieces_of(opened(tmp_path / "a.h5", originals(), windows=False))
    for how in ("max", "pooled"):
        found = gathered(pieces, how)
        assert found.rows.shape == (16, 3) and found.clip.tolist() == list(range(16))
        assert found.labels[0].tolist() == [True, True]


def test_windows_of_masked_copies_lack_what_the_mask_hides(tmp_path):
    every = masked_clips(originals(), "time_mask", MaskSettings(), EDGES, 1)
    table = every[np.isin(every.recording, ["A"])]
    # In the first copy X is hidden, in the second Y, which only the second window holds.
    table.masks[:2] = ["0.000000-1.000000", "4.000000-5.000000"]
    table.masks[2:] = "2.400000-2.600000"
    embeddings = opened(tmp_path / "a.h5", originals())
    copies = opened(tmp_path / "m.h5", table, seed=1)
    found = gathered(pieces_of(embeddings, [copies]))
    assert found.clip.max() == 16 + 4 - 1
    of_copies = found.labels[found.clip >= 16].reshape(4, 2, 2).tolist()
    assert of_copies[0] == [[False, False], [False, True]]
    assert of_copies[1] == [[True, False], [False, False]]
    assert of_copies[2:] == [[[True, False], [False, True]]] * 2


def test_windows_that_are_ambiguous_are_dropped_and_the_others_keep_their_clip(tmp_path):
    pieces = pieces_of(opened(tmp_path / "a.h5", originals()))
    # 0.2 of 0.7 s, and thus too little, of this call lies in the second window.
    short = {name: [] for name in RECORDINGS}
    short["A"] = [Annotation(1.5, 2.2, "X", "", None, None)]
    found = gather(pieces, short, SPECIES, LabelRule(ambiguous="drop"), "max")
    assert found.rows.shape == (31, 3) and len(found.labels) == 31
    assert found.clip[:4].tolist() == [0, 1, 1, 2]
    stored = gathered(pieces).rows[:]
    assert np.array_equal(found.rows[:], np.delete(stored, 1, axis=0))


def test_a_piece_without_clips_adds_nothing(tmp_path):
    pieces = pieces_of(opened(tmp_path / "a.h5", originals()))
    first = pieces[0]
    none = Piece(
        VALIDATION, first.embeddings, Chosen(first.part.clips[:0], *[np.empty((0, 2), bool)] * 2)
    )
    found, expected = gathered([pieces[0], none]), gathered(pieces[:1])
    assert np.array_equal(found.labels, expected.labels)
    assert np.array_equal(found.rows[:], expected.rows[:])
    empty = gathered([none])
    assert empty.labels.shape == (0, 2) and len(empty.clip) == 0


def learnt(pieces, how="max", C=(0.1,)):
    material = gathered(pieces, how)
    return learn_logistic(Logistic(C, 3), pieces, material, roles(), "recording", how)


def test_inner_folds_are_of_recordings_where_there_are_only_two_nights(tmp_path):
    pieces = pieces_of(opened(tmp_path / "a.h5", originals()))
    by_night = {clip: row | {"group": row["night"]} for clip, row in roles().items()}
    material = gathered(pieces)
    found = learn_logistic(Logistic([0.1], 3), pieces, material, by_night, "night", "max")
    assert (found.inner.unit, found.inner.count) == ("recording", 3)
    fold = {}
    for clip, group, of in zip(
        (clip for each in pieces for clip in each.part.clips.recording),
        found.inner.group,
        found.folds,
        strict=True,
    ):
        assert clip == group
        fold.setdefault(group, set()).add(of)
    # Of four recordings, those of validation too, each stands in one fold.
    assert set(fold) == set(RECORDINGS) and all(len(of) == 1 for of in fold.values())
    assert found.about == {
        "epochs": None,
        "best_epoch": None,
        "inner_folds": 3,
        "inner_by": "recording",
        "converged": True,
    }


def test_inner_folds_keep_groups_of_a_file_together(tmp_path):
    pieces = pieces_of(opened(tmp_path / "a.h5", originals()))
    first, second = list(RECORDINGS)[:2]
    grouped = {
        clip: row | {"group": "pond" if row["recording"] in (first, second) else row["recording"]}
        for clip, row in roles().items()
    }
    found = learn_logistic(Logistic([0.1], 3), pieces, gathered(pieces), grouped, "file", "max")
    assert (found.inner.unit, found.inner.count) == ("group", 3)
    recordings = [name for each in pieces for name in each.part.clips.recording.tolist()]
    fold = {name: of for name, of in zip(recordings, found.inner.fold.tolist(), strict=True)}
    assert fold[first] == fold[second] and len(set(fold.values())) == 3


def test_a_clip_is_scored_by_the_fit_that_left_it_out_as_its_loudest_window(tmp_path):
    embeddings = opened(tmp_path / "a.h5", originals())
    pieces = pieces_of(embeddings)
    for how, combined in (("max", np.max), ("mean", np.mean)):
        found = learnt(pieces, how)
        assert found.scores.shape == (16, 2) and not np.isnan(found.scores).any()
        windows = found.fit.unseen.reshape(16, 2, 2)
        assert np.array_equal(found.scores, combined(windows, axis=1))
    # By scikit-learn: a fold's windows, by a fit to those of the other folds.
    material = gathered(pieces)
    mean, variance = moments(material.rows)
    rows = (material.rows[:].astype(float) - mean) / np.sqrt(variance)
    mine = found.inner.fold[material.clip] == 2
    for column in range(2):
        model = LogisticRegression(C=0.1, solver="newton-cholesky", tol=1e-10)
        model.fit(rows[~mine], material.labels[~mine, column])
        expected = model.predict_proba(rows[mine])[:, 1]
        assert np.allclose(found.fit.unseen[mine, column], expected, atol=1e-5)


def test_copies_are_left_out_of_every_fold_that_they_show_and_have_no_score(tmp_path):
    embeddings = opened(tmp_path / "a.h5", originals())
    stretched = stretched_clips("A", DURATION, [0.8], 5.0, 0.5)
    masked = masked_clips(originals(), "time_mask", MaskSettings(), EDGES, 1)
    masked = masked[np.isin(masked.recording, ["B", "C"])]
    copies = [
        opened(tmp_path / "s.h5", stretched, seed=1),
        opened(tmp_path / "m.h5", masked, seed=2),
    ]
    pieces = pieces_of(embeddings, copies)
    found = learnt(pieces)
    fold_of = dict(zip((c for p in pieces for c in p.part.clips.clip), found.folds, strict=True))
    for each in pieces[2:]:
        for clip, recording in zip(each.part.clips.clip, each.part.clips.recording, strict=True):
            assert fold_of[clip] == fold_of[f"{recording}_0000000"], clip
    assert np.isnan(found.scores[16:]).all() and not np.isnan(found.scores[:16]).any()


def test_where_clips_are_dealt_a_copy_may_show_several_folds(tmp_path):
    embeddings = opened(tmp_path / "a.h5", originals())
    copies = opened(tmp_path / "s.h5", stretched_clips("A", DURATION, [0.8], 5.0, 0.5), seed=1)
    pieces = pieces_of(embeddings, [copies])
    by_clip = {clip: row | {"group": clip} for clip, row in roles().items()}
    material = gathered(pieces)
    found = learn_logistic(Logistic([0.1], 4), pieces, material, by_clip, "clip", "max")
    assert (found.inner.unit, found.inner.count) == ("clip", 4)
    fold = dict(zip(originals().clip, found.folds, strict=False))
    # 4 to 8 s of the recording: two clips.
    assert set(found.folds[17].split()) == {fold["A_0000000"], fold["A_0005000"]}


def test_without_two_groups_there_are_no_inner_folds_and_no_scores(tmp_path):
    pieces = pieces_of(opened(tmp_path / "a.h5", originals()))
    one = {
        clip: row | {"group": "g", "night": "n", "recording": "r"} for clip, row in roles().items()
    }
    found = learn_logistic(Logistic([0.1, 1.0]), pieces, gathered(pieces), one, "recording", "max")
    assert found.inner.count == 0 and set(found.folds) == {""}
    assert np.isnan(found.scores).all()
    assert found.about["inner_folds"] == 0
    rows = list(clip_rows(pieces, SPECIES, found))
    assert read_unseen([{k: str(v) for k, v in row.items()} for row in rows], SPECIES) is None


def test_rows_of_a_history_are_the_penalties_that_were_tried(tmp_path):
    found = learnt(pieces_of(opened(tmp_path / "a.h5", originals())), C=(0.1, 0.001))
    rows = list(path_rows(found.fit, SPECIES))
    assert all(tuple(row) == PATH for row in rows)
    assert [(row["species"], row["C"]) for row in rows] == [
        (name, C) for name in SPECIES for C in ("0.001", "0.1")
    ]
    assert [sum(row["chosen"] for row in rows if row["species"] == name) for name in SPECIES] == [
        1,
        1,
    ]


def test_clips_tsv_gives_back_what_was_learnt(tmp_path):
    embeddings = opened(tmp_path / "a.h5", originals())
    copies = opened(tmp_path / "s.h5", stretched_clips("A", DURATION, [0.8], 5.0, 0.5), seed=1)
    pieces = pieces_of(embeddings, [copies])
    found = learnt(pieces)
    found.scores[3, 1], found.scores[0, 0] = np.nan, 1.234567891e-8
    each = [f"{what}_{name}" for what in ("score", "label") for name in SPECIES]
    write_table(tmp_path / "clips.tsv", [*COLUMNS, *each], clip_rows(pieces, SPECIES, found))
    rows = read_table(tmp_path / "clips.tsv")
    assert len(rows) == 16 + len(copies.clips)
    for row, clip in zip(rows, [c for p in pieces for c in p.part.clips.clip], strict=True):
        assert row["clip"] == clip
        assert (row["inner_group"] == "") == (row["technique"] != "original")
    assert {row["role"] for row in rows[16:]} == {"train"}
    unseen = read_unseen(rows, SPECIES)
    assert list(unseen) == [row["clip"] for row in rows[:16]]
    scores = np.array(list(unseen.values()))
    assert np.allclose(scores, found.scores[:16], rtol=1e-8, atol=0, equal_nan=True)
    assert np.isnan(scores[3, 1])
    labels = np.array([[int(row[f"label_{name}"]) for name in SPECIES] for row in rows])
    assert np.array_equal(labels, np.concatenate([each.part.labels for each in pieces]))


def test_clips_of_a_recipe_without_inner_folds_have_no_scores(tmp_path):
    pieces = pieces_of(opened(tmp_path / "a.h5", originals()))
    each = [f"{what}_{name}" for what in ("score", "label") for name in SPECIES]
    write_table(tmp_path / "clips.tsv", [*COLUMNS, *each], clip_rows(pieces, SPECIES, None))
    rows = read_table(tmp_path / "clips.tsv")
    assert {row[key] for row in rows for key in ("inner_fold", "inner_group", *each[:2])} == {""}
    assert read_unseen(rows, SPECIES) is None


@pytest.fixture
def own(tmp_path):
    """Logits of Y alone: the network knows nothing of X."""
    logits = opened(tmp_path / "o.h5", originals(), width=1, classes=["Y"])
    return pieces_of(logits)


@pytest.mark.parametrize(("how", "combined"), [("max", np.max), ("mean", np.mean)])
def test_own_classes_are_the_logits_of_windows_as_probabilities(own, how, combined):
    material = gathered(own, how)
    found = take_own_classes(own, material, roles(), "recording", how, SPECIES)
    logits = material.rows[:].reshape(16, 2, 1)
    assert np.allclose(found.scores[:, 1], combined(sigmoid(logits), axis=1)[:, 0], rtol=1e-6)
    assert np.isnan(found.scores[:, 0]).all()
    # Every clip may tune a threshold; no fold is left out of anything.
    assert set(found.folds) == {NO_FOLD} and found.inner.count == 0
    assert found.inner.unit == "recording"
    assert found.inner.group.tolist() == [n for p in own for n in p.part.clips.recording]
    assert found.about["converged"] and found.about["inner_folds"] == 0
    rows = [{k: str(v) for k, v in row.items()} for row in clip_rows(own, SPECIES, found)]
    assert {row["score_X"] for row in rows} == {""}
    assert len(read_unseen(rows, SPECIES)) == 16


def test_pooled_own_classes_are_of_the_mean_logit(own):
    material = gathered(own, "pooled")
    found = take_own_classes(own, material, roles(), "recording", "pooled", SPECIES)
    logits = gathered(own).rows[:].reshape(16, 2).mean(axis=1)
    assert np.allclose(found.scores[:, 1], sigmoid(logits), rtol=1e-6)


def test_classes_stand_in_the_order_of_the_network(tmp_path):
    own = pieces_of(opened(tmp_path / "o.h5", originals(), width=2, classes=["Y", "X"]))
    material = gathered(own)
    found = take_own_classes(own, material, roles(), "recording", "max", SPECIES)
    loudest = sigmoid(material.rows[:]).reshape(16, 2, 2).max(axis=1)
    assert np.allclose(found.scores, loudest[:, ::-1], rtol=1e-6)


def test_a_species_that_the_network_does_not_know_has_no_scores_in_the_metrics(own):
    found = take_own_classes(own, gathered(own), roles(), "recording", "max", SPECIES)
    labels = np.concatenate([each.part.labels for each in own])
    names = found.inner.group
    part = Part(labels, found.scores, names, names)
    unknown, known = tune_thresholds(SPECIES, part)
    assert (unknown["threshold"], unknown["source"], unknown["positives"]) == (0.5, "default", 0)
    assert (known["source"], known["positives"]) == ("tuned", 8)
    row = score_part(SPECIES, part, [0.5, known["threshold"]], 50, 1)
    for score in ("f1", "precision", "recall", "ap", "auroc", "f1_at_half"):
        assert row[f"{score}_X"] is None and row[f"{score}_Y"] is not None
    assert (row["n_species"], row["positives_X"], row["positive_groups_X"]) == (1, 0, 0)
    assert row["f1_macro"] == row["f1_micro"] == row["f1_Y"] and row["map"] == row["ap_Y"]


def test_who_is_learnt_from_by_role_or_together():
    rows = list(roles().values())
    role = {clip: RECORDINGS[row["recording"]] for clip, row in roles().items()}
    apart = members_of(rows, role, VALIDATION, together=False)
    assert apart == {TRAIN: {"A", "B", "C"}, VALIDATION: {"D"}}
    assert members_of(rows, role, VALIDATION, together=True) == {TOGETHER: set("ABCD")}
    role |= {clip: "test" for clip, row in roles().items() if row["recording"] == "C"}
    assert members_of(rows, role, VALIDATION, together=True) == {TOGETHER: {"A", "B", "D"}}
    # The study's way: the test part stops the training.
    assert members_of(rows, role, "test", together=False) == {TRAIN: {"A", "B"}, "test": {"C"}}


def test_a_species_that_either_part_has_is_there_where_both_are_learnt_from(tmp_path):
    pieces = pieces_of(opened(tmp_path / "a.h5", originals()))
    apart = find_missing(pieces, SPECIES, together=False)
    # Y calls in no recording of the validation part.
    assert apart == [("Y", "validation: none of 4 clips is positive for Y")]
    assert find_missing(pieces, SPECIES, together=True) == []
    for each in pieces:
        each.part.labels[:, 1] = False
    assert find_missing(pieces, SPECIES, together=True) == [
        ("Y", "train and validation: none of 16 clips is positive for Y")
    ]
    refuse_missing(apart, ["X"], "s", "1")
    with pytest.raises(UserError, match=r"split s, fold 1: cannot be used .*\n.*none of 4 clips"):
        refuse_missing(apart, SPECIES, "s", "1")


def test_what_only_unusable_recordings_had_is_refused():
    annotations = {name: found for name, found in calls().items() if name in "CD"}
    refuse_lost({TOGETHER: {"C", "D"}}, annotations, ["X"], 5.0, "s", "1")
    with pytest.raises(UserError, match="train and validation: Y calls in none of 2 usable"):
        refuse_lost({TOGETHER: {"C", "D"}}, annotations, SPECIES, 5.0, "s", "1")
    with pytest.raises(UserError, match="train: no annotated recording can be used"):
        refuse_lost({TRAIN: {"A"}, VALIDATION: {"D"}}, annotations, ["X"], 5.0, "s", "1")


def test_a_clip_in_which_somebody_heard_a_call_counts_where_the_network_takes_it_in():
    heard = [NOWHERE, Annotation(5.0, 10.0, " present X", "", None, None)]
    members = {TOGETHER: {"C"}}
    refuse_lost(members, {"C": heard}, ["X"], 5.0, "s", "1")
    with pytest.raises(UserError, match="is stated of stretches longer than the 3 s that this net"):
        refuse_lost(members, {"C": heard}, ["X"], 3.0, "s", "1")


def test_pieces_are_told_by_role_and_counted(tmp_path):
    pieces = pieces_of(opened(tmp_path / "a.h5", originals()))
    assert by_role(pieces) == ([pieces[0]], [pieces[1]])
    assert list(count_pieces(pieces, SPECIES)) == [
        "train: 12 original clips, positives {'X': 4, 'Y': 8}",
        "validation: 4 original clips, positives {'X': 4, 'Y': 0}",
    ]
    refuse_empty(pieces, "s", "1", "roles.tsv")
    with pytest.raises(UserError, match=r"split s, fold 1: no clip to train on; see roles\.tsv"):
        refuse_empty(pieces[1:], "s", "1", "roles.tsv")
