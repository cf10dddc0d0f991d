"""What pixels stand for: a tone and a click of known place lie where the axes say."""

import numpy as np
import pytest

from anurans.sounds.image_axes import SIZE, frequency_edges, time_edges
from anurans.sounds.spectrograms import Imager, SpectrogramSettings

SR, SECONDS = 22050, 5.0
SAMPLES = round(SR * SECONDS)


def image(sound, **settings):
    audio = np.rint(sound * 20000).astype(np.int16)[None]
    return Imager(SpectrogramSettings(**settings), SR, SAMPLES, SIZE).images(audio)[0]


@pytest.mark.parametrize("frequency", [700.0, 1000.0, 2500.0, 6000.0])
@pytest.mark.parametrize("scale", ["mel", "log", "linear"])
def test_a_tone_lies_in_its_row(scale, frequency):
    settings = {"scale": scale, "n_fft": 2048, "n_mels": 128, "fmin": 200.0, "fmax": 8000.0}
    sound = np.sin(2 * np.pi * frequency * np.arange(SAMPLES) / SR)
    row = image(sound, **settings).astype(float).sum(axis=1).argmax()
    edges = frequency_edges(scale, SR, 2048, 128, 200.0, 8000.0)
    # Half a band of 128, or a bin, is about a row of 224.
    assert edges[max(0, row - 2)] <= frequency <= edges[min(SIZE, row + 3)]


@pytest.mark.parametrize("time", [0.5, 2.0, 4.5])
@pytest.mark.parametrize("hop_length", [494, 256])
def test_a_click_lies_in_its_column(time, hop_length):
    sound = np.zeros(SAMPLES)
    sound[round(time * SR)] = 1.0
    lit = image(sound, n_fft=512, hop_length=hop_length).astype(float).sum(axis=0)
    column = np.flatnonzero(lit == lit.max()).mean()
    edges = time_edges(SR, SAMPLES, hop_length)
    assert np.interp(column + 0.5, np.arange(SIZE + 1), edges) == pytest.approx(time, abs=0.02)


@pytest.mark.parametrize("bands", [8, 64, 128, 400])
@pytest.mark.parametrize("scale", ["mel", "log", "linear"])
def test_edges_rise_and_the_outermost_own_the_rest(scale, bands):
    edges = frequency_edges(scale, SR, 1024, bands, 200.0, 8000.0)
    assert len(edges) == SIZE + 1
    assert (np.diff(edges) > 0).all()
    assert (edges[0], edges[-1]) == (0.0, SR / 2)
    times = time_edges(SR, SAMPLES, 494)
    assert len(times) == SIZE + 1
    assert (np.diff(times) > 0).all()
    assert (times[0], times[-1]) == (0.0, SECONDS)
