"""Strata and samples whose probabilities can be counted."""

import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.review.sampling import allocate, draw_sample, interleave, lay_strata


def test_half_of_the_calls_are_expected_in_the_upper_stratum():
    chances = np.array([0.9, 0.8, 0.6, 0.5, 0.1, 0.05, 0.03, 0.02])[:, None]
    names, stratum = lay_strata(chances, ("A",), 10)
    assert names == ("A high", "A middle", "low")
    # 3.0 calls: 1.7 before the third clip, and 2.8 before the fifth.
    assert stratum.tolist() == [0, 0, 1, 1, 2, 2, 2, 2]


def test_a_clip_of_two_species_is_in_the_stratum_of_the_rarer():
    chances = np.full((40, 2), 1e-4)
    chances[:20, 0] = 0.9
    chances[18:20, 1] = 0.9
    names, stratum = lay_strata(chances, ("common", "rare"), 10)
    assert [names[at] for at in stratum[18:20]] == ["rare high", "rare high"]
    assert {names[at] for at in stratum[:18]} == {"common high", "common middle"}


@pytest.mark.parametrize(
    ("most", "strata"),
    [
        (5, {"A high", "A middle", "B high", "B middle", "low"}),
        (3, {"A expected", "B expected", "low"}),
        (2, {"high", "middle", "low"}),
    ],
)
def test_strata_are_no_more_than_a_sample_can_fill(most, strata):
    rng = np.random.default_rng(0)
    names, stratum = lay_strata(rng.beta(0.3, 2, (400, 2)), ("A", "B"), most)
    assert set(names) == strata
    assert (np.bincount(stratum) > 0).all()


def test_allocation_is_neymans_within_what_there_is():
    assert allocate(np.array([900, 100]), np.array([0.1, 0.9]), 60, 0).tolist() == [30, 30]
    assert allocate(np.array([900, 100]), np.array([0.0, 0.9]), 60).tolist() == [10, 50]
    assert allocate(np.array([900, 20]), np.array([0.01, 0.9]), 60).tolist() == [40, 20]
    assert allocate(np.array([5, 7]), np.array([0.5, 0.5]), 60).tolist() == [5, 7]
    assert allocate(np.array([50, 70]), np.array([0.0, 0.0]), 60).sum() == 60


def test_each_clip_is_drawn_as_often_as_is_said():
    chances = np.random.default_rng(1).beta(0.3, 3, (60, 2))
    times = np.zeros(60)
    draws = 500
    for seed in range(draws):
        sample = draw_sample(chances, ("A", "B"), 25, seed, minimum=3)
        times[sample.chosen] += 1
    said = (sample.drawn / sample.sizes)[sample.stratum]
    assert sample.drawn.sum() == 25 == len(sample.chosen)
    assert np.abs(times / draws - said).max() < 4.5 * np.sqrt(0.25 / draws)


def test_every_beginning_has_its_share_of_each_stratum():
    rng = np.random.default_rng(0)
    order = interleave([np.arange(100), 100 + np.arange(20)], rng)
    for k in (6, 30, 60, 120):
        rare = (order[:k] >= 100).sum()
        assert abs(rare - k / 6) <= 1
    assert sorted(order.tolist()) == list(range(120))


def test_the_same_seed_draws_the_same_clips():
    chances = np.random.default_rng(1).random((500, 3))
    one, same, other = (draw_sample(chances, "ABC", 50, seed) for seed in (1, 1, 2))
    assert one.chosen.tolist() == same.chosen.tolist() != other.chosen.tolist()


@pytest.mark.fault(
    "Review",
    "no new recording has a clip to draw",
    sees="No clip of the new recordings is there to be drawn",
    kept="nothing is drawn",
)
def test_nothing_can_be_drawn_from_no_clips(sees):
    with pytest.raises(UserError, match=sees):
        draw_sample(np.zeros((0, 2)), "AB", 50, 1)
