"""Synthetic sound for the demo: frog calls where the labels say so, over rain, insects and wind.

The calls are illustrative, they claim no realism. What is taken from publications, as read there:

- PHYCUV, *Physalaemus cuvieri*: a single harmonic note of 0.257 to 0.311 s; fundamental about
  650 Hz, about seven harmonics, dominant frequency about 690 to 780 Hz, most energy between 500
  and 1300 Hz; falling, after a rise and fall in the first half, and turned up at the end;
  subharmonics in about the first half; peak before the middle. Hepp and Pombal (2020), Review of
  bioacoustical traits in the genus Physalaemus, Zootaxa 4725(1), treatment of the species (p. 64).
- BOAALB, *Boana albopunctata*: dominant frequency 2168 Hz, in the table (data/raw_data.csv of
  github.com/paternogbc/2015_Rohr_et_al_JAEcol) behind Röhr et al. (2015), Background noise as a
  selective pressure, Organisms Diversity & Evolution 16, 269-273. The length, pulses and sweep of
  its note here are illustrative.
- BOALUN, *Boana lundii*, and the call given to every other species: illustrative throughout.

How calls fill an annotation, their levels, the males and the background are made up.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

SAMPLE_RATE = 22050  # Hz, as INCT41
# Decibels above the background in the species' band, on the annotated channel.
LEVELS = {"far": (0.0, 6.0), "medium": (8.0, 13.0), "clear": (17.0, 22.0)}
TAIL = 0.25  # s, of the smear behind a far call


@dataclass(frozen=True)
class CallType:
    """What a species' call is made of.

    Attributes
    ----------
    band : (float, float)
        Hz, where most of its energy lies; levels refer to the background in this band.
    duration : (float, float)
        s, shortest and longest call.
    interval : (float, float)
        s, from the start of a male's call to the start of his next.
    note : callable
        `note(time, duration, male, rng)`: the waveform `[shape=(n,)]` at `time` (s).
    """

    band: tuple[float, float]
    duration: tuple[float, float]
    interval: tuple[float, float]
    note: Callable


@dataclass(frozen=True)
class Male:
    """What sets one calling male apart: `pitch` and `rate`, factors near 1."""

    pitch: float
    rate: float


def stream(*keys) -> np.random.Generator:
    """A generator that depends on `keys` alone, the same on every machine.

    Only `random` is drawn from it: its numbers are integer arithmetic, without the system's `log`
    or `exp`, so they are the same to the bit everywhere.
    """
    digest = hashlib.sha256("\x1f".join(map(str, keys)).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))


def uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A number between `low` and `high`."""
    return low + (high - low) * rng.random()


def synthesise_recording(
    annotations: Iterable,
    recording: str,
    channel: str,
    seed: int,
    sr: int = SAMPLE_RATE,
    duration: float = 60.0,
) -> np.ndarray:
    """Make the sound of one recording from its annotations.

    The background depends on `seed` and `recording` alone, and each annotation's calls on these
    and the annotation: an edited annotation leaves every other sound as it was.

    Parameters
    ----------
    annotations : iterable
        Objects with `start`, `end` (s), `species` (code) and `grade`: far, medium, clear, or ""
        for a level like medium.
    recording : str
        Its name.
    channel : str
        `left` or `right`: the one annotated, where calls are strongest.
    seed : int
    sr : int
        Samples per second.
    duration : float
        s. Annotations that run past it are cut.

    Returns
    -------
    np.ndarray [shape=(n, 2)], int16
        Left and right.
    """
    if channel not in ("left", "right"):
        raise ValueError(f"channel is left or right, not {channel!r}")
    n = round(duration * sr)
    sound = background(stream(seed, recording, "background"), n, sr)
    near = ("left", "right").index(channel)
    power = np.abs(np.fft.rfft(sound[near])) ** 2
    other = 10 ** (uniform(stream(seed, recording, "other channel"), -9.0, -5.0) / 20)
    calls = np.zeros(n)
    for annotation in annotations:
        add_calls(calls, annotation, power, recording, seed, sr)
    sound[near] += calls
    sound[1 - near] += other * calls
    return np.clip(np.rint(sound.T * 32767), -32768, 32767).astype(np.int16)


