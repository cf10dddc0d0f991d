"""Files in the folders of a config that nothing reads."""

import pytest

from anurans.plan.plan import Plan

CONFIG = {
    "recordings": {"source": "rec"},
    "annotations": {"source": "ann"},
    "species": {"B": "b"},
    "backbones": {"m": {"architecture": "MobileNet", "weights": "random"}},
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def put(*names):
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()

    return put


def unread(config=CONFIG):
    rows = Plan(config, files=[]).folders.unread()
    return [(row["folder"], row["file"], row["reason"]) for row in rows]


def test_what_is_used_or_told_elsewhere_is_not_listed(place):
    place("rec/A.wav", "rec/A.m4a", "ann/A.txt", "ann/A.vtt", "ann/Z.csv", "ann/a.aup3")
    assert unread() == [
        ("recordings", "rec/A.m4a", "sound of a kind that is not read; save it as WAV or FLAC"),
        ("annotations", "ann/A.vtt", "A.txt is read for A"),
        ("annotations", "ann/a.aup3", "of a kind that is not read"),
    ]


def test_one_folder_may_hold_all(place):
    place("all/A.wav", "all/A.txt", "all/B.wac", "results/summary.csv")
    both = {"recordings": {"source": "all"}, "annotations": {"source": "all"}}
    assert [file for _, file, _ in unread(CONFIG | both)] == ["all/B.wac"]


def test_a_table_is_no_folder_and_results_are_our_own(place, tmp_path):
    place("A.wav", "A.txt", "B.m4a", "results/x.csv", "logs/x.log")
    here = {"recordings": {"source": "."}, "annotations": {"source": "."}}
    assert [file for _, file, _ in unread(CONFIG | here)] == ["B.m4a"]
    (tmp_path / "all.csv").write_text("recording,start,end,label\nA,,,\n")
    table = {"recordings": {"source": "."}, "annotations": {"source": "all.csv"}}
    assert [file for _, file, _ in unread(CONFIG | table)] == ["A.txt", "B.m4a"]


def test_new_recordings_are_looked_at_too(place):
    place("rec/A.wav", "ann/A.txt", "new/N_20200101_200000.wav", "new/N_20200101_210000.wac")
    config = CONFIG | {"detection": {"recordings": {"source": "new"}}}
    (row,) = unread(config)
    assert row[:2] == ("detection", "new/N_20200101_210000.wac")
    assert "Kaleidoscope" in row[2]
