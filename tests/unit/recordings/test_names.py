"""Which recordings there are, and what their names tell."""

import tempfile
from collections import Counter
from pathlib import Path

import pytest

from anurans.common.errors import UserError
from anurans.plan.schema import schema
from anurans.recordings.names import (
    Recording,
    found_at,
    is_readable,
    list_or_absent,
    list_recordings,
    shard_of,
    waited_for,
)
from anurans.recordings.oddities import tell_oddities

PATTERN = schema()["properties"]["recordings"]["properties"]["pattern"]["default"]


@pytest.fixture
def folder(tmp_path):
    """Give a function that makes empty files and returns their folder."""

    def make(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return str(tmp_path)

    return make


@pytest.fixture
def table(tmp_path):
    """Give a function that writes a table and returns its path."""

    def write(text, name="recordings.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write


def refusal(source, pattern=PATTERN):
    with pytest.raises(UserError) as caught:
        list_recordings(source, pattern)
    return str(caught.value)


def named(name, table, pattern=PATTERN):
    return list_recordings(table(f"recording,path\n{name},x.wav\n"), pattern)[0]


def test_a_folder_is_searched_recursively(folder):
    place = folder("b.wav", "site/deep/a.FLAC", "c.d.mp3", "notes.txt", "a.wav.txt", "wav")
    assert list_recordings(place, PATTERN) == (
        Recording("a", f"{place}/site/deep/a.FLAC", site="site"),
        Recording("b", f"{place}/b.wav"),
        Recording("c.d", f"{place}/c.d.mp3"),
    )


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a disk that lists newest first")
def test_the_order_of_a_folder_does_not_matter():
    names = [f"{number}.wav" for number in range(20)]
    listed, found = [], []
    for order in (names, names[::-1]):
        with tempfile.TemporaryDirectory(dir="/dev/shm") as place:
            for name in order:
                (Path(place) / name).touch()
            listed.append([path.name for path in Path(place).iterdir()])
            found.append([each.recording for each in list_recordings(place, PATTERN)])
    assert listed[0] != listed[1] and found[0] == found[1]


def test_hidden_files_and_folders_are_skipped(folder):
    place = folder("a.wav", "._a.wav", ".trash/b.wav", "x/.cache/c.wav")
    assert [found.recording for found in list_recordings(place, PATTERN)] == ["a"]


def test_a_linked_folder_is_searched_once(folder, tmp_path):
    place = folder("x/a.wav")
    (tmp_path / "x/loop").symlink_to(tmp_path, target_is_directory=True)
    assert [found.recording for found in list_recordings(place, PATTERN)] == ["a"]


def test_twins_are_refused_with_both_paths(folder):
    place = folder("1/a.wav", "2/a.flac", "b.wav")
    message = refusal(place)
    assert "Two recordings have one id" in message
    assert f"a: {place}/1/a.wav and {place}/2/a.flac" in message
    assert "b:" not in message


def test_twins_of_a_table_are_refused(table):
    assert "a: x.wav and y.wav" in refusal(table("recording,path\na,x.wav\na,y.wav\n"))


def test_an_empty_folder_is_refused(folder):
    message = refusal(folder("notes.txt"))
    assert message.startswith("recordings.source: no recording in ")
    assert ".flac" in message


def test_an_empty_table_is_refused(table):
    assert "no recording in" in refusal(table("recording,path\n"))


def test_a_missing_source_is_refused(tmp_path):
    assert "nowhere does not exist" in refusal(str(tmp_path / "nowhere"))


def test_a_source_of_another_kind_is_refused(table):
    assert "neither a folder nor a .csv or .tsv" in refusal(table("", "recordings.txt"))


def test_a_table(table):
    source = table(
        "recording\tpath\tchannel\tsite\tdate\ttime\n"
        "B\tfar away/b.wav\tright\tpond\t2020-01-31\t23:59:58\n"
        "A_20200102_030405\ta.wav\t\t\t\t\n"
        "S_20200102_030405\tc.wav\tmix\tlake\t\t0430\n",
        "recordings.tsv",
    )
    assert list_recordings(source, PATTERN) == (
        Recording("A_20200102_030405", "a.wav", "", "A", "2020-01-02", "03:04:05"),
        Recording("B", "far away/b.wav", "right", "pond", "2020-01-31", "23:59:58"),
        Recording("S_20200102_030405", "c.wav", "mix", "lake", "2020-01-02", "04:30:00"),
    )


def test_mistakes_of_a_table_are_told_at_once(table):
    message = refusal(
        table(
            "recording,path,channel,date,time\n"
            "a,,,,\n"
            "b,b.wav,middle,,\n"
            "c,c.wav,,20209999,\n"
            "d,d.wav,,2020-1-1,\n"
            "e,e.wav,,,2561\n"
            "f,f.wav,,,7\n"
            "g,g.wav,,2020-01-01,07:00\n"
        )
    )
    for sentence in (
        "line 2: recording and path must not be empty.",
        "line 3: channel is 'middle'; expected one of mix, left, right.",
        "line 4: date is '20209999'; there is no such day, expected YYYY-MM-DD.",
        "line 5: date is '2020-1-1'; expected YYYY-MM-DD.",
        "line 6: time is '2561'; there is no such time of day.",
        "line 7: time is '7'; expected HH:MM:SS.",
    ):
        assert sentence in message
    assert "line 8" not in message


def test_a_table_without_its_columns_is_refused(table):
    assert "line 1: no column path; found: recording, file." in refusal(
        table("recording,file\na,a.wav\n")
    )


@pytest.mark.parametrize(
    ("name", "site", "date", "time"),
    [
        ("INCT41_20200126_180000", "INCT41", "2020-01-26", "18:00:00"),
        ("INCT41-2_20200126T180000", "INCT41-2", "2020-01-26", "18:00:00"),
        ("20200126_180000", "", "2020-01-26", "18:00:00"),
        ("20200229-000000_rain", "", "2020-02-29", "00:00:00"),
        ("S_20209999_180000", "S", "", ""),
        ("S_20210229_180000", "S", "", ""),
        ("S_20200126_256000", "S", "", ""),
        ("S_12345678", "", "", ""),
        ("pond", "", "", ""),
    ],
)
def test_what_a_name_tells(table, name, site, date, time):
    assert named(name, table) == Recording(name, "x.wav", "", site, date, time)


def test_a_pattern_may_tell_less(table):
    found = named("pond 2020-01-26", table, r"(?P<site>\w+) (?P<date>[\d-]+)")
    assert (found.site, found.date, found.time, found.night) == ("pond", "2020-01-26", "", "")


@pytest.mark.parametrize(
    ("date", "time", "night"),
    [
        ("2020-01-31", "18:00:00", "2020-01-31"),
        ("2020-01-31", "23:59:59", "2020-01-31"),
        ("2020-02-01", "00:00:00", "2020-01-31"),
        ("2020-02-01", "11:59:59", "2020-01-31"),
        ("2020-02-01", "12:00:00", "2020-02-01"),
        ("2021-01-01", "05:45:00", "2020-12-31"),
        ("2020-02-01", "", ""),
        ("", "05:45:00", ""),
    ],
)
def test_a_night_lasts_from_noon_to_noon(date, time, night):
    assert Recording("A", "a.wav", date=date, time=time).night == night


def test_shards_are_stable():
    assert shard_of("INCT41_20200126_180000", 8) == "0001"
    assert shard_of("rana señal", 4) == "0003"
    assert shard_of("A", 1) == "0000"


def test_recordings_spread_over_shards():
    counts = Counter(shard_of(f"S_{i}", 4) for i in range(1000))
    assert sorted(counts) == ["0000", "0001", "0002", "0003"]
    assert min(counts.values()) > 150


KEPT = "all others; this one is left out and listed with escapes in results/recordings.csv"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param(name, shown, marks=pytest.mark.fault(section, what, sees=sees, kept=KEPT))
        for section, what, name, shown, sees in [
            ("Recordings", "a name with a tab", "a\tb", r"a\x09b", "with a tab; rename it"),
            (
                "Recordings",
                "a name with a line break",
                "a\nb",
                r"a\x0ab",
                "has a name or folder with a line break; rename it",
            ),
            (
                "Recordings",
                "a name in Latin-1, from an old system",
                b"a\xe9".decode(errors="surrogateescape"),
                r"a\xe9",
                "has a name or folder with a letter that is not UTF-8; rename it",
            ),
            (
                "Recordings",
                "a name with braces, which Snakemake would fill in",
                "a{shard}",
                r"a\x7bshard\x7d",
                "has a name or folder with {, }; rename it",
            ),
            (
                "Security",
                "a recording called `<script>alert(1)`",
                "<script>alert(1)",
                r"\x3cscript\x3ealert(1)",
                "has a name or folder with <, >; rename it",
            ),
            (
                "Security",
                "a name that reverses the direction of the text after it",
                "a\u202egnp",
                r"a\u202egnp",
                "has a name or folder with a control character; rename it",
            ),
            (
                "Security",
                "a name that colours the terminal",
                "\x1b[31mred",
                r"\x1b[31mred",
                "has a name or folder with a control character; rename it",
            ),
        ]
    ],
)
def test_a_name_that_no_table_or_job_could_carry(folder, name, shown, sees):
    place = folder(f"{name}.wav", "good.wav", f"{name}/inner.wav")
    found = {each.recording: each for each in list_recordings(place, PATTERN)}
    assert set(found) == {shown, "good", "inner"}
    assert (found["good"].fault, found["good"].path) == ("", f"{place}/good.wav")
    assert sees in found[shown].fault and sees in found["inner"].fault
    assert found[shown].path == f"{place}/{shown}.wav"
    assert found["inner"].path == f"{place}/{shown}/inner.wav"


