"""Where clips lie."""

import pytest

from anurans.clips import copy_id, count_clips, format_intervals, original_clips, parse_intervals


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


def test_ids_of_copies_and_their_masks():
    assert copy_id("A_1", 4.0, "time_stretch", 2) == "A_1_0004000~time_stretch2"
    masks = ((0.0, 0.25), (1.5, 5.0))
    assert parse_intervals(format_intervals(masks)) == masks
    assert parse_intervals("") == ()