def add_calls(
    calls: np.ndarray, annotation, power: np.ndarray, recording: str, seed: int, sr: int
) -> None:
    """Fill one annotation with calls, added to `calls` [shape=(n,)] in place.

    `power` [shape=(n // 2 + 1,)] is the background's power spectrum on the annotated channel.
    """
    n = len(calls)
    start, end = annotation.start, min(annotation.end, n / sr)
    if end <= start:
        return
    call = call_type(annotation.species)
    rng = stream(seed, recording, annotation.species, f"{start:.6f}", f"{annotation.end:.6f}")
    low, high = LEVELS[annotation.grade or "medium"]
    level = band_rms(power, call.band, n, sr) * 10 ** (uniform(rng, low, high) / 20)
    path = far_path(rng, call.band, sr) if annotation.grade == "far" else None
    for onset, length, male in timetable(rng, call, end - start):
        time = np.arange(round(length * sr)) / sr
        if len(time) < 2:
            continue
        wave = call.note(time, length, male, rng)
        if path is not None:
            wave = path(wave)
        loudness = level * 10 ** (uniform(rng, -2.0, 2.0) / 20)
        wave *= loudness / np.sqrt(np.mean(wave[: len(time)] ** 2))
        first = round((start + onset) * sr)
        wave = wave[: max(0, n - first)]
        calls[first : first + len(wave)] += wave


def timetable(rng: np.random.Generator, call: CallType, length: float):
    """Onset and length (s) of each call in an annotation of `length` s, and its male.

    One call spans a short annotation; in a longer one the first starts and the last ends with it,
    and from 4 s on two males take turns.
    """
    males = [
        Male(uniform(rng, 0.94, 1.06), uniform(rng, 0.9, 1.1))
        for _ in range(2 if length > 4 else 1)
    ]
    usual = uniform(rng, *call.duration)
    if length < 1.5 * usual:
        return [(0.0, length, males[0])]
    usual = min(usual, 0.45 * length)
    rest = length - usual
    steps = round(rest * len(males) / uniform(rng, *call.interval))
    # As many as fit without running into each other, but two at least.
    count = 1 + max(1, min(steps, int(rest / (1.1 * usual))))
    step = rest / (count - 1)
    slack = max(0.0, step - usual) / 3
    plan = []
    for i in range(count):
        jitter = uniform(rng, -slack, slack) if 0 < i < count - 1 else 0.0
        span = usual * (uniform(rng, 0.9, 1.0) if i < count - 1 else 1.0)
        plan.append((i * step + jitter, span, males[i % len(males)]))
    return plan


def whistle(time, duration, male, rng):
    """BOAALB: one long note near 2.2 kHz, finely pulsed, rising a little, then level."""
    x = time / duration
    pitch = 2168 * male.pitch * (0.93 + 0.1 * np.sqrt(x) - 0.03 * x)
    phase = 2 * np.pi * np.cumsum(pitch) * (time[1] - time[0])
    pulses = 0.65 + 0.35 * np.sin(2 * np.pi * 75 * male.rate * time + 6.28 * rng.random())
    wave = np.sin(phase) + 0.1 * np.sin(2 * phase)
    return wave * pulses * swell(x, 0.15, 0.25)


