"""Frequencies are librosa's."""

import librosa
import numpy as np
import pytest

from anurans.mel import fft_frequencies, mel_filters, mel_frequencies

RANGES = [(0.0, 11025.0), (200.0, 8000.0), (1200.0, 4000.0), (50.0, 900.0)]


@pytest.mark.parametrize(("fmin", "fmax"), RANGES)
def test_mel(fmin, fmax):
    expected = librosa.mel_frequencies(40, fmin=fmin, fmax=fmax)
    np.testing.assert_allclose(mel_frequencies(40, fmin, fmax), expected, rtol=1e-12)
    expected = librosa.filters.mel(sr=22050, n_fft=2048, n_mels=40, fmin=fmin, fmax=fmax)
    np.testing.assert_array_equal(mel_filters(22050, 2048, 40, fmin, fmax), expected)


def test_bins():
    np.testing.assert_allclose(
        fft_frequencies(22050, 1024), librosa.fft_frequencies(sr=22050, n_fft=1024)
    )
