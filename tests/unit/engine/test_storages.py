"""Mistakes with an object storage, without one."""

from types import SimpleNamespace

import pytest

from anurans.common.errors import UserError
from anurans.engine import storages


class File(str):
    """A file as Snakemake marks it."""

    flags: dict


@pytest.fixture
def stored(monkeypatch):
    """Give a function that marks an address; of its bucket nothing is known yet."""
    monkeypatch.setattr(storages, "_seen", set())

    def mark(query, exists, bucket_exists=True, **flags):
        file = File(query)
        about = SimpleNamespace(query=query, exists=exists, bucket_exists=lambda: bucket_exists)
        file.flags = {"storage_object": about, **flags}
        return file

    return mark


def test_files_of_this_machine_are_let_through():
    assert storages.refuse_unreachable("results/summary.csv") == "results/summary.csv"


def test_a_bucket_is_asked_for_once(stored):
    asked = []
    for name in ("a", "b"):
        file = stored(f"s3://ponds/{name}.wav", lambda: bool(asked.append(1)))
        assert storages.refuse_unreachable(file) is file
    assert asked == [1]


def test_a_bucket_that_is_not_there(stored):
    with pytest.raises(UserError, match="s3://ponds: there is no such bucket"):
        storages.refuse_unreachable(stored("s3://ponds/a.wav", lambda: False, False))
    # That of the results is made.
    results = stored("s3://ponds/results", lambda: False, False, path_modified=True)
    assert storages.refuse_unreachable(results) is results


@pytest.mark.parametrize(
    ("name", "text", "sees"),
    [
        ("NoCredentialsError", "Unable to locate", "no key was found (Unable to locate); set"),
        ("ClientError", "An error (403)", "access is refused (An error (403)); check the key in"),
        ("ClientError", "InvalidAccessKeyId", "access is refused (InvalidAccessKeyId); check"),
        ("EndpointConnectionError", "no", "cannot be reached (no); check SNAKEMAKE_STORAGE_S3_END"),
        ("ReadTimeoutError", "no", "cannot be reached (no); check SNAKEMAKE_STORAGE_S3_ENDPOINT"),
        ("OddError", "what", "cannot be used (OddError: what)."),
    ],
)
def test_reasons(stored, name, text, sees):
    def exists():
        raise type(name, (Exception,), {})(text)

    with pytest.raises(UserError) as caught:
        storages.refuse_unreachable(stored("s3://ponds/a.wav", exists))
    assert sees in str(caught.value)
    assert str(caught.value).startswith("s3://ponds: ")


def test_a_kind_of_address_without_a_plugin():
    class Storage:
        def __getattr__(self, kind):
            def fetch(path):
                if kind != "s3":
                    raise RuntimeError("is not installed.")
                return f"marked {path}"

            return fetch

    assert storages.fetched("s3://ponds/a.wav", Storage()) == "marked s3://ponds/a.wav"
    with pytest.raises(UserError, match="pip install snakemake-storage-plugin-gcs"):
        storages.fetched("gcs://ponds/a.wav", Storage())
