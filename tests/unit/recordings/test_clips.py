"""Where clips lie."""

import pytest

from anurans.recordings.clips import (
    clip_table,
    copy_id,
    count_clips,
    format_intervals,
    original_clips,
    parse_intervals,
    windows_of,
)


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


def spans(table):
    return list(zip(table.source_start.tolist(), table.source_end.tolist(), strict=True))


def copy_of(technique, start=10.0, end=15.0, rate=1.0, masks=""):
    """Table of one copy."""
    about = {"clip": f"A~{technique}1", "recording": "A", "technique": technique, "copy": 1}
    about |= {"source_start": start, "source_end": end, "rate": rate, "masks": masks}
    return clip_table([about])


def test_windows_of_clips_stand_clip_by_clip():
    table = windows_of(original_clips("A", 10.0, 5.0, 0.5), [0.0, 2.0], 3.0)
    assert table.clip.tolist() == ["A_0000000"] * 2 + ["A_0005000"] * 2
    assert spans(table) == [(0.0, 3.0), (2.0, 5.0), (5.0, 8.0), (7.0, 10.0)]


def test_a_window_shows_no_more_than_its_clip():
    # A clip shorter than a window; and a last one, padded with silence from 13 s on.
    assert spans(windows_of(original_clips("A", 3.0, 3.0, 0.5), [0.0], 5.0)) == [(0.0, 3.0)]
    last = original_clips("A", 13.0, 5.0, 0.5)[[2]]
    assert spans(windows_of(last, [0.0, 2.5], 2.5)) == [(10.0, 12.5), (12.5, 13.0)]
    assert spans(windows_of(last, [0.0, 4.0], 1.0)) == [(10.0, 11.0), (13.0, 13.0)]


def test_windows_of_a_stretched_copy_lie_in_the_time_of_the_recording():
    # At a rate of 0.8 5 s of the copy are 4 s of the recording.
    table = windows_of(copy_of("time_stretch", 8.0, 12.0, 0.8), [0.0, 2.0], 3.0)
    assert table.source_start.tolist() == pytest.approx([8.0, 9.6])
    assert table.source_end.tolist() == pytest.approx([10.4, 12.0])
    assert table.rate.tolist() == [0.8, 0.8]


def test_time_masks_move_into_the_windows_that_they_lie_in():
    table = windows_of(copy_of("time_mask", masks="1.000000-2.500000"), [0.0, 2.0, 2.5], 2.5)
    moved = [parse_intervals(text) for text in table.masks]
    assert moved == [((1.0, 2.5),), ((0.0, 0.5),), ()]
    both = windows_of(copy_of("time_mask", masks="0.500000-1.000000;3.500000-5.000000"), [2.0], 3.0)
    assert parse_intervals(both.masks[0]) == ((1.5, 3.0),)


def test_frequency_masks_are_those_of_the_clip():
    table = windows_of(copy_of("frequency_mask", masks="1000.000000-2000.000000"), [0.0, 2.0], 3.0)
    assert table.masks.tolist() == ["1000.000000-2000.000000"] * 2
    assert len(windows_of(original_clips("A", 1.0, 5.0, 0.5), [0.0], 3.0)) == 0
