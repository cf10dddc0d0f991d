"""The Dockerfile, and the locks that it is made of; it is not built here."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def pins(name):
    """Version of each package of a lock."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / name).read_text(), re.M))


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_it_has_the_python_of_the_environments():
    version = re.search(r"^FROM python:(3\.\d+)-slim", DOCKERFILE, re.M)[1]
    for path in (ROOT / "envs").glob("*.yaml"):
        assert yaml.safe_load(path.read_text())["dependencies"][0] == f"python={version}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    low, high = (int(n) for n in re.findall(r"3\.(\d+)", project["requires-python"]))
    assert low <= int(version.split(".")[1]) < high


def test_it_is_given_what_it_copies():
    copied = re.search(r"^COPY (.+) \./$", DOCKERFILE, re.M)[1].split()
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored == ["*", *(f"!{name}" for name in copied)]
    assert all((ROOT / name).is_file() for name in copied)
    assert re.search(r"^USER [1-9]\d*$", DOCKERFILE, re.M)


def test_all_that_jobs_need_is_in_the_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lock, above = pins("requirements.lock"), pins("requirements-s3.lock")
    for wanted in project["project"]["dependencies"]:
        assert normal(re.match(r"[\w.-]+", wanted)[0]) in lock
    others = [
        *project["project"]["optional-dependencies"]["s3"],
        *project["project"]["optional-dependencies"]["kubernetes"][1:],
        *project["dependency-groups"]["s3"],
    ]
    for wanted in others:
        assert normal(re.match(r"[\w.-]+", wanted)[0]) in above
    # It changes one version of the lock, and that for Amazon's packages.
    assert above.keys() & lock.keys() == {"python-dateutil"}
