"""Events of clips whose runs are worked out by hand."""

import numpy as np
import pytest

from anurans.listening.scoring import overlapping_clips
from anurans.scores.events import Event, find_events, merge, resolution, runs


def events(positive, length=5.0, steps=1, gap=0.0, scores=None, end=None):
    """Start and end of the events of clips that begin every length / steps s."""
    positive = np.array(positive, bool)
    starts = np.arange(len(positive)) * length / steps
    ends = starts + length
    if end is not None:
        ends = np.minimum(ends, end)
    scores = np.full(len(positive), 0.5) if scores is None else np.array(scores)
    found = find_events("A", starts, ends, positive, scores, scores / 2, length, steps, gap)
    return [(each.start, each.end) for each in found]


def test_without_overlap_neighbouring_clips_are_one_event():
    assert events([0, 1, 1, 0, 0, 1, 0]) == [(5, 15), (25, 30)]
    assert events([1, 1, 1]) == [(0, 15)]
    assert events([0, 0, 0]) == []
    assert events([]) == []


def test_the_last_clip_ends_with_its_recording():
    assert events([0, 0, 1], end=13.0) == [(10, 13)]


def test_a_short_call_in_the_overlap_of_two_clips_is_where_they_overlap():
    # Clips from 0, 2.5, 5, ...: those of 5 and 7.5 touch a call at 8 to 9.
    assert events([0, 0, 1, 1, 0, 0], steps=2) == [(7.5, 10)]


def test_a_long_call_keeps_what_the_clips_at_its_ends_tell():
    # A call from 6 to 14 touches the clips of 2.5 to 12.5: it begins in 5 to 7.5, less the 0.25 s
    # that it covers of a clip at least, and ends in 12.5 to 15.
    assert events([0, 1, 1, 1, 1, 1, 0], steps=2) == [(6, 14)]
    # No more than to one step.
    assert events([0, 1, 1, 1, 0], steps=2) == [(6, 9)]
    assert events([0, 1, 1, 1, 0], length=2.0, steps=4) == [(1.75, 2.25)]


def test_a_run_too_short_for_a_call_is_a_step_in_its_middle():
    assert events([0, 0, 1, 0, 0], steps=2) == [(6.25, 8.75)]


def test_at_the_ends_of_a_recording_nothing_is_taken_off():
    assert events([1, 0, 0, 0], steps=2) == [(0, 2.5)]
    assert events([0, 0, 0, 1], steps=2) == [(10, 12.5)]
    assert events([1, 1, 1, 1], steps=2) == [(0, 12.5)]


def test_events_nearer_than_the_gap_are_one():
    positive = [1, 0, 1, 0, 0, 1]
    assert events(positive, gap=5.0) == [(0, 5), (10, 15), (25, 30)]
    assert events(positive, gap=5.1) == [(0, 15), (25, 30)]
    assert events(positive, gap=100) == [(0, 30)]


def test_an_event_has_the_highest_score_of_its_positive_clips():
    starts = np.array([0.0, 5.0, 10.0, 15.0])
    scores = np.array([0.2, 0.9, 0.6, 0.95])
    positive = np.array([False, True, True, False])
    of = (starts, starts + 5, positive, scores, scores / 2)
    assert find_events("A", *of, 5.0, 1, 0.0) == [Event("A", 5, 15, 0.9, 0.45)]


def test_clips_that_are_not_neighbours_are_not_a_run():
    starts = np.array([0.0, 5.0, 20.0, 25.0])
    assert list(runs(starts, np.ones(4, bool), 5.0)) == [(0, 1), (2, 3)]


def test_merging_keeps_the_longer_end():
    long, inside = Event("A", 0, 10, 0.5, 0.4), Event("A", 2, 5, 0.9, 0.8)
    assert merge([long, inside], 0.0) == [Event("A", 0, 10, 0.9, 0.8)]


@pytest.mark.parametrize("steps", [1, 2, 4, 5, 10])
def test_ends_of_a_perfect_listeners_events_are_off_by_the_resolution(steps):
    rng, length, errors = np.random.default_rng(steps), 5.0, []
    for _ in range(50):
        start = rng.uniform(5, 45)  # away from the ends, where no clip tells
        end = start + rng.uniform(0.5, 9)
        starts = np.arange(0, 55.01, length / steps)
        covered = np.minimum(end, starts + length) - np.maximum(start, starts)
        positive = covered >= 0.25
        of = (starts, starts + length, positive, positive * 1.0, positive * 1.0)
        (event,) = find_events("A", *of, length, steps, 0.0)
        far = resolution(length, steps) + 0.25 + 1e-6
        step = length / steps
        if event.end - event.start > step + 1e-6:
            assert abs(event.start - start) <= far and abs(event.end - min(end, 60.0)) <= far
            errors.append((event.start - start, end - event.end))
        else:
            # A short call is somewhere in it, or at its side.
            assert event.start - far <= start and end <= event.end + far
    # As often too long as too short, but without overlap.
    assert steps == 1 or np.abs(np.mean(errors, axis=0)).max() < 0.2 + step / 6


@pytest.mark.parametrize("steps", [1, 2, 4, 5, 10])
@pytest.mark.parametrize("rest", [0.0, 2.5, 2.6, 3.0, 3.7, 4.0, 4.9])
def test_before_the_padded_last_clip_no_event_is_torn_or_turned_round(steps, rest):
    length, duration = 5.0, 15.0 + rest
    clips = overlapping_clips("R", duration, length, 0.5, steps)
    starts, ends = clips.source_start, clips.source_end
    assert ends[-1] == pytest.approx(duration)
    for call in ((10.0, duration), (6.0, 11.0), (duration - 0.4, duration)):
        positive = (starts < call[1] - 1e-6) & (ends > call[0] + 1e-6)
        of = (starts, ends, positive, positive * 1.0, positive * 1.0)
        (event,) = find_events("A", *of, length, steps, 0.0)
        off = max(0.0, length / steps / 2 - 0.25) * (steps > 1) + 1e-6
        assert max(0, call[0] - length) <= event.start <= call[0] + off
        assert call[1] - off <= event.end <= min(duration, call[1] + length) + 1e-6
    # The padded clip alone, and each other one.
    for at in range(len(starts)):
        positive = np.arange(len(starts)) == at
        of = (starts, ends, positive, positive * 1.0, positive * 1.0)
        (event,) = find_events("A", *of, length, steps, 0.0)
        assert starts[at] <= event.start < event.end <= ends[at] + 1e-6, (at, event)
