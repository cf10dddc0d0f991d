"""Which clips of new recordings are looked at, by scores that are known."""

import numpy as np
import pytest

from anurans.annotations.labels import MEASURES, LabelRule
from anurans.heads.dense import Head, Layer
from anurans.listening.detector import Detector
from anurans.recordings.clips import clips_at, concatenate
from anurans.review.candidates import (
    annotated_clips,
    choose_candidates,
    count_positives,
    fold_chances,
    stretches,
    touching,
)
from anurans.review.day_embeddings import best_windows, pick
from anurans.scores.probabilities import Curve
from anurans.sounds.shards import write_shard

SPECIES = ("A", "B")
# Of folds that agree, and of folds that do not, the more the further apart.
AGREED, APART, FURTHER = (0.5, 0.5), (0.3, 0.7), (0.1, 0.9)


@pytest.fixture
def day(tmp_path):
    """Write scores of a day: of each recording, what the folds say of A in each of its clips."""

    def writing(name, recordings, overlap=0.0):
        steps = round(1 / (1 - overlap))
        tables, scores = [], []
        for recording, of in recordings.items():
            starts = [5.0 * at / steps for at in range(len(of))]
            tables.append(clips_at(recording, starts, 5.0 * len(of), 5.0))
            scores += [[each, AGREED] for each in of]
        about = {"species": SPECIES, "folds": ["1", "2"], "settings": {"length": 5.0}}
        metadata = {"detection": about | {"overlap": overlap}, "recordings": [*recordings]}
        path = tmp_path / f"{name}.h5"
        table, values = concatenate(tables), np.array(scores)
        write_shard(path, table, [values], (2, 2), "float32", metadata)
        return str(path)

    return writing


def chosen(paths, far=None, known=(), n=10, weights=(1.0, 1.0)):
    curves = dict.fromkeys(SPECIES)
    rows = choose_candidates(paths, curves, np.array(weights), far or {}, known, n)
    return [(row["recording"], row["start"]) for row in rows]


def test_clips_come_in_the_order_of_what_folds_disagree_about(day):
    paths = [day("1", {"r1": [AGREED, APART], "r2": [FURTHER]}), day("2", {"r3": [APART]})]
    assert chosen(paths) == [("r2", 0), ("r1", 5), ("r3", 0), ("r1", 0)]
    assert chosen(paths, n=1) == [("r2", 0)]


def test_of_clips_that_overlap_those_are_taken_that_training_would_cut(day):
    path = day("1", {"r1": [AGREED, FURTHER, APART]}, overlap=0.5)
    assert chosen([path]) == [("r1", 5), ("r1", 0)]


def test_a_recording_unlike_those_of_training_comes_earlier(day):
    path = day("1", {"r1": [APART], "r2": [(0.29, 0.71)]})
    assert chosen([path])[0] == ("r2", 0)
    assert chosen([path], far={"r1": 0.5})[0] == ("r1", 0)


def test_what_is_known_is_left_out(day):
    path = day("1", {"r1": [FURTHER, APART, AGREED], "r2": [AGREED]})
    # An answer about a stretch of a clip is one about the clip; one that ends where it begins not.
    known = {"r1": [(2.0, 5.0)]}, {"r2": [(0.0, 60.0)]}
    assert chosen([path], known=known) == [("r1", 5), ("r1", 10)]
    assert chosen([path], known=({"r1": [(0, 99)], "r2": [(0, 99)]},)) == []


def test_probabilities_are_of_each_fold_and_scores_where_there_is_no_calibrator():
    curve = Curve(np.array([[0.0, 0.0], [0.5, 0.1], [1.0, 1.0]]))
    found = fold_chances(np.array([[[0.5, 1.0], [0.5, 1.0]]]), [curve, None])
    assert found.tolist() == [[[0.1, 1.0], [0.5, 1.0]]]


def label_row(start, **cells):
    row = {"clip": f"c{start}", "recording": "r1", "start": f"{start}", "end": f"{start + 5}"}
    for name in SPECIES:
        overlap = cells.get(name, "0")
        values = (overlap, overlap and "0", overlap and "0", "")
        row |= {f"{name}_{what}": v for what, v in zip(MEASURES, values, strict=True)}
    return row


def test_known_clips_and_positives_are_counted():
    tables = [[label_row(0, A="2.0"), label_row(5)], [label_row(10, A="1.0", B="")]]
    assert count_positives(tables, SPECIES, LabelRule()) == [2, 0]
    # Of the last clip nobody knows whether B calls.
    assert annotated_clips(tables, SPECIES) == {"r1": [(0, 5), (5, 10)]}


def test_rows_of_several_species_are_one_stretch():
    rows = [{"recording": "r1", "start": "3.000000", "end": "6"}] * 2
    assert stretches(rows) == {"r1": [(3.0, 6.0)]}
    assert touching(clips_at("r1", [0, 5, 10], 15, 5), stretches(rows)).tolist() == [
        *(True, True, False)
    ]


def test_clips_are_picked_by_recording_and_time():
    table = concatenate([clips_at("r1", [0, 5], 10, 5), clips_at("r2", [0, 5], 10, 5)])
    rows = [{"recording": "r2", "start": "5.000000"}, {"recording": "r1", "start": "0.000000"}]
    assert pick(table, rows).clip.tolist() == [table.clip[0], table.clip[3]]


def test_the_window_is_asked_about_in_which_the_species_is_heard():
    kernel = np.eye(2, dtype=np.float32)
    head = Head([Layer("out", kernel, np.zeros(2, np.float32), "sigmoid")], None)
    about = {"species": SPECIES, "combine": "max"}
    detector = Detector(about, (head, head), np.zeros((1, 2)), np.zeros(2))
    embeddings = np.array([[[3, 0], [0, 2]], [[3, 0], [0, 2]], [[1, 1], [1, 1]]], np.float32)
    assert best_windows(detector, embeddings, np.array([0, 1, 1])).tolist() == [0, 1, 0]