@pytest.mark.parametrize(
    "name",
    [
        "with space",
        'it\'s "quoted"',
        "señal",
        "sen\u0303al",
        "蛙",
        "-x",
        "; touch x",
        "$(touch x)",
        "=cmd()",
        "*",
        "a,b;c|d#e%s&amp;",
    ],
)
def test_other_names_are_kept_as_they_are(folder, name):
    place = folder(f"{name}.wav")
    (found,) = list_recordings(place, PATTERN)
    assert (found.recording, found.path, found.fault) == (name, f"{place}/{name}.wav", "")


@pytest.mark.fault(
    "Recordings",
    "two recordings with one id, also if they differ only in how an accent is encoded",
    sees="Two recordings have one id (a file's name without its ending); rename one",
    kept="nothing starts",
)
def test_twins_by_accent(folder, sees):
    message = refusal(folder("1/señal.wav", "2/sen\u0303al.wav", "3/a.wav", "4/a.flac"))
    assert message.startswith(sees)
    assert "/1/señal.wav" in message and "/2/sen\u0303al.wav" in message
    assert "a: " in message


@pytest.mark.fault(
    "Recordings",
    "a folder of recordings that cannot be read",
    sees="recordings.source: these folders cannot be read; change their permissions, or move them:",
    kept="nothing starts, because what is in it is not known",
)
def test_a_folder_that_cannot_be_read(folder, tmp_path, sees, without_rights):
    place = folder("a.wav", "locked/b.wav")
    (tmp_path / "locked").chmod(0)
    code = (
        "from anurans.recordings.names import list_recordings; import sys\n"
        "list_recordings(sys.argv[1], '')"
    )
    message = without_rights(code, place)
    (tmp_path / "locked").chmod(0o755)
    assert sees in message
    assert f"{place}/locked: Permission denied" in message


