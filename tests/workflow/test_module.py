"""The workflow as a module of another, out of a Git repository and from a folder."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import PARTS, planned, read, snakemake

ROOT = Path(__file__).parents[2]
ADDRESS = "https://github.com/owner/anurans"
# As snakedeploy writes it.
DEPLOYED = """
configfile: "config/config.yaml"


module anurans:
    snakefile:
        {snakefile}
    config:
        config


use rule * from anurans
"""
# Two projects in one workflow, each below a folder of its own.
PREFIXED = """
configfile: "config/config.yaml"


module pond:
    snakefile:
        "{snakefile}"
    config:
        config
    prefix:
        "pond"


module lake:
    snakefile:
        "{snakefile}"
    config:
        config | {{"seed": 2}}
    prefix:
        "lake"


use rule * from pond as pond_*
use rule * from lake as lake_*


rule both:
    default_target: True
    input:
        "pond/results/recordings.csv",
        "lake/results/recordings.csv",
"""


@pytest.fixture
def repository(unbuilt, tmp_path):
    """A clone with the files of this project at the tag v1, and nothing checked out of it."""
    clone = tmp_path / "clone"
    clone.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (unbuilt / part).is_dir() else shutil.copy2
        copy(unbuilt / part, clone / part)
    identity = ("-c", "user.name=tests", "-c", "user.email=tests@localhost")
    for command in (
        ("init", "-q", "-b", "main"),
        ("add", "."),
        (*identity, "commit", "-qm", "all"),
        ("tag", "v1"),
        # What is used is not what lies in the folder.
        ("rm", "-qr", "."),
        (*identity, "commit", "-qm", "none"),
    ):
        subprocess.run(["git", *command], cwd=clone, check=True)
    assert not (clone / "workflow").exists()
    return clone


@pytest.fixture
def deployed(unbuilt, tmp_path, monkeypatch):
    """Give a function that makes a user's folder, with a Snakefile that imports the workflow."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def deploy(text, snakefile):
        user = tmp_path / "user"
        for name in ("recordings", "annotations", "config", "profiles"):
            shutil.copytree(unbuilt / name, user / name)
        shutil.copy2(unbuilt / "folds.csv", user)
        (user / "workflow").mkdir()
        (user / "workflow/Snakefile").write_text(text.format(snakefile=snakefile))
        return user

    return deploy


def test_out_of_a_repository(deployed, repository):
    user = deployed(DEPLOYED, f'gitfile("{repository}", path="workflow/Snakefile", tag="v1")')
    jobs = planned(user, "results/summary.csv")
    assert jobs["train_model"] == 9
    assert jobs["inspect_recordings"] == 2


@pytest.mark.slow
def test_from_github(deployed, repository, tmp_path, monkeypatch):
    """Snakemake makes a bare clone of what is at that address, here a folder."""
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(repository), str(bare)], check=True)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.file://{bare}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", ADDRESS)
    user = deployed(DEPLOYED, 'github("owner/anurans", path="workflow/Snakefile", tag="v1")')
    # Without figures, whose many jobs would take the repository apart as often.
    pages = ("results/report/scores.html", "results/provenance.json")
    snakemake(user, *pages)
    assert len(read(user / "results/summary.csv")) > 4
    assert "</html>" in (user / pages[0]).read_text()
    # Nothing is outdated in a second run, by files taken out of the repository again.
    assert planned(user, *pages) == {}
    commit = subprocess.run(
        ["git", "rev-parse", "v1^{commit}"], cwd=bare, capture_output=True, text=True, check=True
    ).stdout
    provenance = yaml.safe_load((user / "results/provenance.json").read_text())
    assert provenance["workflow"] == commit[:12]


@pytest.mark.slow
def test_two_projects_below_folders_of_their_own(deployed, unbuilt):
    user = deployed(PREFIXED, unbuilt / "workflow/Snakefile")
    snakemake(user)
    found = [read(user / f"{name}/results/recordings.csv") for name in ("pond", "lake")]
    assert found[0] == found[1]
    assert [row["path"] for row in found[0]] == [
        f"recordings/{path.name}" for path in sorted((user / "recordings").iterdir())
    ]
    assert not (user / "results").exists()
    snakemake(user, "pond/results/labels/original/0000.tsv")
    assert planned(user, "pond_summary", "lake_summary")["pond_train_model"] == 9
    assert snakemake(user, "lake_runs").stdout.startswith("\n9 runs in 3 experiments")
    assert (user / "lake/results/checks/runs.csv").is_file()


def test_the_catalog_and_the_profile_say_what_is_there():
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert usage["software-stack-deployment"]["conda"] is True
    assert not usage["mandatory-flags"]["flags"]
    # What the catalog and snakedeploy look for.
    for name in ("workflow/Snakefile", "config/config.yaml", "config/README.md", "profiles"):
        assert (ROOT / name).exists()