def arrow(time, duration, male, rng):
    """PHYCUV: a harmonic note that rises, falls and turns up at its end, as published."""
    x = time / duration
    bend = uniform(rng, 0.95, 1.05)
    shape = np.interp(x, (0, 0.12, 0.25, 0.5, 0.88, 1), (640, 800, 830, 720, 560, 600))
    # Rounds the corners of the polyline, which would sound and look like clicks.
    width = max(1, len(time) // 10)
    padded = np.pad(shape, width, mode="edge")
    total = np.cumsum(padded)
    shape = (total[2 * width :] - total[: -2 * width]) / (2 * width)
    phase = 2 * np.pi * np.cumsum(shape * male.pitch * bend) * (time[1] - time[0])
    wave = np.sin(phase)
    for k in range(2, 8):
        wave += (0.45 * 0.55 ** (k - 2)) * (0.4 + 0.9 * x) * np.sin(k * phase)
    below = np.clip(1.0 - x / 0.5, 0.0, 1.0)
    for part in (0.5, 1.5, 2.5):
        wave += 0.2 * below * np.sin(part * phase)
    return wave * swell(x, 0.3, 0.65)


def laugh(time, duration, male, rng):
    """BOALUN: a run of short pulsed notes near 1.2 kHz, each falling a little."""
    count = max(1, round(duration * 6.0 * male.rate))
    place = time / duration * count
    x = place - np.floor(place)
    inside = x < 0.6
    x = np.where(inside, x / 0.6, 0.0)
    pitch = 1210 * male.pitch * (1.05 - 0.1 * x - 0.04 * time / duration)
    phase = 2 * np.pi * np.cumsum(pitch) * (time[1] - time[0])
    pulses = 0.5 + 0.5 * np.sin(2 * np.pi * 110 * male.rate * time + 6.28 * rng.random())
    wave = np.sin(phase) + 0.18 * np.sin(2 * phase) + 0.06 * np.sin(3 * phase)
    crescendo = 0.5 + 0.5 * np.minimum(1.0, np.floor(place) / max(1, 0.5 * count))
    return wave * pulses * crescendo * np.where(inside, swell(x, 0.2, 0.4), 0.0)


def chirps(centre: float) -> Callable:
    """Any other species: short pulsed notes at `centre` Hz, illustrative."""

    def note(time, duration, male, rng):
        count = max(1, round(duration * 4.0 * male.rate))
        place = time / duration * count
        x = np.minimum((place - np.floor(place)) / 0.5, 1.0)
        wave = np.sin(2 * np.pi * centre * male.pitch * time + 6.28 * rng.random())
        return wave * (0.6 + 0.4 * np.sin(2 * np.pi * 55 * time)) * swell(x, 0.2, 0.5)

    return note


def swell(x: np.ndarray, rise: float, fall: float) -> np.ndarray:
    """An envelope over `x` in [0, 1]: up until `rise`, level, down during the last `fall`."""
    up = np.clip(x / rise, 0.0, 1.0)
    down = np.clip((1.0 - x) / fall, 0.0, 1.0)
    return np.sin(0.5 * np.pi * up) ** 2 * np.sin(0.5 * np.pi * down) ** 2


CALLS = {
    "BOAALB": CallType((1900.0, 2450.0), (0.5, 0.75), (1.1, 1.7), whistle),
    "PHYCUV": CallType((500.0, 1000.0), (0.257, 0.311), (0.7, 1.1), arrow),
    "BOALUN": CallType((1000.0, 1450.0), (0.9, 1.3), (2.2, 3.2), laugh),
}


def call_type(species: str) -> CallType:
    """The call of `species`, or one at a pitch that its code decides, 2.8 to 3.8 kHz."""
    if species in CALLS:
        return CALLS[species]
    centre = uniform(stream("call", species), 2800.0, 3800.0)
    return CallType((0.93 * centre, 1.07 * centre), (0.6, 0.9), (1.2, 2.0), chirps(centre))


def far_path(rng: np.random.Generator, band: tuple[float, float], sr: int) -> Callable:
    """What distance does to a call: high frequencies lost, and a smear of echoes behind it."""
    taps = round(TAIL * sr)
    echoes = (rng.random(taps) - 0.5) * np.exp(-np.arange(taps) / (0.05 * sr))
    echoes *= 0.5 / np.sqrt(np.sum(echoes**2))
    echoes[0] = 1.0
    cutoff = 1.15 * band[1]

    def path(wave: np.ndarray) -> np.ndarray:
        size = 1 << (len(wave) + taps).bit_length()
        frequency = np.fft.rfftfreq(size, 1 / sr)
        spectrum = np.fft.rfft(wave, size) * np.fft.rfft(echoes, size)
        return np.fft.irfft(spectrum / (1 + (frequency / cutoff) ** 8), size)[: len(wave) + taps]

    return path


def band_rms(power: np.ndarray, band: tuple[float, float], n: int, sr: int) -> float:
    """Root mean square, within `band` (Hz), of `n` samples with the spectrum `power`."""
    low, high = (round(f * n / sr) for f in band)
    return float(np.sqrt(2 * np.sum(power[low : high + 1])) / n)


def background(rng: np.random.Generator, n: int, sr: int) -> np.ndarray:
    """Wind, rain, insects and the hiss of the recorder.

    Returns
    -------
    np.ndarray [shape=(2, n)], float64
        Left and right, full scale 1. Half of what is noise is common to both.
    """
    frequency = np.fft.rfftfreq(n, 1 / sr)
    safe = np.maximum(frequency, 20.0)
    hiss = decibels(uniform(rng, -50.0, -42.0)) * (safe / 1000) ** -0.3
    wind_level = decibels(uniform(rng, -48.0, -22.0))
    wind = wind_level * (safe / 100) ** -0.5 / (1 + (frequency / 250) ** 4)
    rain_level = decibels(uniform(rng, -36.0, -26.0)) if rng.random() < 0.5 else 0.0
    hump = (frequency / 1500) / (1 + (frequency / 1500) ** 2) / (1 + (frequency / 7000) ** 4)
    drops_per_second = uniform(rng, 3.0, 40.0)
    gusts = slow(rng, n, sr, 2.0)
    showers = 0.6 + 0.4 * slow(rng, n, sr, 6.0)
    insects = [insect(rng, n, sr) for _ in range(1 + int(3 * rng.random()))]
    common = white(rng, n)
    sound = np.empty((2, n))
    for side in range(2):
        noise = (common + white(rng, n)) / np.sqrt(2)
        sound[side] = np.fft.irfft(noise * hiss, n)
        sound[side] += gusts * np.fft.irfft(noise * wind, n)
        if rain_level:
            # Cubed: many faint drops, few loud ones.
            hits = (rng.random(n) < drops_per_second / sr) * (2 * rng.random(n) - 1) ** 3
            drops = np.fft.rfft(hits) * drop_response(rng, frequency)
            sound[side] += showers * np.fft.irfft(noise * rain_level * hump * 2, n)
            sound[side] += 60.0 * rain_level * np.fft.irfft(drops, n)
        for wave in insects:
            sound[side] += uniform(rng, 0.5, 1.0) * wave
    return sound


def white(rng: np.random.Generator, n: int) -> np.ndarray:
    """The spectrum [shape=(n // 2 + 1,)] of `n` samples of white noise with RMS 1."""
    return np.fft.rfft(np.sqrt(12) * (rng.random(n) - 0.5))


def slow(rng: np.random.Generator, n: int, sr: int, period: float) -> np.ndarray:
    """A curve [shape=(n,)] in [0, 1] that wanders, with a new aim every `period` s."""
    knots = rng.random(3 + int(n / sr / period))
    place = np.arange(n) / (sr * period)
    left = place.astype(int)
    x = place - left
    x = x * x * (3 - 2 * x)
    return knots[left] * (1 - x) + knots[left + 1] * x


def drop_response(rng: np.random.Generator, frequency: np.ndarray) -> np.ndarray:
    """The spectrum of one raindrop: a ring of 1 to 4 kHz that dies in a few ms."""
    centre, width = uniform(rng, 1000.0, 4000.0), uniform(rng, 200.0, 600.0)
    return 1 / (1 + 1j * (frequency - centre) / width)


def insect(rng: np.random.Generator, n: int, sr: int) -> np.ndarray:
    """A narrow tone [shape=(n,)] of 4 to 8 kHz: continuous, trilled, or on and off."""
    time = np.arange(n) / sr
    carrier, level = uniform(rng, 4000.0, 8000.0), decibels(uniform(rng, -40.0, -24.0))
    wander = uniform(rng, 20.0, 80.0) * slow(rng, n, sr, 0.5)
    wave = level * np.sin(2 * np.pi * np.cumsum(carrier + wander) / sr)
    kind = rng.random()
    if kind > 0.35:
        wave *= 0.5 + 0.5 * np.sin(2 * np.pi * uniform(rng, 15.0, 60.0) * time)
    if kind > 0.65:
        period, share = uniform(rng, 0.4, 4.0), uniform(rng, 0.3, 0.7)
        phase = time / period + 0.1 * slow(rng, n, sr, 3.0)
        phase -= np.floor(phase)
        wave *= np.clip(20 * np.minimum(phase, share - phase), 0.0, 1.0)
    return wave


def decibels(level: float) -> float:
    """The amplitude of `level` dB."""
    return 10 ** (level / 20)