def test_what_can_be_read(folder, tmp_path):
    place = folder("a.wav", "folder/b.wav")
    (tmp_path / "link.wav").symlink_to("a.wav")
    (tmp_path / "dangling.wav").symlink_to("nowhere")
    found = [
        name for name in ("a", "link", "dangling", "folder") if is_readable(f"{place}/{name}.wav")
    ]
    assert found == ["a", "link"]
    assert not is_readable(f"{place}/folder")


def test_what_a_job_waits_for_and_where_it_finds_it(folder):
    place = folder("here.wav")
    here, gone, stored, made, odd = (
        Recording("here", f"{place}/here.wav"),
        Recording("gone", f"{place}/gone.wav"),
        Recording("stored", "s3://ponds/a/stored.wav"),
        Recording("made", "demo/made.wav"),
        Recording("odd", f"{place}/here.wav", fault="has a name with a tab"),
    )
    every = (here, gone, stored, made, odd)
    waited = waited_for(every, lambda path: path.startswith("demo/"))
    assert waited == (here, stored, made)
    copies = [here.path, ".storage/s3/ponds/a/stored.wav", "prefix/demo/made.wav"]
    assert found_at(every, waited, copies) == [copies[0], gone.path, *copies[1:], odd.path]
    with pytest.raises(ValueError):
        found_at(every, waited, copies[1:])


