"""What another config has left in results/exports/ goes; what a user put there stays."""

import pytest

from anurans.exports.former_files import (
    files_there,
    find_former,
    list_rows,
    read_list,
    remove,
)

FOLDER = "results/exports"
MADE = [f"{FOLDER}/activity.csv", f"{FOLDER}/occupancy/LOW.csv", f"{FOLDER}/exports.csv"]
OLD = [
    f"{FOLDER}/occurrences.csv",
    f"{FOLDER}/occupancy/OLD.csv",
    f"{FOLDER}/occupancy/confirmed/OLD.csv",
    f"{FOLDER}/season/datapackage.json",
    f"{FOLDER}/.partial-host-one-12-occurrences.csv",
    f"{FOLDER}/occupancy/states/.partial-host-12-OLD.csv",
]
OWN = [
    f"{FOLDER}/notes.txt",
    f"{FOLDER}/mine/occurrences.csv",
    f"{FOLDER}/occupancy/LOW copy.csv",
    f"{FOLDER}/occupancy/covariates/rain.csv",
    f"{FOLDER}/season/README.md",
]
# What the job of the config before wrote.
LISTED = [
    {"file": file, "made": "yes", "removed": ""}
    for file in (*MADE, *OLD[:4], f"{FOLDER}/mine/occurrences.csv", "results/summary.csv")
]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The folder of exports, with files of this config, of another, and of a user."""
    monkeypatch.chdir(tmp_path)
    for file in (*MADE, *OLD, *OWN):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("site\n")
    return tmp_path / FOLDER


def rest(home):
    return sorted(str(p.relative_to(home.parents[1])) for p in home.rglob("*") if p.is_file())


def test_what_another_config_made_is_removed_and_nothing_of_the_user(home):
    former = find_former(files_there(str), LISTED, MADE)
    assert former == sorted(OLD)
    assert remove(former, home) == sorted(OLD)
    assert rest(home) == sorted((*MADE, *OWN))
    # Folders that are empty go too.
    assert not (home / "occupancy/confirmed").exists() and (home / "season").is_dir()
    assert remove(former, home) == []


def test_histories_are_removed_only_where_the_list_before_names_them(home):
    former = find_former(files_there(str), [], MADE)
    assert f"{FOLDER}/occupancy/OLD.csv" not in former
    # Other names are nothing but an export's, whatever became of the list.
    assert f"{FOLDER}/occurrences.csv" in former


def test_the_list_stays_as_it_is_when_nothing_is_left(home):
    former = find_former(files_there(str), LISTED, MADE)
    rows = [{"export": "activity", "made": "yes", "reason": "", "file": MADE[0]}]
    rows += [{"export": "occurrences", "made": "no", "reason": "no verdicts", "file": OLD[0]}]
    listed = list(list_rows(rows, former))
    remove(former, home)
    assert find_former(files_there(str), listed, MADE) == former
    told = {row["file"]: row["removed"] for row in listed}
    assert told.pop(MADE[0]) == "" and set(told) == set(OLD) and set(told.values()) == {"yes"}
    # What the config makes again was not removed.
    assert OLD[0] not in find_former(files_there(str), listed, [*MADE, OLD[0]])
    # What is there again is removed again; a history of that name is the user's now.
    for file in OLD[:2]:
        (home.parents[1] / file).parent.mkdir(parents=True, exist_ok=True)
        (home.parents[1] / file).write_text("site\n")
    again = find_former(files_there(str), listed, MADE)
    assert again != former and remove(again, home) == [OLD[0]]


def test_a_list_that_was_edited_reaches_no_other_folder(home):
    rows = [
        {"file": file, "made": made, "removed": removed}
        for file in (f"{FOLDER}/../summary.csv", f"{FOLDER}/occupancy/../notes.txt", "/etc/hosts")
        for made, removed in (("yes", ""), ("no", "yes"))
    ]
    assert find_former([*OWN, f"{FOLDER}/../summary.csv"], rows, MADE) == []


def test_a_list_that_cannot_be_read_is_none(tmp_path):
    assert read_list(str(tmp_path / "exports.csv")) == []
    (tmp_path / "exports.csv").write_text("what;made;file\n")
    assert read_list(str(tmp_path / "exports.csv")) == []
