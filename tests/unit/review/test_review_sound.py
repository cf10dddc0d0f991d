"""Sound and images of a page: the right stretch, the right place, and no more bytes than told."""

import io

import numpy as np
import pytest
import soundfile as sf
from PIL import Image

from anurans.common.errors import UserError
from anurans.review.review_sound import (
    QUESTION_BYTES,
    TEXT_BYTES,
    PageSettings,
    cut,
    encode_mp3,
    make_excerpt,
    make_excerpts,
)

SR = 22050


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """A minute and a half: a tone of 500 Hz times the number of the 10 s that it is in."""
    time = np.arange(90 * SR) / SR
    sound = 0.01 * np.sin(2 * np.pi * 500 * (1 + time // 10) * time)
    path = tmp_path_factory.mktemp("sound") / "REC.wav"
    sf.write(path, sound, SR, subtype="PCM_16")
    return str(path)


def tone(audio, sr):
    """The loudest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio))))
    return np.fft.rfftfreq(len(audio), 1 / sr)[spectrum.argmax()]


def test_each_clip_has_its_own_stretch(recording):
    clips = [(0.0, 5.0), (2.0, 7.0), (32.0, 37.0), (52.0, 57.0), (86.0, 90.0)]
    found = list(cut(recording, "mix", clips, PageSettings()))
    # At the ends of the recording there is less around a clip.
    assert [round(len(each) / 24000, 2) for each in found] == [7, 9, 9, 9, 6]
    assert [round(tone(each[48000:96000], 24000) / 500) for each in found] == [1, 1, 4, 6, 9]


def test_sound_and_image_are_of_the_same_stretch(recording):
    (found,) = make_excerpts(recording, "mix", [(38.0, 43.0)], PageSettings())
    assert (found.start, found.end) == (36.0, 45.0)
    sound, sr = sf.read(io.BytesIO(found.sound))
    # Players are told what an encoder puts before the sound, and leave it away.
    assert sr == 24000 and abs(len(sound) / sr - 9) < 0.03
    assert round(tone(sound[: 4 * sr - 2000], sr), -2) == 2000
    assert round(tone(sound[4 * sr + 2000 :], sr), -2) == 2500
    image = np.asarray(Image.open(io.BytesIO(found.image)).convert("L")).astype(int)
    assert image.shape == (256, 800)
    # 12 kHz in 256 rows, the highest on top; the tone changes after 4 of 9 s.
    for columns, hertz in ((slice(20, 340), 2000), (slice(375, 780), 2500)):
        assert abs(256 - image[:, columns].mean(axis=1).argmax() - hertz / 12000 * 256) < 2


def test_faint_sound_is_raised_and_said_to_be(recording):
    (found,) = make_excerpts(recording, "mix", [(10.0, 15.0)], PageSettings())
    sound, _ = sf.read(io.BytesIO(found.sound))
    assert 0.7 < np.abs(sound).max() < 1.05
    assert found.gain_db == pytest.approx(39, abs=0.5)


def test_an_offset_is_not_the_loudest_of_all():
    time = np.arange(9 * 24000) / 24000
    offset = (0.5 + 0.01 * np.sin(2 * np.pi * 3000 * time)).astype(np.float32)
    image = Image.open(io.BytesIO(make_excerpt(offset, 0.0, PageSettings()).image)).convert("L")
    assert abs(256 - np.asarray(image).mean(axis=1).argmax() - 64) < 2


def test_silence_has_a_page_too():
    found = make_excerpt(np.zeros(5 * 24000, np.float32), 0.0, PageSettings())
    sound, _ = sf.read(io.BytesIO(found.sound))
    assert not sound.any()


@pytest.mark.parametrize("seconds", [1.0, 5.0, 9.0, 14.0])
def test_two_hundred_questions_take_20_mb(seconds):
    """Noise is what takes most."""
    noise = np.random.default_rng(0).normal(0, 0.2, round(seconds * 24000)).astype(np.float32)
    found = make_excerpt(noise, 0.0, PageSettings())
    letters = 4 * sum(-(-len(each) // 3) for each in (found.sound, found.image))
    assert 200 * (letters + TEXT_BYTES) <= 20_000_000
    assert 200 * QUESTION_BYTES == 20_000_000


def test_the_same_sound_gives_the_same_bytes(recording):
    first, again = (
        list(make_excerpts(recording, "mix", [(10.0, 12.0)], PageSettings())) for _ in range(2)
    )
    assert first == again


@pytest.mark.fault(
    "Review",
    "a recording that became shorter after a queue was drawn",
    sees="ends before 95 s, where a clip of the queue begins",
    kept="the queue, and pages that are made",
)
def test_a_recording_that_has_become_shorter_is_refused(recording, sees):
    with pytest.raises(UserError, match=sees):
        list(make_excerpts(recording, "mix", [(10.0, 15.0), (95.0, 100.0)], PageSettings()))


def test_a_rate_that_mp3_does_not_have_is_refused():
    with pytest.raises(UserError, match="cannot have sound at 96000 Hz: MP3 has 8000"):
        encode_mp3(np.zeros(100, np.float32), 96000, 0.7)
