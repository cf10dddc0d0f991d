"""Clips are covered by windows, evenly; what is silent by the digit holds faint noise."""

import numpy as np
import pytest
from networks import needs_birdnet

from anurans.networks.sound_embedders import OpenVinoSound, open_source
from anurans.networks.sound_export import export_sound
from anurans.networks.sound_networks import sound_settings
from anurans.sounds.windows import (
    NOISE,
    Windows,
    combine,
    faint_noise,
    together,
    window_starts,
    zero_runs,
)

SR = 8000


def windows(length=5.0, window=3.0, sr=SR, seed=1):
    return Windows(sr, round(window * sr), length, seed)


def loud(seconds=5.0, sr=SR):
    return np.random.default_rng(2).integers(1, 20000, round(seconds * sr)).astype(np.int16)


@pytest.mark.parametrize(
    ("length", "window", "starts"),
    [
        (5, 3, [0, 2]),
        (3, 3, [0]),
        (3, 5, [0]),
        (6, 3, [0, 3]),
        (7, 3, [0, 2, 4]),
        (5, 1, [0, 1, 2, 3, 4]),
        (3.0, 0.1 * 3, [0, 0.3, 0.6, 0.9, 1.2, 1.5, 1.8, 2.1, 2.4, 2.7]),
        (5, 4.999, [0, 0.001]),
    ],
)
def test_a_clip_is_covered_by_as_few_windows_as_needed_evenly(length, window, starts):
    assert window_starts(length, window) == pytest.approx(starts)


@pytest.mark.parametrize("sr", [8000, 11025, 22050, 48000])
@pytest.mark.parametrize(("length", "window"), [(5.0, 3.0), (5.0, 0.96), (2.5, 1.1)])
def test_every_sample_of_a_clip_is_in_a_window(sr, length, window):
    clip = np.arange(1, round(length * sr) + 1).astype(np.int16) | 1
    of = windows(length, window, sr)
    found = of.cut(clip, "a")
    assert found.shape == (len(of.starts), of.samples) and found.dtype == np.float32
    sound = clip.astype(np.float32) / 32768
    assert np.array_equal(found[0], sound[: of.samples])
    assert np.array_equal(found[-1], sound[len(sound) - of.samples :])
    assert np.abs(np.diff(of.starts)).max() <= of.window + 1 / sr


def test_a_clip_shorter_than_a_window_is_padded_with_faint_noise():
    clip = loud(3.0)
    (found,) = windows(3.0, 5.0).cut(clip, "a")
    assert np.array_equal(found[: len(clip)], clip / np.float32(32768))
    assert np.array_equal(found[len(clip) :], faint_noise(1, "a", len(found))[len(clip) :])


def test_runs_of_zeros_hold_noise_and_single_zeros_stay():
    clip = loud()
    clip[100] = 0
    clip[8000:12000] = 0
    first, second = windows().cut(clip, "a")
    noise = faint_noise(1, "a", len(clip))
    assert first[100] == 0
    assert np.array_equal(first[8000:12000], noise[8000:12000])
    # Both windows hear the same: the second begins at 2 s.
    assert np.array_equal(first[2 * SR :], second[:SR])


def test_where_images_end_is_needed_to_mask_bands():
    with pytest.raises(ValueError, match="top is needed"):
        windows().cut(loud(), "a", "frequency_mask", "100-200")


def test_noise_is_as_faint_as_is_said_and_of_the_clip_and_the_seed_alone():
    noise = faint_noise(1, "a", 100_000)
    assert 20 * np.log10(noise.std()) == pytest.approx(NOISE, abs=0.1)
    assert np.array_equal(noise[:500], faint_noise(1, "a", 500))
    assert not np.array_equal(noise, faint_noise(2, "a", 100_000))
    assert not np.array_equal(noise, faint_noise(1, "b", 100_000))


@pytest.mark.parametrize("least", [1, 3, 40])
def test_runs_are_found_wherever_they_lie(least):
    rng = np.random.default_rng(least)
    for _ in range(50):
        audio = np.repeat(rng.integers(0, 2, 30), rng.integers(1, 90, 30)).astype(np.int16)
        text = "".join(map(str, audio))
        expected = np.zeros(len(audio), bool)
        at = 0
        for run in text.replace("01", "0 1").replace("10", "1 0").split():
            expected[at : at + len(run)] = run[0] == "0" and len(run) >= least
            at += len(run)
        assert np.array_equal(zero_runs(audio, least), expected)


def test_windows_are_put_together_without_parting_a_clip():
    clips = [np.full((2, 4), number) for number in range(5)]
    assert [len(batch) for batch in together(clips, 4)] == [4, 4, 2]
    assert [len(batch) for batch in together(clips, 3)] == [4, 4, 2]
    assert [len(batch) for batch in together(clips, 1)] == [2] * 5
    assert np.array_equal(np.concatenate(list(together(clips, 4))), np.concatenate(clips))


def test_scores_of_windows_make_one_of_a_clip():
    scores = np.array([[[0.1, 0.9], [0.3, 0.2]], [[0.5, 0.5], [0.5, 0.7]]], np.float32)
    assert combine(scores, "max") == pytest.approx(np.array([[0.3, 0.9], [0.5, 0.7]]))
    assert combine(scores, "mean") == pytest.approx(np.array([[0.2, 0.55], [0.5, 0.6]]))
    assert combine(scores, "mean").dtype == np.float32
    assert combine(scores[..., None], "max").shape == (2, 2, 1)


@needs_birdnet
def test_engines_agree_on_silence_by_the_noise_alone(tmp_path):
    settings = sound_settings({"architecture": "BirdNET"})
    files = tmp_path / "model.xml", tmp_path / "model.bin"
    export_sound(settings, "openvino", "f32", *files)
    engines = OpenVinoSound(files[0], settings, "f32", 1), open_source(settings, "litert", 1)
    clip = np.rint(np.random.default_rng(1).normal(0, 300, 5 * 48000)).astype(np.int16)
    clip[2 * 48000 :] = 0

    def apart(windows):
        one, other = (next(engine.embed([windows])) for engine in engines)
        return (np.linalg.norm(one - other, axis=1) / np.linalg.norm(other, axis=1)).max()

    plain = np.stack([clip[: 3 * 48000], clip[2 * 48000 :]]) / np.float32(32768)
    assert apart(plain) > 0.01
    assert apart(windows(sr=48000).cut(clip, "a")) < 1e-4
