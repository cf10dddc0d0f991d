"""Dirty recordings, annotations and configs, as whoever runs the workflow meets them."""

import shutil
from pathlib import Path

import pytest
from conftest import (
    CALLS,
    CONFIG,
    ROOT,
    make_recording,
    names,
    planned,
    read,
    read_config,
    refused,
    snakemake,
    write_config,
)

from anurans.scores.summary_notes import left_out

RECORDINGS, ANNOTATIONS = "results/recordings.csv", "results/annotations.csv"
IMAGES = [f"results/spectrograms/original/{shard:04d}.h5" for shard in range(2)]
UNUSABLE = {
    "text": "cannot be decoded: Format not recognised",
    "empty": "is empty: 0 bytes",
    "dangling": "cannot be opened: No such file or directory",
    r"a\x09tab": "has a name or folder with a tab; rename it",
    r"a\x7bb\x7d": "has a name or folder with {, }; rename it",
    r"\x3cscript\x3e": "has a name or folder with <, >; rename it",
}
# Names that a shell, a spreadsheet, a pattern or an option would understand.
EVIL = [
    "; touch pwned",
    "$(touch pwned)",
    "`touch pwned`",
    "-rf",
    "=cmd()",
    "*",
    'it\'s "so"',
    "señal",
]


def add_dirt(folder):
    """Add recordings that cannot be used, and some with names that mean something elsewhere."""
    place = folder / "recordings"
    (place / "text.wav").write_text("no sound")
    (place / "empty.wav").touch()
    (place / "dangling.wav").symlink_to("nowhere")
    for name in ("a\ttab", "a{b}", "<script>"):
        (place / f"{name}.wav").touch()
    for seed, name in enumerate(EVIL, start=100):
        make_recording(place / f"{name}.wav", CALLS[0], seed)


def change(folder, section, **values):
    config = read_config(folder)
    config.setdefault(section, {}).update(values)
    write_config(folder, config)


