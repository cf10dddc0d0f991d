"""Recordings of equal sound."""

import numpy as np
import pytest
import soundfile as sf

from anurans.recordings.inspection import inspect
from anurans.recordings.names import Recording, list_recordings
from anurans.recordings.same_sound import REASON, find_copies, shared_sounds


def row(id, sound, path="", status="ok"):
    return {"recording": id, "sound": sound, "path": path or f"{id}.wav", "status": status}


def test_the_first_id_is_used_and_others_are_copies_of_it():
    rows = [row("c", "1"), row("a", "1"), row("b", "2"), row("d", "1"), row("e", "")]
    rows += [row("0", "1", status="quarantined")]
    channels = {each["recording"]: "mix" for each in rows}
    assert find_copies(rows, channels) == {"c": "a", "d": "a"}


def test_a_folder_stands_before_its_copy():
    rows = [row("card copy/x", "1"), row("card/x", "1")]
    assert find_copies(rows, {"card/x": "mix", "card copy/x": "mix"}) == {"card copy/x": "card/x"}


def test_channels_of_one_file_are_no_copies_of_each_other():
    rows = [row("l", "1", "x.wav"), row("r", "1", "./x.wav"), row("other", "1", "y.wav")]
    channels = {"l": "left", "r": "right", "other": "mix"}
    assert find_copies(rows, channels) == {"other": "l"}
    assert find_copies(rows, channels | {"r": "left"}) == {"other": "l", "r": "l"}
    assert find_copies(rows[::-1], channels) == {"other": "l"}


def test_a_copied_file_of_two_channels_is_a_copy_channel_by_channel():
    rows = [row("l", "1", "x.wav"), row("r", "1", "x.wav")]
    rows += [row("y-l", "1", "y.wav"), row("y-r", "1", "y.wav")]
    channels = {"l": "left", "r": "right", "y-l": "left", "y-r": "right"}
    assert find_copies(rows, channels) == {"y-l": "l", "y-r": "r"}


def test_what_recordings_have_in_common():
    rows = [row("a", "1"), row("b", "2", "x.wav"), row("c", "1"), row("d", "3", "x.wav")]
    rows += [row("e", "", "y.wav"), row("f", "4")]
    assert shared_sounds(rows) == {"a": "a", "c": "a", "b": "b", "d": "b"}


def test_the_digest_is_of_the_samples(tmp_path):
    sound = (np.random.default_rng(1).normal(0, 0.1, (22050 * 6, 2)) * 32767).astype(np.int16)
    found = {}
    for name, samples in (("a.wav", sound), ("b.flac", sound), ("c.wav", sound[:, ::-1])):
        sf.write(tmp_path / name, samples, 22050, subtype="PCM_16")
        found[name] = inspect(Recording(name, str(tmp_path / name)), 5.0, 0.5, "mix")
    a, b, c = found.values()
    assert a.sound == b.sound != c.sound and len(a.sound) == 64
    assert a.sha256 != b.sha256


def test_channels_of_one_file_know_of_each_other(tmp_path):
    table = tmp_path / "recordings.csv"
    table.write_text("recording,path,channel\nx-right,x.wav,right\nx-left,./x.wav,left\ny,y.wav,\n")
    assert [each.first for each in list_recordings(str(table))] == ["x-left", "x-left", ""]


@pytest.mark.fault(
    "Recordings",
    "a recording under two names (`X (1).wav` of file syncing, a card that was copied twice)",
    sees="has the same sound as a, which is used in its place",
    kept="one of them; the others are left out of every part and listed in results/recordings.csv",
)
def test_what_is_said_of_a_copy(sees):
    assert REASON.format("a") == sees
