"""What recorders write into headers: real files where they are at hand, and made ones."""

import struct
from datetime import UTC, datetime, timedelta, timezone

import pytest
from conftest import ROOT
from headers import chunk, comment

from anurans.recordings.device_headers import (
    DeviceHeader,
    is_apart,
    other_time,
    read_device_header,
    tell_other_times,
    tell_times_alone,
)

SHARED = ROOT.parent / "shared/data/metadata"


def wav(path, *chunks):
    """A WAV of no sample, with these chunks behind the sound."""
    head = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 48000, 96000, 2, 16)) + chunk(b"data", b"")
    body = b"WAVE" + head + b"".join(chunks)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


@pytest.mark.parametrize(
    "said, expected",
    [
        ("10:25:00 04/04/2020 (UTC)", datetime(2020, 4, 4, 10, 25, tzinfo=UTC)),
        (
            "21:00:00 31/12/2023 (UTC-3)",
            datetime(2023, 12, 31, 21, tzinfo=timezone(timedelta(hours=-3))),
        ),
        (
            "05:30:10 01/02/2024 (UTC+5:30)",
            datetime(2024, 2, 1, 5, 30, 10, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        ),
    ],
)
def test_the_comment_of_an_audiomoth(tmp_path, said, expected):
    found = read_device_header(wav(tmp_path / "a.wav", comment(said)))
    assert found == DeviceHeader(expected, None, None, "24526B065D325963", "AudioMoth")
    assert found.time.utcoffset() == expected.utcoffset()


def test_guano_goes_first_and_the_comment_fills_in(tmp_path):
    text = "GUANO|Version: 1.0\nMake: Wildlife\nLoc Position: -23.5 -46.25\nLine without a value:\n"
    parts = comment("10:25:00 04/04/2020 (UTC)"), chunk(b"guan", text.encode())
    found = read_device_header(wav(tmp_path / "a.wav", *parts))
    assert (found.latitude, found.longitude, found.maker) == (-23.5, -46.25, "Wildlife")
    assert found.time == datetime(2020, 4, 4, 10, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", b"fLaC" + b"\0" * 90, b"RIFF\0\0\0\0WAVELIST\xff\xff\xff\xffINFO", b"\xff" * 64],
)
def test_what_says_nothing(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    assert read_device_header(tmp_path / "a.wav") is None


@pytest.mark.parametrize("said", ["99:00:00 04/04/2020 (UTC)", "10:00:00 31/02/2020 (UTC)"])
def test_a_time_that_there_is_not(tmp_path, said):
    assert read_device_header(wav(tmp_path / "a.wav", comment(said))) is None


def test_lines_that_are_no_guano(tmp_path):
    assert read_device_header(wav(tmp_path / "a.wav", chunk(b"guan", b"nothing\n"))) is None


@pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared/data/metadata")
def test_real_ones():
    found = {path.name: read_device_header(path) for path in SHARED.glob("*.[wW][aA][vV]")}
    assert len(found) == 4 and all(each.time.tzinfo for each in found.values())
    (first,) = (each for name, each in found.items() if name.endswith("031300.WAV"))
    assert (first.latitude, first.longitude) == (52.146196, 4.474776)
    assert found["audiomoth_gps.wav"].recorder == "243B1F026488F56E"


@pytest.mark.parametrize(
    ("date", "time", "utc", "header", "apart"),
    [
        # Local time of the name and UTC of the header, by the zone of the place.
        ("2024-01-21", "19:00:00", "2024-01-21T22:00:00Z", "2024-01-21 22:00:01+00:00", False),
        ("2024-01-21", "19:00:00", "2024-01-21T22:00:00Z", "2024-01-21 23:00:00+00:00", True),
        # Nobody knows which clock a name has.
        ("2024-01-21", "22:00:00", "", "2024-01-21 22:00:00+00:00", False),
        ("2024-01-21", "19:00:00", "", "2024-01-21 19:00:00-03:00", False),
        ("2024-01-21", "22:00:00", "", "2024-01-21 19:00:00-03:00", False),
        ("2024-01-25", "22:00:00", "", "2024-01-21 22:00:00+00:00", True),
        ("2024-01-21", "19:00:00", "2024-01-21T22:00:00Z", "2024-01-21 19:00:00", False),
        ("2024-01-21", "19:00:00", "2024-01-21T22:00:00Z", "2024-01-21 20:00:00", True),
    ],
)
def test_a_header_of_another_time_is_told(date, time, utc, header, apart):
    told = {"date": date, "time": time, "utc": utc}
    assert is_apart(told, datetime.fromisoformat(header)) == apart
    assert other_time(told | {"header_time": header}) == (header if apart else "")


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("2024-03-01 22:00:00+00:00", True),
        ("2024-01-21 22:00:00", True),
        # Of a clock that was not set either, west of Greenwich too.
        ("1970-01-01 00:00:07+00:00", False),
        ("1999-12-31 21:00:07", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("date", ["", "2024-01-21"])
def test_the_time_of_a_header_is_shown_where_the_name_tells_none(date, header, shown):
    told = {"date": date, "time": "", "utc": "", "header_time": header}
    assert other_time(told) == (header if shown else "")


def test_recordings_with_another_time_or_one_alone_are_counted():
    named = {"date": "2024-01-20", "time": "22:00:00", "utc": ""}
    rows = [named | {"recording": "a", "header_time": ""}, {"recording": "b"}]
    assert tell_other_times(rows) == tell_times_alone(rows) == ""
    header = {"header_time": "2024-01-21 22:00:00+00:00"}
    rows += [named | header | {"recording": name} for name in "cd"]
    rows += [named | header | {"recording": "e", "time": ""}]
    assert tell_other_times(rows) == (
        "In 2 recordings the header of the file says another time than the name or table, such as c"
    )
    assert tell_times_alone(rows) == (
        "In 1 recording the header of the file says a time, and the name or table tells none that "
        "can be used, such as e"
    )
