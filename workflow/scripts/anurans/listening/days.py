"""The recordings of a day listened to, one after the other, and how each of them sounds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from anurans.common.errors import UserError
from anurans.common.tables import format_cell
from anurans.listening.detector import Detector, check_network
from anurans.listening.finished_models import NETWORK, OWN_NETWORK
from anurans.listening.scoring import (
    BATCH,
    Batches,
    Cutter,
    Listener,
    Viewer,
    batched,
    overlapping_clips,
    places,
    read_windows,
    score,
)
from anurans.networks.embeddings import by_digest, open_network
from anurans.recordings.audio import Source
from anurans.recordings.clips import ClipTable, concatenate
from anurans.recordings.inspection import Inspection, Reading
from anurans.recordings.names import Recording, clip_id
from anurans.sounds.image_axes import SIZE
from anurans.sounds.sound_profiles import measure_sound, profile
from anurans.sounds.spectrograms import Imager, SpectrogramSettings
from anurans.sounds.windows import Windows


@dataclass(frozen=True, slots=True)
class Cutting:
    """How clips are laid over recordings.

    Attributes
    ----------
    length, min_last
        As `anurans.recordings.clips.count_clips` takes them, in s.
    steps
        Clips that each second is in; 1 without overlap.
    """

    length: float
    min_last: float
    steps: int

    def places(self, duration: float) -> list[int]:
        """Places of the clips of a recording, in steps from its start."""
        return places(duration, self.length, self.min_last, self.steps)

    def clips(self, source: Source) -> ClipTable:
        """Clips of a recording."""
        at = source.recording, source.duration_s
        return overlapping_clips(*at, self.length, self.min_last, self.steps)


def open_trained(
    detector: Detector,
    about: Sequence[str],
    finished: Sequence[str],
    model: str,
    threads: int,
) -> Viewer | Listener:
    """Open the frozen network that the model was trained on, and no other, to embed clips.

    Parameters
    ----------
    detector
        The model.
    about
        Each network's about.json.
    finished
        Files of a finished model; of images it has its network with it.
    model
        Where the model stands.
    threads
        Of the engine.

    Raises
    ------
    UserError
        When there is another network than that.
    """
    name = detector.about["model"]["backbone"]
    found = [Path(path) for path in about if Path(path).parent.name == name]
    found += map(Path, _described(finished, NETWORK))
    network, described = open_network(found[-1], threads)
    check_network(detector, described, found[-1].parent, model)
    return embedder_of(network, detector.about["settings"])


def open_listening(
    detector: Detector,
    about: Sequence[str],
    finished: Sequence[str],
    model: str,
    threads: int,
    own: Sequence[str],
) -> Viewer | Listener:
    """Open what a model listens with: as `open_trained`, and networks that were trained with heads.

    Parameters
    ----------
    detector, about, finished, model, threads
        As `open_trained` takes them.
    own
        The about.json of networks that were trained with the heads, of any models.
    """
    opened = open_trained(detector, about, finished, model, threads)
    if not isinstance(opened, Viewer) or not detector.about.get("own_networks"):
        return opened
    given = [*own, *_described(finished, OWN_NETWORK)]
    return replace(opened, own=open_own(detector, given, model, threads))


def _described(finished: Sequence[str], folder: str) -> list[str]:
    """The about.json of a network of a finished model, if it has that."""
    wanted = f"/{folder}/about.json"
    return [path for path in map(str, finished) if path.endswith(wanted)]


def open_own(detector: Detector, own: Sequence[str], model: str, threads: int) -> list[Any]:
    """Open the own network of each head, in their order; as `open_listening` takes them."""
    of = by_digest(own)
    if missing := set(detector.about["own_networks"]) - of.keys():
        raise UserError(
            f"{model}: was trained with other networks than those in results/training (SHA-256 "
            f"begins with {min(missing)[:12]}); run the same command without --touch, which puts "
            "the model together again."
        )
    return [open_network(of[digest], threads)[0] for digest in detector.about["own_networks"]]


def embedder_of(network: Any, settings: Mapping[str, Any]) -> Viewer | Listener:
    """Give a network what draws its images, or cuts its windows.

    Parameters
    ----------
    network
        Opened by `anurans.networks.embeddings.open_network`.
    settings
        `length` of clips and, of a network that takes sound, `sound`, else `sr` and `spectrogram`,
        as `anurans.listening.detector.Detector` has them.
    """
    if "sound" in settings:
        return Listener(Windows(**settings["sound"], length=settings["length"]), network)
    samples = round(settings["length"] * settings["sr"])
    drawn = SpectrogramSettings(**settings["spectrogram"])
    return Viewer(Imager(drawn, settings["sr"], samples, SIZE), network, settings["sr"])


def lay_clips(sources: Sequence[Source], cutting: Cutting) -> ClipTable:
    """Clips of all recordings, in their order."""
    return concatenate(map(cutting.clips, sources))


def embed(
    sources: Sequence[Source],
    wanted: ClipTable,
    embedder: Viewer | Listener,
    length: float,
    dtype: str,
) -> Iterator[np.ndarray]:
    """Embed some clips of recordings, some at a time, in the order of the recordings.

    Parameters
    ----------
    sources
        The recordings.
    wanted
        Their clips, laid without overlap; those of one recording in the order of time.
    embedder
        What embeds.
    length
        Of a clip, in s.
    dtype
        Of the embeddings.

    Yields
    ------
    np.ndarray [shape=(n, width) or (n, windows, width)]
    """
    for source in sources:
        mine = wanted[wanted.recording == source.recording]
        at = np.rint(mine.source_start / length).astype(int).tolist()
        done = 0
        for audio in batched(read_windows(source, embedder.sr, length, 1, at), BATCH):
            names = mine.clip[done : done + len(audio)]
            done += len(audio)
            yield embedder.embed(audio, names).astype(dtype)


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard in a recording.

    Attributes
    ----------
    found
        Whether it can be used; where it cannot, the rest is empty.
    scores : np.ndarray [shape=(n, species, folds), dtype=float32]
        Of its clips, as `Cutting.clips` lays them.
    profile
        A row of `anurans.sounds.sound_profiles.PROFILE`.
    """

    found: Inspection
    scores: np.ndarray | None = None
    profile: dict[str, Any] | None = None