def made_outside(folder):
    """Files of a world but for what a run may write."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.relative_to(folder).parts[0] not in ("results", "logs", ".snakemake")
    )


@pytest.fixture(scope="module")
def dirty(unbuilt, copied):
    """A world with dirt in it, run up to its images, with a broken annotation too."""
    folder = copied(unbuilt)
    add_dirt(folder)
    (folder / f"annotations/{names()[1]}.txt").write_text("1,5\t2\tLOW_C\n")
    before = made_outside(folder)
    snakemake(folder, RECORDINGS, *IMAGES)
    assert made_outside(folder) == before
    return folder


@pytest.mark.fault(
    "Recordings",
    "some of many recordings cannot be used (`audio.on_error: quarantine`)",
    kept="all others; what is left out is listed, with the reason, and counted below the summary",
)
def test_others_go_on(dirty):
    rows = {row["recording"]: row for row in read(dirty / RECORDINGS)}
    assert {name: row["reason"] for name, row in rows.items() if row["reason"]} == UNUSABLE
    usable = {name for name, row in rows.items() if row["status"] == "ok"}
    assert {name.lstrip("'") for name in usable} == {*names(), *EVIL}


@pytest.mark.fault(
    "Annotations", "a broken annotation, and a target that needs none", kept="the target is made"
)
def test_a_broken_annotation_does_not_stop_what_needs_none(dirty):
    assert all((dirty / image).exists() for image in IMAGES)
    assert "decimal comma" in refused(dirty, "-n", ANNOTATIONS)


@pytest.mark.fault(
    "Security",
    "recordings called `; touch pwned`, `$(touch pwned)`, `-rf`, `*`",
    kept="the recordings, under these names; nothing is run, nothing is written beside the results",
)
def test_names_are_run_by_no_shell(dirty):
    assert {
        name.lstrip("'") for name in (row["recording"] for row in read(dirty / RECORDINGS))
    } >= {*EVIL}
    assert not [path for path in dirty.rglob("*") if path.name == "pwned"]


@pytest.mark.fault(
    "Security",
    "a recording called `=cmd()`, in a table that a spreadsheet opens",
    sees="'=cmd()",
    kept="the recording; the apostrophe makes it text, and is not part of its name",
)
def test_a_table_of_results_holds_no_formula(dirty, sees):
    cells = [cell for row in read(dirty / RECORDINGS) for cell in row.values()]
    assert sees in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


@pytest.mark.fault(
    "Recordings",
    "some of many recordings cannot be used (`audio.on_error: fail`)",
    sees="6 of 20 recordings cannot be used. Mend or remove them, or leave them out of everything",
    kept="what was computed for the others; no target, since results/recordings.csv is not written",
)
def test_fail_names_every_one(dirty, tmp_path, sees):
    world = Path(shutil.copytree(dirty, tmp_path / "world", symlinks=True))
    change(world, "audio", on_error="fail")
    text = refused(world, "spectrograms")
    assert sees in text
    for name, reason in UNUSABLE.items():
        assert f"recordings/{name}.wav: {reason}" in text
    assert not (world / RECORDINGS).exists()


@pytest.mark.fault(
    "Recordings",
    "no recording can be used",
    sees="Not one recording can be used:",
    kept="nothing",
)
def test_no_usable_recording(fresh, sees):
    for name in names():
        (fresh / f"recordings/{name}.wav").write_text("no sound")
    text = refused(fresh, RECORDINGS)
    assert sees in text
    assert all(f"recordings/{name}.wav: cannot be decoded" in text for name in names())


@pytest.mark.fault(
    "Recordings",
    "a recording that you have no permission to read",
    sees="cannot be opened: Permission denied",
    kept="all others; its shard is made again once the file can be read",
)
def test_a_recording_that_may_not_be_read(fresh, without_rights, sees):
    (fresh / f"recordings/{names()[0]}.wav").chmod(0)
    code = "import sys; from snakemake.cli import main; main(sys.argv[1:])"
    without_rights(code, "--cores", "2", RECORDINGS, cwd=fresh)
    reasons = {row["recording"]: row["reason"] for row in read(fresh / RECORDINGS)}
    assert reasons == dict.fromkeys(names(), "") | {names()[0]: sees}
    (fresh / f"recordings/{names()[0]}.wav").chmod(0o644)
    assert planned(fresh, RECORDINGS)["inspect_recordings"] == 1


@pytest.mark.fault(
    "Recordings",
    "all recordings of the test part are left out",
    sees="fold 1: no recording in test can be used",
    kept="all results that need no split",
)
def test_a_part_that_is_emptied(fresh, sees):
    for name in names()[4:]:
        (fresh / f"recordings/{name}.wav").write_text("no sound")
    text = refused(fresh, "results/splits/given.tsv")
    assert "splits.given cannot be used, because 2 of 6 recordings are left out" in text
    assert sees in text
    # Without the other split, where clips are dealt, its recordings are left out of the roles.
    snakemake(fresh, "results/splits/clip.tsv")
    roles = read(fresh / "results/splits/clip.tsv", "\t")
    assert {row["recording"] for row in roles} == set(names()[:4])


@pytest.mark.fault(
    "Annotations",
    "mistakes in several files, also in a dry run (`snakemake -n`)",
    sees="Annotations in annotations: 25 problems in 2 files. Correct these lines and run again",
    kept="nothing starts; the first 20 are shown",
)
def test_all_mistakes_come_as_one_message(fresh, sees):
    first, second = (fresh / f"annotations/{name}.txt" for name in names()[:2])
    first.write_text("1,5\t2\tLOW_C\n")
    second.write_text("x\t2\tHIGH_C\n" * 24)
    for arguments in (("-n",), ("results/summary.csv",)):
        text = refused(fresh, *arguments)
        assert sees in text
        assert f'{first.relative_to(fresh)}, line 1: found start "1,5"; expected' in text
        assert f"{second.relative_to(fresh)}, line 19: " in text and "line 20: " not in text
        assert "... and 5 more" in text
        for noise in ("Traceback", "Exception", "Wildcards"):
            assert noise not in text
    assert not (fresh / "results").exists()


def test_skipped_lines_are_listed(fresh):
    change(fresh, "annotations", on_error="skip")
    path = fresh / f"annotations/{names()[0]}.txt"
    path.write_text(path.read_text() + "1,5\t2\tLOW_C\n75\t76\tLOW_C\n2\t3\t=cmd()\n")
    snakemake(fresh, ANNOTATIONS)
    rows = read(fresh / ANNOTATIONS)
    lines = [(row["recording"], row["line"]) for row in rows if row["status"] == "skipped"]
    assert lines == [
        (names()[0], "4"),
        (names()[0], "5"),
    ]
    assert [row["species"] for row in rows if row["status"] == "other label"] == ["'=cmd()"]
    assert rows[0]["annotations"] == "1" and rows[0]["species"] == "'=cmd()"
    counts = {row["species"]: row["annotations"] for row in rows if row["recording"] == names()[0]}
    assert (counts["LOW"], counts["HIGH"]) == ("2", "1")


@pytest.mark.fault(
    "Annotations",
    "a file that fits no recording",
    sees="no recording",
    kept="everything; it is listed, with that status, and counted below the summary",
)
def test_what_fits_no_recording_is_listed(fresh, sees):
    (fresh / "annotations/NOBODY.txt").write_text("1\t2\tLOW_C\n")
    path = fresh / f"annotations/{names()[0]}.txt"
    path.write_text(path.read_text() + "75\t76\tLOW_C\n")
    text = refused(fresh, ANNOTATIONS)
    assert f"{path.relative_to(fresh)}, line 4: found start 75 of LOW; expected a start" in text
    path.write_text(path.read_text().replace("75\t76", "15\t16"))
    snakemake(fresh, ANNOTATIONS)
    assert [row["file"] for row in read(fresh / ANNOTATIONS) if row["status"] == sees] == [
        "annotations/NOBODY.txt"
    ]


@pytest.mark.fault(
    "Annotations",
    "no folder or table of annotations where the config says",
    sees="Annotations: nowhere does not exist; expected a folder with a file per recording, or a",
    kept="targets that need no annotations can be made",
)
def test_no_annotations(fresh, sees):
    change(fresh, "annotations", source="nowhere")
    text = refused(fresh, "-n")
    assert sees in text and "Exception" not in text
    assert planned(fresh, IMAGES[0])


@pytest.mark.fault(
    "Config",
    "several mistakes at once",
    sees='top level: unknown key "recipe" (did you mean recipes?); allowed: project, seed,',
    kept="nothing starts; all mistakes are told",
)
def test_all_mistakes_of_a_config_are_told(fresh, sees):
    write_config(fresh, CONFIG | {"seed": -1, "recipe": {}})
    text = refused(fresh, "-n")
    assert "config/config.yaml has mistakes:" in text
    assert f"  {sees}" in text and "  seed: found -1; expected a number at least 0." in text
    assert "Traceback" not in text and "File " not in text


@pytest.mark.fault(
    "Security",
    "ids `../../x`, `/etc/x` and `; touch x` in a table of recordings",
    kept="the recordings; files of results are named by shard, never by recording",
)
def test_ids_lead_nowhere(fresh):
    paths = [f"recordings/{name}.wav" for name in names()]
    rows = zip(["../../x", "/etc/x", "; touch x", "..", "-o", "+1"], paths, strict=True)
    table = "recording,path\n" + "".join(f"{name},{path}\n" for name, path in rows)
    (fresh / "table.csv").write_text(table)
    change(fresh, "recordings", source="table.csv")
    beside = sorted(fresh.parent.rglob("x*"))
    before = made_outside(fresh)
    snakemake(fresh, RECORDINGS, *IMAGES)
    assert made_outside(fresh) == before and sorted(fresh.parent.rglob("x*")) == beside
    assert {path.name for path in (fresh / "results").rglob("*.h5")} <= {"0000.h5", "0001.h5"}
    assert {row["status"] for row in read(fresh / RECORDINGS)} == {"ok"}


@pytest.mark.fault(
    "Security",
    "an annotation `<script>alert(1)</script>`, in the report",
    kept="the annotation, counted as another species; the report holds it as data, not as HTML",
)
def test_annotations_become_no_html(fresh):
    text = "<script>alert(1)</script>"
    path = fresh / f"annotations/{names()[0]}.txt"
    path.write_text(path.read_text() + f"1\t2\t{text}\n")
    snakemake(fresh, ANNOTATIONS)
    assert text in {row["species"] for row in read(fresh / ANNOTATIONS)}
    snakemake(fresh, "--report", "report.html", "--", ANNOTATIONS, RECORDINGS)
    html = (fresh / "report.html").read_text()
    assert "annotations.csv" in html and "alert(1)" not in html


@pytest.mark.fault(
    "Annotations",
    "lines that are skipped, and files without a recording",
    sees="Skipped lines of annotations: 2; recordings of which no line could be read: 1 (results/",
    kept="all others",
)
def test_the_summary_counts_what_was_left_out(sees):
    recordings = [{"recording": name, "status": "ok", "reason": ""} for name in ("a", "b", "c")]
    recordings.append({"recording": "d", "status": "quarantined", "reason": "is silent"})
    row = {"line": "", "used": "", "species": "", "annotations": "", "skipped": ""}
    annotations = [
        row | {"recording": name, "status": status}
        for name, status in zip(
            ("a", "b", "c", "d", "x"),
            ("annotated", "unreadable", "empty", "empty", "no recording"),
            strict=True,
        )
    ]
    for line, name in enumerate("ab", start=1):
        annotations.append(
            row | {"recording": name, "status": "skipped", "line": str(line), "skipped": "1"}
        )
    notes = list(left_out(recordings, annotations))
    assert notes[0] == (
        "4 recordings: 2 used, 1 not annotated, 1 unusable (results/recordings.csv)."
    )
    assert notes[1].startswith(sees)
    assert notes[2] == "Annotations without a recording: 1 (results/annotations.csv)."


def test_a_folder_with_the_demos_recordings_is_taken_as_it_is(fresh):
    shutil.copytree(ROOT / "resources/demo/annotations", fresh / "resources/demo/annotations")
    shutil.copy2(ROOT / "resources/demo/recordings.csv", fresh)
    audio = fresh / "resources/demo/audio"
    mine, made = audio / "DEMO_20201105_210000.wav", audio / "DEMO_20201106_003000.wav"
    config = CONFIG | {
        "recordings": {"source": "recordings.csv"},
        "annotations": {"source": "resources/demo/annotations"},
        "species": {"BOALUN": "Boana lundii"},
    }
    write_config(fresh, config)
    snakemake(fresh, "--", str(made.relative_to(fresh)))
    shutil.copy2(fresh / f"recordings/{names()[0]}.wav", mine)
    sound = {path: path.read_bytes() for path in (mine, made)}
    # Of a folder nobody says in which channel of the demo's recordings calls are loudest.
    write_config(fresh, config | {"recordings": {"source": "resources/demo/audio"}, "seed": 2})
    snakemake(fresh, "--", RECORDINGS)
    rows = read(fresh / RECORDINGS)
    assert [(row["recording"], row["status"]) for row in rows] == [
        (path.stem, "ok") for path in (mine, made)
    ]
    assert {path: path.read_bytes() for path in sound} == sound


@pytest.mark.fault(
    "Config",
    "a config that an editor saved in Latin-1 or UTF-16",
    sees="this config is not in UTF-8 but in ",
    kept="nothing starts",
)
@pytest.mark.parametrize(
    ("encoding", "told", "given"),
    [
        ("latin-1", "mein.yaml, line 2: {}Latin-1 or the like;", ["--configfile", "mein.yaml"]),
        ("utf-16", "mein.yaml, line 1: {}UTF-16;", ["--configfile", "mein.yaml"]),
        ("latin-1", "config/config.yaml, line 2: {}Latin-1 or the like;", []),
    ],
)
def test_a_config_in_another_encoding_is_told_in_a_sentence(fresh, sees, encoding, told, given):
    config = fresh / (given[-1] if given else "config/config.yaml")
    text = (fresh / "config/config.yaml").read_text()
    config.write_bytes(f"seed: 1\n# Año 2020\n{text}".encode(encoding))
    told_all = refused(fresh, "-n", *given, "--", "results/summary.csv")
    assert told.format(sees) in told_all
    assert "Traceback" not in told_all
    # The other line is Snakemake's, about its profile.
    assert len(told_all.strip().splitlines()) == 2
    config.write_text(f"seed: 1\n# Año 2020\n{text}")
    assert planned(fresh, "results/summary.csv", options=(*given,))["train_model"]
