"""What the names that recorders write tell."""

from dataclasses import replace

import pytest

from anurans.recordings.name_patterns import parse_date, parse_time, read_name

OLD = r"(?:(?P<site>[A-Za-z0-9-]+)_)?(?P<date>\d{8})[_T-](?P<time>\d{6})"
NAMES = {
    "-0000001_20220420T124030+1000_Rec": ("-0000001", "2022-04-20 12:40:30", "+10:00"),
    "00008570_20220331T094900-0300_Rec": ("00008570", "2022-03-31 09:49:00", "-03:00"),
    "12345678_20240131_203000": ("12345678", "2024-01-31 20:30:00", ""),
    "1677754401.180716143000": ("", "2018-07-16 14:30:00", ""),
    "20181101_050000_REC [-27.3866 152.8761]": ("", "2018-11-01 05:00:00", ""),
    "20201107T000000+1100_REC_-30.1228+145.4222": ("", "2020-11-07 00:00:00", "+11:00"),
    "2022-08-30_12-08-00 (1)": ("", "2022-08-30 12:08:00", ""),
    "2024-01-31-birdnet-20:30:00": ("", "2024-01-31 20:30:00", ""),
    "2024-01-31-birdnet-RTSP_1-20:30:00": ("", "2024-01-31 20:30:00", ""),
    "2024-01-31T203000+0100": ("", "2024-01-31 20:30:00", "+01:00"),
    "20240131T203000Z": ("", "2024-01-31 20:30:00", "Z"),
    "20240131_2030": ("", "2024-01-31 20:30:00", ""),
    "220728_0744 Tascam": ("", "2022-07-28 07:44:00", ""),
    "5E90A4D4": ("", "2020-04-10 16:54:44", "Z"),
    "G024_V1_C2065_U1_20210510_180000Z": ("G024_V1_C2065_U1", "2021-05-10 18:00:00", "Z"),
    "HB-YRK016_HMTC_20221125_102500+1000": ("HB-YRK016_HMTC", "2022-11-25 10:25:00", "+10:00"),
    "S4A01234_20240131_203000": ("S4A01234", "2024-01-31 20:30:00", ""),
    "SM304290_0+1_20211001_130001": ("SM304290", "2021-10-01 13:00:01", ""),
    "MARSH_NORTH_20240121_203000": ("MARSH_NORTH", "2024-01-21 20:30:00", ""),
    "MARSH_NORTH_2024-01-21_20-30-00": ("MARSH_NORTH", "2024-01-21 20:30:00", ""),
    "SM4_LAKE_A__0__20240121_203000": ("SM4_LAKE_A", "2024-01-21 20:30:00", ""),
    "20240121_203000_20240122_203000": ("", "2024-01-21 20:30:00", ""),
    "POND_2022-08-30_12-08-00": ("POND", "2022-08-30 12:08:00", ""),
    "POND20240131203000": ("", "2024-01-31 20:30:00", ""),
    "20240131_203000T": ("", "2024-01-31 20:30:00", ""),
    "siteA/deep/20240131_203000": ("", "2024-01-31 20:30:00", ""),
}


@pytest.mark.parametrize(("name", "told"), NAMES.items())
def test_the_names_that_recorders_write(name, told):
    found = read_name(name, "recorders")
    assert (found.site, f"{found.date} {found.time}", found.zone) == told


@pytest.mark.parametrize(
    "name", ["pond", "S_12345678", "60123456", "5e90a4d4", "20240131", "1234_5678", "9E90A4D4"]
)
def test_other_names_tell_no_date(name):
    assert read_name(name, "recorders").date == ""


def test_eight_digits_are_a_time_beside_others_in_hexadecimal():
    assert read_name("60123456", "recorders", hexadecimal=True).date == "2021-01-28"
    assert read_name("20240131", "recorders", hexadecimal=True).date == ""


def test_what_was_understood_before_is_understood_alike():
    for name in NAMES:
        before, now = read_name(name, OLD), read_name(name, "recorders")
        if before.date and "0+1" not in name:
            assert replace(now, site="") == replace(before, site="")
            # All words before the date, of which the last was taken.
            assert now.site.endswith(before.site)


@pytest.mark.parametrize("name", ["POND_20240121_203000-0001", "POND_20240121_203000-12345"])
def test_a_number_behind_the_time_is_no_offset(name):
    assert read_name(name, "recorders").zone == ""


def test_a_pattern_of_ones_own_may_tell_the_zone():
    told = read_name("site 1/2024/0131 2030 (+1000)", r"(?P<time>\d{4}) \((?P<zone>[+-]\d{4})\)")
    assert (told.time, told.zone, told.date) == ("20:30:00", "+10:00", "")


@pytest.mark.parametrize("text", ["13:00 PM", "0:30 AM", "8:61 PM", "24:00", "7"])
def test_there_is_no_such_time(text):
    with pytest.raises(ValueError, match="time is"):
        parse_time(text)


def test_two_digits_are_a_year_in_names_alone():
    assert parse_date("220728", short=True) == "2022-07-28"
    with pytest.raises(ValueError, match="expected YYYY-MM-DD"):
        parse_date("220728")
