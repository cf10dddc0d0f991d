"""Where rows come from."""

import hashlib
import json
import subprocess
from pathlib import Path

from anurans.report.provenance import file_digest, told, trace_run, workflow_version

RUN = {
    "split": "night",
    "backbone": "net",
    "dataset": "original",
    "recipe": "linear",
    "fold": "2",
    "experiments": "main",
}
MADE = {
    "started": "2026-01-02T03:04:05+00:00",
    "seconds": 2.5,
    "threads": 1,
    "machine": {"cores": 2},
    "weights_sha256": "abc",
}
METADATA = {
    "training": {"recipe": {"epochs": 3}, "seed": 7},
    "embedding": {"backbone": {"architecture": "MobileNet"}},
    "code": {"training": "0123"},
    "versions": {"keras": "3"},
}


def test_a_digest_is_that_of_the_file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"frogs")
    assert file_digest(path) == hashlib.sha256(b"frogs").hexdigest()


def test_a_run_is_traced_to_files_settings_and_command(tmp_path):
    files = {name: str(tmp_path / name) for name in ("head.keras", "scores.h5", "metrics.tsv")}
    for name, path in files.items():
        Path(path).write_text(name)
    found = trace_run(RUN, "results/x", files, MADE, METADATA, "net digest", "4567", "snakemake x")
    assert found["files"]["results/x/head.keras"] == hashlib.sha256(b"head.keras").hexdigest()
    assert len(found["files"]) == 3
    assert found["code"] == {"training": "0123", "evaluation": "4567"}
    assert (found["seed"], found["weights_sha256"]) == (7, "abc")
    assert (found["backbone_sha256"], found["command"]) == ("net digest", "snakemake x")
    shown = told(found, {"workflow": "1234"})
    assert shown["title"] == "night, net, original, linear, fold 2"
    assert shown["command"] == "snakemake x"
    assert json.loads(shown["text"])["workflow"] == "1234"


def test_a_network_that_takes_sound_is_known_by_the_file_it_comes_from(tmp_path):
    embedding = METADATA["embedding"] | {"source_sha256": "of the file"}
    heard = METADATA | {"embedding": embedding}
    found = trace_run(RUN, "results/x", {}, MADE, heard, "net digest", "4567", "snakemake x")
    assert found["backbone_sha256"] == "of the file"


def test_the_workflow_is_known_by_its_commit(tmp_path):
    assert workflow_version(tmp_path) == ""
    taken = tmp_path / ("1f" * 20) / "workflow/scripts/anurans/report"
    assert workflow_version(taken) == "1f" * 6

    def git(*words):
        about = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", "-C", tmp_path, *about, *words], check=True, capture_output=True)

    git("init")
    (tmp_path / "file").write_text("a")
    git("add", "file")
    git("commit", "-m", "first")
    clean = workflow_version(tmp_path)
    assert len(clean) == 12
    (tmp_path / "file").write_text("b")
    assert workflow_version(tmp_path) == f"{clean}-dirty"
