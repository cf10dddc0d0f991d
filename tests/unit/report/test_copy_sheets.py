"""Of many copies those are drawn that together show all that there is."""

import numpy as np

from anurans.report.copy_sheets import contrast, pick


def test_few_copies_show_everything():
    shows = [({"A"}, {1}), ({"A"}, {2}), ({"A", "B"}, {1}), ({"C"}, {1})]
    # First what adds most, then what is still missing.
    assert pick(shows, 1) == [2, 3]
    assert pick(shows, 3) == [2, 3, 1]
    assert sorted(pick(shows, 9)) == [0, 1, 2, 3]


def test_contrast_leaves_noise_pale_and_never_vanishes():
    image = np.full((10, 100), 50, np.uint8)
    image[0, :50] = 200
    assert contrast(image) == (50, 200)
    assert contrast(np.full((4, 4), 7, np.uint8)) == (7, 8)