def hear(
    of: Mapping[str, str],
    file: str,
    detector: Detector,
    embedder: Viewer | Listener,
    cutting: Cutting,
    sr: int,
    dtype: str,
) -> Hearing:
    """Read a recording once: whether it can be used, the scores of its clips, and how it sounds.

    Parameters
    ----------
    of
        Its `recording`, `fault` and `channel`.
    file
        Where it lies.
    detector, embedder
        The model, and what embeds for it.
    cutting
        Of the clips.
    sr
        Rate at which it is measured, in Hz, as those of training were, whatever the network takes.
    dtype
        Of embeddings that the model's heads were trained on.
    """
    id, length, steps = of["recording"], cutting.length, cutting.steps
    named = Recording(id, file, fault=of["fault"])
    reading = Reading(named, length, cutting.min_last, of["channel"])
    at, scores, distances, levels, bands = [], [], [], [], []

    def take(where: np.ndarray, audio: np.ndarray) -> None:
        names = [clip_id(id, place * length / steps) for place in where.tolist()]
        scored, apart = score(audio, names, detector, embedder, dtype)
        # Without overlap each second counts once in how the recording sounds.
        tiles = where % steps == 0
        at.append(where)
        scores.append(scored)
        distances.append(apart[tiles])
        if embedder.sr == sr and tiles.any():
            measure(where[tiles], audio[tiles])

    def measure(where: np.ndarray, audio: np.ndarray) -> None:
        level, band = measure_sound(audio, sr)
        levels.append(level)
        bands.append(band)

    batches = [(Batches(Cutter(embedder.sr, length, steps), take), cutting)]
    if embedder.sr != sr:
        batches.append((Batches(Cutter(sr, length, 1), measure), replace(cutting, steps=1)))
    for block in reading.blocks():
        for each, _ in batches:
            each.add(block, reading.sr)
    if reading.found.status != "ok":
        return Hearing(reading.found)
    # As the table of recordings has it, so that everyone who reads it gets the same clips.
    duration = float(format_cell(reading.found.duration_s))
    for each, laid in batches:
        each.end(laid.places(duration))
    # Resampling may complete a clip that the duration is a sample too short for.
    kept = np.isin(np.concatenate(at), cutting.places(duration))
    level, band, far = (np.concatenate(each) for each in (levels, bands, distances))
    row = profile(id, level, band, far, detector.about["limit"])
    return Hearing(reading.found, np.concatenate(scores)[kept], row)
