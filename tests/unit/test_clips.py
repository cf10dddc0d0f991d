"""Where clips lie."""

import pytest

from anurans.clips import count_clips, original_clips


@pytest.mark.parametrize(
    ("duration", "expected"),
    [(60.0, 12), (59.994, 12), (62.4, 12), (62.5, 13), (2.4, 0), (2.5, 1), (60.0000001, 12)],
)
def test_number_of_clips(duration, expected):
    assert count_clips(duration, 5.0, 0.5) == expected


def test_ids_and_times():
    clips = original_clips("A_1", 59.994, 5.0, 0.5)
    assert clips.clip[[0, 1, 11]].tolist() == ["A_1_0000000", "A_1_0005000", "A_1_0055000"]
    assert clips.source_start[11] == 55.0
    assert clips.source_end[11] == 59.994
    assert set(clips.technique) == {"original"}
