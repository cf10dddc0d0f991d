"""What is near an example, and what to annotate next, among few embeddings."""

import numpy as np
import pytest

from anurans.review.search import nearest, nearness, recall_at
from anurans.review.suggestions import Unheard, disagreement, rarity, suggest


def test_a_clip_is_as_near_as_its_nearest_window():
    clips = np.array([[[1.0, 0], [0, 1]], [[0, 1], [0, 1]], [[1, 1], [0, -1]]])
    near = nearness(np.array([[2.0, 0.0]]), clips)
    assert near == pytest.approx([1, 0, np.sqrt(0.5)])
    at, values = nearest(np.array([[2.0, 0.0]]), clips, 2)
    assert at.tolist() == [0, 2] and values == pytest.approx([1, np.sqrt(0.5)])


def test_standardised_values_that_are_large_everywhere_do_not_hide_others():
    rng = np.random.default_rng(0)
    clips = rng.normal(size=(200, 8)) + np.array([100.0, *[0] * 7])
    clips[:5, 3] += 20
    example = clips[:1]
    first, _ = nearest(example, clips, 5, "standardised")
    assert set(first.tolist()) == {0, 1, 2, 3, 4}
    plain = nearness(example, clips)
    assert plain.min() > 0.95


def test_blocks_are_as_one(monkeypatch):
    clips = np.random.default_rng(0).normal(size=(50, 2, 4))
    whole = nearness(clips[0], clips)
    monkeypatch.setattr("anurans.review.search.BLOCK", 7)
    assert np.array_equal(nearness(clips[0], clips), whole)


def test_recall_is_of_what_could_be_found():
    labels = np.array([True] * 4 + [False] * 16)
    order = np.array([0, 10, 1, 11, 2, 12, 3, *range(4, 10), *range(13, 20)])
    assert recall_at(labels, order, (2, 10)) == [0.5, 1.0]
    assert np.isnan(recall_at(np.zeros(20, bool), order)).all()


def test_folds_that_agree_say_nothing_however_unsure():
    chances = np.array([[[0.5, 0.5]], [[0.0, 1.0]], [[0.9, 0.9]]])
    assert disagreement(chances)[:, 0] == pytest.approx([0, 1, 0])


def test_a_rare_species_weighs_by_the_root():
    assert rarity([200, 50, 2, 0]).tolist() == pytest.approx([1, 1, 5, np.sqrt(50)])


def unheard(n=60):
    rng = np.random.default_rng(0)
    chances = np.full((n, 2, 3), 0.5)
    chances[:20, 0] = [0.1, 0.5, 0.9]
    chances[20:30, 1] = [0.2, 0.5, 0.8]
    points = rng.normal(size=(n, 6)) * 0.05
    # The folds disagree about two sounds of species A, and about one of species B.
    points[:10, 0] += 1
    points[10:20, 1] += 1
    points[20:30, 2] += 1
    points[30:, 3] += 1
    return Unheard(chances, points, np.zeros(n), 1.0)


def test_suggestions_are_of_each_kind_of_sound():
    rows = suggest(unheard(), ("A", "B"), (80, 80), 3)
    assert {row["at"] // 10 for row in rows} == {0, 1, 2}
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert rows[0]["why"].startswith("folds give A 0.10 to 0.90")
    assert suggest(unheard(), ("A", "B"), (80, 80), 3) == rows


def test_what_is_annotated_already_is_not_suggested_first():
    clips = unheard()
    rows = suggest(clips, ("A", "B"), (80, 80), 1, among=clips.embeddings[:10])
    assert rows[0]["at"] // 10 == 1


def test_rare_species_and_drift_come_first_and_it_is_said():
    clips = unheard()
    assert suggest(clips, ("A", "B"), (500, 2), 1)[0]["species"] == "B"
    clips.distances[25] = 3.0
    (row,) = suggest(clips, ("A", "B"), (500, 2), 1)
    assert row["at"] == 25 and row["outside"] == "yes"
    assert "only 2 clips of it are annotated; it sounds unlike the training" in row["why"]