def test_a_bucket_is_not_searched():
    assert "expected a table on this machine" in refusal("s3://ponds/recordings")
    assert "expected a table on this machine" in refusal("s3://ponds/recordings.csv")


def test_recordings_that_are_not_there_are_refused_by_what_needs_them(tmp_path):
    found, refuse = list_or_absent(str(tmp_path / "nowhere"), PATTERN)
    assert found == ()
    with pytest.raises(UserError, match="nowhere does not exist"):
        refuse()
    (tmp_path / "a.wav").touch()
    assert list_or_absent(str(tmp_path), PATTERN) == (list_recordings(str(tmp_path), PATTERN), None)


def test_recordings_of_a_config_of_this_project_are_fetched_by_a_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="`snakemake download_inct41` fetches these"):
        list_recordings("resources/inct41/recordings")
    with pytest.raises(UserError) as refused:
        list_recordings("recordings")
    assert "download" not in str(refused.value)


SITES = [f"{site}/2024012{day}_203000.WAV" for site in ("siteA", "siteB") for day in (1, 2)]


@pytest.mark.fault(
    "Recordings",
    "recorders whose files have the same names, each in a folder of its own",
    sees="where each recorder has a folder of its own, set `recordings.id: path`",
    kept="nothing starts; with that line, folders are part of the ids and tell the site",
)
def test_recorders_with_the_same_names(folder, sees):
    place = folder(*SITES)
    assert sees in refusal(place)
    found = list_recordings(place, id="path")
    assert [each.recording for each in found] == [name.removesuffix(".WAV") for name in SITES]
    assert [each.site for each in found] == ["siteA", "siteA", "siteB", "siteB"]
    assert {each.night for each in found} == {"2024-01-21", "2024-01-22"}
    assert found[0].path == f"{place}/{SITES[0]}"


def test_ids_by_path_do_not_depend_on_how_the_source_is_written(folder, tmp_path, monkeypatch):
    place = folder(*SITES)
    monkeypatch.chdir(tmp_path)
    ways = (place, f"{place}/", ".", f"../{tmp_path.name}", "./")
    assert len({tuple(e.recording for e in list_recordings(way, id="path")) for way in ways}) == 1


def test_one_card_more_renames_nothing(folder):
    before = [each.recording for each in list_recordings(folder(*SITES[:2]), id="path")]
    after = [each.recording for each in list_recordings(folder(*SITES), id="path")]
    assert after[:2] == before


def test_what_is_known_of_the_site(folder, table):
    """The table, then the pattern, then the first folder."""
    place = folder("pond/east/20240121_203000.wav", "pond/M1_20240121_213000.wav", "x.wav")
    found = {each.recording: each.site for each in list_recordings(place, id="path")}
    assert found == {"pond/east/20240121_203000": "pond", "pond/M1_20240121_213000": "M1", "x": ""}
    pattern = r"pond/(?P<site>\w+)/"
    found = {each.recording: each.site for each in list_recordings(place, pattern, id="path")}
    assert found["pond/east/20240121_203000"] == "east"
    source = table("recording,path,site\npond/1,a.wav,\npond/2,b.wav,lake\n")
    assert [each.site for each in list_recordings(source)] == ["pond", "lake"]


def test_a_table_lost_zeros(table):
    rows = "r0,a.wav,20240131,1500\nr1,b.wav,20240131,2000\nr2,c.wav,20240130,210000\n"
    message = refusal(table(f"recording,path,date,time\n{rows}"))
    assert "line 2: time is '1500', of four digits, but '210000' in line 4 has six" in message


