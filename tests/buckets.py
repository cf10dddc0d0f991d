"""An S3 server on this machine, and the tiny world with its recordings in a bucket."""

import contextlib
import csv
import importlib
import logging
import os
import shutil
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import CONFIG, names, write_config

BUCKET = "ponds"
# As on the command line: all that rules make lies in the bucket.
STORED = ("--default-storage-provider", "s3", "--default-storage-prefix", f"s3://{BUCKET}/project")
MISSING = (
    "{} is not installed, which the tests of object storage need: make test-s3, or "
    "pip install -r requirements-s3.lock"
)


@dataclass
class Server:
    """An S3 server, and a client of it."""

    url: str
    client: object

    def keys(self, prefix: str = "") -> list[str]:
        """Names of all objects in the bucket."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [each["Key"] for page in pages for each in page.get("Contents", ())]

    def read(self, key: str) -> bytes:
        """What an object holds."""
        return self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    @contextlib.contextmanager
    def refusing(self) -> Iterator[None]:
        """Refuse every key that it did not give."""
        self._ask_for_keys("0")
        try:
            yield
        finally:
            self._ask_for_keys("inf")

    def _ask_for_keys(self, after: str) -> None:
        headers = {"Content-Type": "text/plain"}
        address = f"{self.url}/moto-api/reset-auth"
        request = urllib.request.Request(address, after.encode(), headers)
        urllib.request.urlopen(request).read()


@contextlib.contextmanager
def served(recordings: Path) -> Iterator[Server]:
    """Serve a bucket with the recordings of a folder, without anything else of the network."""
    try:
        import boto3
        from moto.server import ThreadedMotoServer

        importlib.import_module("snakemake_storage_plugin_s3")
    except ModuleNotFoundError as error:
        pytest.fail(MISSING.format(error.name))
    logging.getLogger("werkzeug").setLevel("ERROR")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    key = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **key)
    client.create_bucket(Bucket=BUCKET)
    for path in sorted(recordings.iterdir()):
        client.upload_file(str(path), BUCKET, f"recordings/{path.name}")
    try:
        yield Server(url, client)
    finally:
        server.stop()


def with_table(world: Path, folder: str = f"s3://{BUCKET}/recordings") -> Path:
    """Name the recordings of a world by a table, in a bucket, and take them away from it."""
    shutil.rmtree(world / "recordings")
    with (world / "recordings.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["recording", "path"])
        rows.writerows([name, f"{folder}/{name}.wav"] for name in names())
    write_config(world, CONFIG | {"recordings": {"source": "recordings.csv"}})
    return world


def environment(url: str) -> dict[str, str]:
    """What a user sets before a run; no file of theirs counts."""
    return {
        "SNAKEMAKE_STORAGE_S3_ENDPOINT_URL": url,
        "SNAKEMAKE_STORAGE_S3_ACCESS_KEY": "key",
        "SNAKEMAKE_STORAGE_S3_SECRET_KEY": "secret",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
