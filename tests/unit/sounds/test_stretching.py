"""Time stretching: calls of known time and pitch lie where they should in the copy."""

import numpy as np
import pytest

from anurans.annotations.formats import Annotation
from anurans.annotations.labels import cover_clips
from anurans.recordings.clips import concatenate, original_clips
from anurans.sounds.stretching import left_over, stretch, stretched_clips

SR = 22050


def blocks(sound, size=30000):
    sound = sound.astype(np.float32)
    return [sound[first : first + size] for first in range(0, len(sound), size)]


def clips(sound, rate, count, length=5.0):
    return np.stack(list(stretch(blocks(sound), SR, rate, length, range(count))))


def call(start, end, frequency, seconds=60.0):
    """Give noise with one tone."""
    time = np.arange(round(seconds * SR)) / SR
    sound = np.random.default_rng(1).normal(0, 0.01, len(time))
    during = (time >= start) & (time < end)
    sound[during] += 0.4 * np.sin(2 * np.pi * frequency * time[during])
    return sound


def heard(clip):
    """Start and end of the loud part of a clip, in s, and its pitch, in Hz."""
    sound = clip / 32768.0
    frame = SR // 100
    loud = np.sqrt((sound[: len(sound) // frame * frame].reshape(-1, frame) ** 2).mean(axis=1))
    # Noise is at 0.01. The vocoder lets the partials of a sudden tone cancel in part.
    lit = np.flatnonzero(loud > 0.04)
    middle = sound[lit[0] * frame : (lit[-1] + 1) * frame]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    return lit[0] / 100, (lit[-1] + 1) / 100, spectrum.argmax() * SR / len(middle)


def test_clips_of_a_slower_and_a_faster_copy():
    table = stretched_clips("A", 60.0, [0.5, 1.25], 5.0, 0.5)
    slow, fast = table[table.copy == 1], table[table.copy == 2]
    assert len(slow) == 24  # 120 s
    assert len(fast) == 10  # 48 s: 9 clips, and 3 s that are padded
    assert slow.clip[[0, 1, 23]].tolist() == [
        "A_0000000~time_stretch1",
        "A_0002500~time_stretch1",
        "A_0057500~time_stretch1",
    ]
    assert (slow.source_start[3], slow.source_end[3]) == (7.5, 10.0)
    assert (fast.source_start[9], fast.source_end[9]) == (56.25, 60.0)
    assert set(fast.rate) == {1.25}


@pytest.mark.parametrize(
    ("rate", "left"),
    [(0.5, 0.0), (1.0, 0.0), (1.25, 0.0), (1.4, 60 / 1.4 - 40), (0.9, 60 / 0.9 - 65)],
)
def test_what_is_left_over_is_told(rate, left):
    expected = left if left < 2.5 else 0.0
    assert left_over(60.0, rate, 5.0, 0.5) == pytest.approx(expected)


def test_rate_one_returns_the_same_clips():
    sound = call(3.0, 9.0, 1500.0, 20.0)
    expected = np.rint(sound * 32768).reshape(4, -1)
    found = clips(sound, 1.0, 4)
    # The vocoder's transform and back: within 3 of 32768, and where a bin is silent its phase.
    assert np.abs(found - expected).max() <= 3


@pytest.mark.parametrize("rate", [0.5, 0.8, 1.25, 2.0])
def test_a_call_moves_to_the_expected_clip_and_keeps_its_pitch(rate):
    start, end, frequency = 21.0, 22.0, 2000.0
    at = int(start / rate // 5)
    found = clips(call(start, end, frequency), rate, at + 1)[at]
    begin, finish, pitch = heard(found)
    assert begin == pytest.approx(start / rate - 5 * at, abs=0.06)
    assert finish == pytest.approx(min(end / rate - 5 * at, 5.0), abs=0.06)
    assert pitch == pytest.approx(frequency, rel=0.002)


def test_labels_of_a_copy_lie_where_the_call_is_heard():
    rate, calls = 0.8, [Annotation(21.0, 22.0, "A", "clear", None, None)]
    table = stretched_clips("R", 60.0, [rate], 5.0, 0.5)
    cover = cover_clips(table, {"R": calls}, {"R": 60.0}, ["A"])["A"]
    at = np.flatnonzero(cover.overlap)
    assert at.tolist() == [5]
    assert cover.overlap[5] == pytest.approx(1.0 / rate)
    begin, finish, _ = heard(clips(call(21.0, 22.0, 2000.0), rate, 6)[5])
    assert finish - begin == pytest.approx(cover.overlap[5], abs=0.1)


def test_pieces_are_the_same_as_one_and_only_wanted_clips_are_made(monkeypatch):
    sound = call(100.0, 101.0, 2000.0, 150.0)
    whole = list(stretch(blocks(sound), SR, 1.25, 5.0, range(24)))
    monkeypatch.setattr("anurans.sounds.stretching.PIECE", 31.0)
    pieces = list(stretch(blocks(sound, 7777), SR, 1.25, 5.0, range(24)))
    one, other = heard(np.array(pieces[16])), heard(np.array(whole[16]))
    assert one[:2] == pytest.approx(other[:2], abs=0.02)
    assert one[2] == pytest.approx(other[2], rel=0.002)
    assert np.corrcoef(whole[1], pieces[1])[0, 1] > 0.99
    some = list(stretch(blocks(sound), SR, 1.25, 5.0, [2, 16]))
    assert (some[0] == pieces[2]).all()
    assert (some[1] == pieces[16]).all()


def test_a_clip_beyond_the_end_is_silence_at_its_end():
    found = clips(call(0.0, 3.0, 1000.0, 3.0), 1.0, 1)[0]
    assert np.abs(found[: 2 * SR]).max() > 10000
    assert not found[round(3.1 * SR) :].any()


def test_originals_and_copies_lie_in_one_table():
    table = concatenate(
        [original_clips("A", 60.0, 5.0, 0.5), stretched_clips("A", 60, [2], 5, 0.5)]
    )
    assert len(table) == 18
    assert len(set(table.clip)) == 18
