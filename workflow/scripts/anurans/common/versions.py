"""Versions of the libraries that results were made with: told, and nothing runs again for them."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version


def merge_versions(of: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Gather the versions of several results; of a library with several, all, comma-separated."""
    found: dict[str, set[str]] = {}
    for versions in of:
        for library, text in versions.items():
            found.setdefault(library, set()).update(text.split(", "))
    return {library: ", ".join(sorted(texts)) for library, texts in sorted(found.items())}


def version_notes(versions: Mapping[str, str]) -> Iterator[str]:
    """Say where versions, as `merge_versions` gives them, differ, or are not those installed."""
    several = [f"{library} ({text})" for library, text in versions.items() if ", " in text]
    if several:
        yield (
            f"Not everything was made with the same version of {', '.join(several)}: scores may "
            "differ for that alone (docs/reruns.md)."
        )
    others = [
        f"{library} {text} (now {now})"
        for library, text in versions.items()
        if ", " not in text and (now := installed(library)) not in ("", text)
    ]
    if others:
        yield f"Made with {', '.join(others)}: nothing runs again for that (docs/reruns.md)."


def installed(library: str) -> str:
    """Version of a library here, empty where there is none."""
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
