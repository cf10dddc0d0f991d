"""Frequencies are librosa's."""

import librosa
import numpy as np
import pytest

from anurans.sounds.mel import fft_frequencies, mel_filters, mel_frequencies

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


@pytest.mark.filterwarnings("ignore:Empty filters")
@pytest.mark.parametrize(("n_fft", "n_mels"), [(512, 224), (256, 128), (128, 60)])
def test_a_filter_between_two_bins_takes_both(n_fft, n_mels):
    fmin, fmax, width = 200.0, 8000.0, 22050 / n_fft
    found = mel_filters(22050, n_fft, n_mels, fmin, fmax)
    theirs = librosa.filters.mel(sr=22050, n_fft=n_fft, n_mels=n_mels, fmin=fmin, fmax=fmax)
    empty = ~theirs.any(axis=1)
    assert empty.any()
    np.testing.assert_array_equal(found[~empty], theirs[~empty])
    # Area 1 as every filter of librosa's has, and its centre where the band's is.
    np.testing.assert_allclose(found[empty].sum(axis=1) * width, 1, rtol=1e-5)
    centres = mel_frequencies(n_mels + 2, fmin, fmax)[1:-1]
    seen = found[empty] @ fft_frequencies(22050, n_fft) * width
    np.testing.assert_allclose(seen, centres[empty], rtol=1e-4)
    assert ((found[empty] > 0).sum(axis=1) <= 2).all()