@pytest.mark.fault(
    "Recordings",
    "times in which a spreadsheet turned 001500 into 1500",
    sees="a spreadsheet may have taken zeros away. Write all as HH:MM:SS.",
    kept="nothing starts",
)
def test_zeros_that_a_spreadsheet_took(table, sees):
    rows = "recording,path,date,time\nr0,a.wav,20240131,1500\nr2,c.wav,20240130,210000\n"
    assert sees in refusal(table(rows))
    same = "recording,path,date,time\nr0,a.wav,20240131,1500\nr2,c.wav,20240130,2100\n"
    assert [each.time for each in list_recordings(table(same))] == ["15:00:00", "21:00:00"]


def test_times_of_a_table_as_people_write_them(table):
    rows = "a,a.wav,2024-01-31,8:30 PM\nb,b.wav,2024-01-31,20:30:00Z\nc,c.wav,2024-01-31,9:05\n"
    source = table(f"recording,path,date,time\n{rows}")
    found = list_recordings(source, time_zone="America/Sao_Paulo")
    assert [each.time for each in found] == ["20:30:00", "17:30:00", "09:05:00"]
    assert [each.utc[11:] for each in found] == ["23:30:00Z", "20:30:00Z", "12:05:00Z"]


@pytest.mark.fault(
    "Recordings",
    "a recorder whose clock was not set (files of 1970)",
    sees="1 recording has the date of a clock that was not set, such as 19700101_000554",
    kept="the recording, without a date: nights, season and calendar are those of the others",
)
def test_a_clock_that_was_not_set(folder, sees):
    place = folder("19700101_000554.WAV", *(f"2024020{day}_203000.WAV" for day in (1, 2, 3)))
    found = list_recordings(place)
    assert (found[0].date, found[0].time, found[0].night) == ("", "", "")
    assert found[0].not_set == "1970-01-01 00:05:54"
    assert [each.date for each in found[1:]] == ["2024-02-01", "2024-02-02", "2024-02-03"]
    (note,) = tell_oddities("recordings", found)
    assert sees in note


def test_a_table_may_give_the_date_of_such_a_clock(table):
    rows = [f"r{day},{day}.wav,2024-02-0{day},2030" for day in (1, 2, 3)]
    source = table("\n".join(["recording,path,date,time", "old,o.wav,1970-01-01,2030", *rows]))
    assert list_recordings(source)[0].date == "1970-01-01"


CLOCKS = {"20240121_013000Z": "2024-01-20 22:30:00", "20240120T233000-0300": "2024-01-20 23:30:00"}


@pytest.mark.fault(
    "Recordings",
    "names with the time in UTC",
    sees="1 name has the time in UTC, such as 20240121_013000Z; nights, dates and hours are of UTC",
    kept="everything; with `recordings.time_zone`, nights, dates and hours are local",
)
def test_names_in_utc(folder, sees):
    place = folder(*(f"{name}.wav" for name in CLOCKS))
    told = {each.recording: f"{each.date} {each.time}" for each in list_recordings(place)}
    assert told["20240121_013000Z"] == "2024-01-21 01:30:00"
    (note,) = tell_oddities("recordings", list_recordings(place))
    assert sees in note
    found = list_recordings(place, time_zone="America/Sao_Paulo")
    assert {each.recording: f"{each.date} {each.time}" for each in found} == CLOCKS
    assert {each.night for each in found} == {"2024-01-20"}
    assert not list(tell_oddities("recordings", found))


def test_a_clock_in_utc_whose_names_do_not_say_so(folder):
    place = folder("20240121_013000.wav")
    (found,) = list_recordings(place, clock="UTC", time_zone="America/Sao_Paulo")
    assert (found.date, found.time) == ("2024-01-20", "22:30:00")
    assert found.utc == "2024-01-21T01:30:00Z"


@pytest.mark.fault(
    "Recordings",
    "names that tell no date",
    sees="recordings: 1 of 2 names tells no date, such as pond; recordings.pattern or a table of",
    kept="everything; recordings without a date are in no night",
)
def test_names_without_a_date(folder, sees):
    found = list_recordings(folder("pond.wav", "20240121_013000.wav"))
    (note,) = tell_oddities("recordings", found)
    assert note.startswith(sees)
