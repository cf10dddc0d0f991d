"""What a listener hears and sees of a question: short MP3s, and spectrograms of some kilobytes."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import soundfile as sf

from anurans.common.errors import UserError
from anurans.recordings.audio import read_blocks, to_int16
from anurans.sounds.spectrograms import Imager, SpectrogramSettings, resize_matrix

# Rates that MP3 has, in Hz.
RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
# 200 questions take at most 20 MB; four letters of a page stand for three bytes.
QUESTION_BYTES = 20_000_000 // 200
# Of these, what is left to the texts of a question, and the share of the rest that is for sound.
TEXT_BYTES, SOUND_SHARE = 4_000, 0.7
# What is tried, the best first: libsndfile's strengths of compression, WebP's qualities.
STRENGTHS = (0.6, 0.7, 0.75, 0.8, 0.85)
QUALITIES = (60, 50, 40, 30, 20, 10)
# Bits per second that MP3 takes of a rate from this one on, uncompressed and at full strength.
BITS = ((32000, 320e3, 32e3), (16000, 160e3, 8e3), (0, 64e3, 8e3))
# The loudest sample is brought to the first, by no more than the second: MP3 leaves out what it
# takes to be too faint to be heard.
LOUDEST, MOST_GAIN = 0.9, 1000.0
# Window of the spectrogram in s, its range in dB, and the widest image in pixels.
WINDOW, RANGE, WIDEST = 0.02, 80.0, 2400


@dataclass(frozen=True, slots=True)
class PageSettings:
    """Sound and images of a page: the config's `review.page`.

    `context` is what is heard and seen before and after a clip, in s; `sr` the rate of the sound,
    in Hz, of which a spectrogram shows the lower half; `width` and `height` those of a spectrogram,
    in pixels; `question_bytes` what one question may take of the page.
    """

    context: float = 2.0
    sr: int = 24000
    width: int = 800
    height: int = 256
    question_bytes: int = QUESTION_BYTES


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A clip with its surroundings.

    `start` and `end` are where it lies in the recording, in s; `sound` is MP3; `image` WebP, grey,
    time from left to right, the highest frequency on top; `gain_db` how much the sound was raised.
    """

    start: float
    end: float
    sound: bytes
    image: bytes
    gain_db: float


def make_excerpts(
    path: str, channel: str, clips: Sequence[tuple[float, float]], settings: PageSettings
) -> Iterator[Excerpt]:
    """Cut clips out of a recording, and make sound and image of each.

    Parameters
    ----------
    path
        The recording; it is read once, and no further than its last clip.
    channel
        `mix`, `left` or `right`.
    clips
        Start and end of each, in s, ordered by start.
    settings
        Of the page.

    Raises
    ------
    UserError
        When the recording ends before a clip begins.
    """
    for (start, end), audio in zip(clips, cut(path, channel, clips, settings), strict=True):
        begin = max(0.0, start - settings.context)
        if begin + len(audio) / settings.sr <= start:
            raise UserError(
                f"{path}: ends before {start:g} s, where a clip of the queue begins that ends at "
                f"{end:g} s. The recording has changed since the queue was drawn: put it back."
            )
        yield make_excerpt(audio, begin, settings)


def cut(
    path: str, channel: str, clips: Iterable[tuple[float, float]], settings: PageSettings
) -> Iterator[np.ndarray]:
    """Cut clips out of a recording, with their surroundings as far as it has them.

    Yields
    ------
    np.ndarray [shape=(n,), dtype=float32]
    """
    blocks = read_blocks(path, channel, settings.sr)
    kept, first = np.empty(0, np.float32), 0
    for start, end in clips:
        begin = round(max(0.0, start - settings.context) * settings.sr)
        stop = round((end + settings.context) * settings.sr)
        while first + len(kept) < stop and (block := next(blocks, None)) is not None:
            kept = np.concatenate([kept, block])
            past = max(0, min(begin - first, len(kept)))
            kept, first = kept[past:], first + past
        yield kept[max(0, begin - first) : max(0, stop - first)]


