"""Tables of folds: what they may say, and how they name recordings."""

import pytest

from anurans.common.errors import UserError
from anurans.splits.fold_files import Dealt, deal, read_fold_file


@pytest.fixture
def table(tmp_path):
    """Give a function that writes a table of folds and reads it."""

    def write(*rows, header="recording,fold"):
        path = tmp_path / "folds.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return read_fold_file(str(path))

    return write


def refusal(action, *arguments, **named):
    with pytest.raises(UserError) as caught:
        action(*arguments, **named)
    return str(caught.value)


@pytest.mark.parametrize(
    ("folds", "number"), [("123", 3), ("12", 2), (["1", "2", "test"], 2), (["all", "test"], 0)]
)
def test_the_file_gives_the_number_of_folds(table, folds, number):
    file = table(*(f"R{i},{fold}" for i, fold in enumerate(folds)))
    assert file.folds == number
    assert file.contradiction("s", number) == ""


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["R0,1", "R1,0"], "line 3: fold is '0'; expected test, or 1, 2, ..."),
        (["R0,", "R1,x"], "line 3: fold is 'x'"),
        (["R0,2020a"], "line 2: fold is '2020a'"),
        (["R0,99999"], "line 2: fold is '99999'"),
        (["R0,1", "R1,3"], "no recording is in fold 2, but some in fold 3"),
        (["R0,1", "R1,test"], "has only one fold, so nothing is left to train on"),
        (["R0,1", "R1,2", "R2,all"], "has folds by number and all"),
    ],
)
def test_what_a_table_must_not_say(table, rows, told):
    message = refusal(table, *rows)
    assert message.startswith("The table of folds ")
    assert told in message


@pytest.mark.fault(
    "Config",
    "a table of folds (`by: file`) that gives a recording two folds",
    sees="line 4: R1.wav is in fold 1 already (line 3)",
    kept="nothing starts",
)
def test_mistakes_are_told_at_once(table, sees):
    file = table("R0,1", "R1,1", "R1.wav,2", "R2, 2 ", "R2,2", "gone,1", "gone,2")
    message = refusal(deal, file, ["R0", "R1", "R2"])
    assert sees in message
    assert "line 8: gone is in fold 1 already (line 7)" in message
    assert "R2" not in message


def test_recordings_are_named_by_id_audio_file_or_path(table):
    names = ["fold1_dog", "a.wav", "A/b", "caf\u00e9"]
    file = table("fold1_dog.wav,1", "a.wav,2", "A/b,1", "card/x.FLAC,2", "cafe\u0301.mp3,1")
    assert deal(file, [*names, "x"]) == {
        "fold1_dog": Dealt("1", "fold1_dog"),
        "a.wav": Dealt("2", "a.wav"),
        "A/b": Dealt("1", "A/b"),
        "x": Dealt("2", "x"),
        "caf\u00e9": Dealt("1", "caf\u00e9"),
    }


def test_groups_lie_in_one_fold(table):
    header = "recording,fold,group"
    file = table("R0,1,G", "R1,1,G", "R2,2,", header=header)
    assert deal(file, ["R0", "R1", "R2"]) == {
        "R0": Dealt("1", "G"),
        "R1": Dealt("1", "G"),
        "R2": Dealt("2", "R2"),
    }
    message = refusal(deal, table("R0,1,G", "R1,2,G", header=header), ["R0", "R1"])
    assert "line 3: group G is in fold 1 already (line 2)" in message
    message = refusal(deal, table("R0,1,G", "R0,1,H", "R1,2,I", header=header), ["R0", "R1"])
    assert "line 3: R0 is in group G already (line 2)" in message


def test_a_file_that_cannot_be_opened_or_has_other_columns(table, tmp_path):
    assert "cannot be opened" in refusal(read_fold_file, str(tmp_path / "nowhere.csv"))
    assert "no column fold" in refusal(table, "R0,1", header="recording,part")
