"""Small archives of the layout of AnuraSet's, as the tests' server serves them."""

import io
import random
import zipfile
from pathlib import Path

import numpy as np
import soundfile as sf

SR = 22050
SITES = ("INCT17", "INCT41", "INCT4", "INCT20955")
TIMES = ("20200126_170000", "20200126_171500", "20200218_213000", "20210113_013000")
LABELS = "0.500000\t3.250000\tBOAALB_L\r\n10.000000\t12.000000\tPHYCUV_M\r\n"


def sound(seed: int, seconds: float = 1.0) -> bytes:
    """A stereo WAV file of noise, which no archive makes much smaller."""
    noise = np.random.default_rng(seed).normal(0, 0.1, (round(seconds * SR), 2))
    file = io.BytesIO()
    sf.write(file, noise, SR, subtype="PCM_16", format="WAV")
    return file.getvalue()


def files(top: str, ending: str, content) -> dict[str, bytes]:
    """Files of all sites in folders of their own below `top`."""
    names = [f"{site}/{site}_{time}.{ending}" for site in SITES for time in TIMES]
    return {f"{top}{name}": content(number, name) for number, name in enumerate(names)}


def write_archive(
    path: Path, content: dict[str, bytes], packed: int = zipfile.ZIP_DEFLATED
) -> None:
    """Write a zip archive of these files, with entries for their folders."""
    folders = {f"{parent.as_posix()}/" for name in content for parent in Path(name).parents[:-1]}
    with zipfile.ZipFile(path, "w", packed) as archive:
        for name in sorted(folders):
            archive.writestr(name, b"")
        for name, data in content.items():
            archive.writestr(name, data)


def write_anuraset(folder: Path, top: str = "raw_data/") -> dict[str, bytes]:
    """Write raw_data.zip and strong_labels.zip; give what INCT41's files hold, by their place.

    One recording has no label file, one label file is empty, and there is what nobody asked for.
    """
    recordings = files(top, "wav", lambda number, name: sound(number))
    labels = files(
        "strong_labels/", "txt", lambda number, name: b"" if number % 4 == 1 else LABELS.encode()
    )
    del labels["strong_labels/INCT41/INCT41_20210113_013000.txt"]
    weak = {name.replace("strong", "weak"): b"BOAALB\r\n" for name in labels}
    others = {
        "__MACOSX/raw_data/INCT41/._INCT41_20200126_170000.wav": b"resource fork",
        "raw_data/README.txt": b"nothing to see",
        "raw_data/INCT41/.DS_Store": random.Random(1).randbytes(100),
    }
    write_archive(folder / "raw_data.zip", recordings | others)
    write_archive(folder / "strong_labels.zip", weak | labels)
    expected = {
        f"{kind}/{Path(name).name}": data
        for kind, content in (("recordings", recordings), ("annotations", labels))
        for name, data in content.items()
        if "/INCT41/" in name
    }
    assert len(expected) == 7
    return expected


def read_folder(folder: Path) -> dict[str, bytes]:
    """All files below a folder, with their content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
