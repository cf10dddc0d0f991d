"""The size of images and the mel scale, for what must start without NumPy."""

import math

SIZE = 224  # rows and columns of an image

# Slaney (1998), Auditory Toolbox: linear below 1 kHz, logarithmic above.
LINEAR, BREAK = 200 / 3, 1000.0  # Hz a mel, and Hz
STEP = math.log(6.4) / 27  # of the logarithm, a mel


def mels(frequency: float) -> float:
    """A frequency, in Hz, on the mel scale, as `librosa.hz_to_mel` counts it."""
    if frequency >= BREAK:
        return BREAK / LINEAR + math.log(frequency / BREAK) / STEP
    return frequency / LINEAR
