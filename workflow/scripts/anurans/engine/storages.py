"""Mistakes with an object storage, told in a sentence before the first job.

Read at parse time: standard library only. Gets what Snakemake's storage plugins make, whose
exceptions are known by name: which plugins are installed is the user's choice.
"""

from typing import Any

from anurans.common.errors import UserError

KEYS = "SNAKEMAKE_STORAGE_S3_ACCESS_KEY and SNAKEMAKE_STORAGE_S3_SECRET_KEY"
MORE = "docs/object-storage.md has an example."
_seen: set[str] = set()


def fetched(path: str, storage: Any) -> str:
    """Mark an address such as s3://bucket/name.wav as an input that its plugin fetches.

    Parameters
    ----------
    path
        The address.
    storage
        What Snakemake calls so in a Snakefile.

    Raises
    ------
    UserError
        When there is no plugin for such addresses.
    """
    kind = path.partition("://")[0]
    try:
        return getattr(storage, kind)(path)
    except Exception as error:
        raise UserError(
            f"recordings.source: {path} cannot be fetched: {error} Is it an address? Then: "
            f"pip install snakemake-storage-plugin-{kind}"
        ) from error


def refuse_unreachable(file: str) -> str:
    """Refuse a file in a bucket that is not there or not to be entered; ask once for each bucket.

    Parameters
    ----------
    file
        A file that Snakemake may have marked as one in a storage.

    Returns
    -------
    str
        The same file. It need not be there.

    Raises
    ------
    UserError
        That says what to do.
    """
    flags: dict[str, Any] = getattr(file, "flags", {})
    stored = flags.get("storage_object")
    bucket = "/".join(stored.query.split("/")[:3]) if stored else ""
    if stored and bucket not in ("", *_seen):
        try:
            is_there = stored.exists()
        except Exception as error:
            raise UserError(f"{bucket}: {_reason(error)} {MORE}") from error
        # That of the results is made.
        is_results = flags.get("path_modified")
        bucket_exists = getattr(stored, "bucket_exists", lambda: True)
        if not (is_there or is_results or bucket_exists()):
            raise UserError(
                f"{bucket}: there is no such bucket, or it cannot be seen with this key; check the "
                f"paths in the table of recordings (recordings.source). {MORE}"
            )
        _seen.add(bucket)
    return file


def _reason(error: Exception) -> str:
    name, text = type(error).__name__, str(error).rstrip(".")
    if "Credential" in name:
        return f"no key was found ({text}); set {KEYS}."
    if any(word in text for word in ("(401)", "(403)", "AccessKeyId", "Signature", "Forbidden")):
        return f"access is refused ({text}); check the key in {KEYS}, and what it may do."
    if "Connect" in name or "Timeout" in name or "Endpoint" in name:
        return f"cannot be reached ({text}); check SNAKEMAKE_STORAGE_S3_ENDPOINT_URL."
    return f"cannot be used ({name}: {text})."