def make_excerpt(audio: np.ndarray, start: float, settings: PageSettings) -> Excerpt:
    """Make sound and image of an excerpt, the best that its share of the page has room for.

    Parameters
    ----------
    audio : np.ndarray [shape=(n,), dtype=float32]
        At `settings.sr`.
    start
        Where it begins in the recording, in s.
    settings
        Of the page. Where even the smallest sound and image are too large, as those of long clips
        are, they are taken all the same.
    """
    level = audio - audio.mean()  # an offset would be the loudest of all in the spectrogram
    gain = min(MOST_GAIN, LOUDEST / max(float(np.abs(level).max()), 1e-9))
    raised = level * np.float32(gain)
    room = (settings.question_bytes - TEXT_BYTES) * 3 // 4
    seconds = len(audio) / settings.sr
    # Those that would be too large are not tried: to encode takes longer than all else here.
    tried = [
        each for each in STRENGTHS if expect_bytes(seconds, settings.sr, each) < room * SOUND_SHARE
    ] or STRENGTHS[-1:]
    sound = _best((encode_mp3(raised, settings.sr, each) for each in tried), room * SOUND_SHARE)
    drawn = draw(raised, settings)
    image = _best((encode_webp(drawn, each) for each in QUALITIES), room - len(sound))
    return Excerpt(start, start + seconds, sound, image, 20 * float(np.log10(gain)))


def encode_mp3(audio: np.ndarray, sr: int, strength: float) -> bytes:
    """Encode samples as MP3; `strength` of compression from 0 to 1.

    At an average rate, not a constant one: only then libsndfile writes where the sound begins, and
    players keep to it.

    Raises
    ------
    UserError
        When MP3 has no such rate.
    """
    if sr not in RATES:
        raise UserError(
            f"review: a page cannot have sound at {sr} Hz: MP3 has {', '.join(map(str, RATES))}."
        )
    file = io.BytesIO()
    sf.write(
        file,
        audio,
        sr,
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=strength,
        bitrate_mode="AVERAGE",
    )
    return file.getvalue()


def expect_bytes(seconds: float, sr: int, strength: float) -> float:
    """About how many bytes of MP3 that makes; a little more than it does."""
    least, most = next((least, most) for rate, most, least in BITS if sr >= rate)
    return seconds * (most - strength * (most - least)) / 8


def draw(audio: np.ndarray, settings: PageSettings) -> np.ndarray:
    """Draw a spectrogram with an even axis of frequencies, from 0 to half the rate.

    Returns
    -------
    np.ndarray [shape=(height, width), dtype=uint8]
        The highest frequency on top; the loudest is white, `RANGE` dB below it black. It is wider
        than `settings.width` where an excerpt is longer than usual.
    """
    usual = 40 * len(audio) // settings.sr  # columns that a second needs at least
    width = min(max(settings.width, usual), WIDEST)
    image = _imager(settings.sr, len(audio), width).images(to_int16(audio)[None])[0]
    return np.rint(resize_matrix(width, settings.height) @ image).astype(np.uint8)[::-1]


@lru_cache(maxsize=2)
def _imager(sr: int, samples: int, size: int) -> Imager:
    """Draws square images: as high as they are wide, and brought to their height afterwards."""
    n_fft = 2 ** round(np.log2(WINDOW * sr))
    hop_length = max(1, -(-samples // size))
    settings = SpectrogramSettings(scale="linear", n_fft=n_fft, hop_length=hop_length, top_db=RANGE)
    return Imager(settings, sr, samples, size)


def encode_webp(image: np.ndarray, quality: int) -> bytes:
    """Encode grey values [shape=(height, width), dtype=uint8] as WebP; `quality` up to 100."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(image).save(file, "WEBP", quality=quality)
    return file.getvalue()


def _best(tried: Iterable[bytes], room: float) -> bytes:
    """The first that there is room for, else the last."""
    found = b""
    for found in tried:
        if len(found) <= room:
            break
    return found
