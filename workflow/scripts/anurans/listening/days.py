"""The recordings of a day listened to, one after the other, and how each of them sounds."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from anurans.common.errors import UserError
from anurans.listening.detector import Detector, check_network
from anurans.listening.scoring import (
    BATCH,
    Listener,
    Viewer,
    batched,
    listen,
    measure,
    overlapping_clips,
    places,
    read_windows,
)
from anurans.networks.embeddings import open_network
from anurans.recordings.audio import Inspection, Source, inspect
from anurans.recordings.clips import ClipTable, concatenate
from anurans.recordings.names import Recording
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

    def clips(self, source: Source) -> ClipTable:
        """Clips of a recording."""
        at = source.recording, source.duration_s
        return overlapping_clips(*at, self.length, self.min_last, self.steps)


def examine(of: Mapping[str, str], file: str, cutting: Cutting) -> Inspection:
    """Read a recording to its end, and say whether it can be used.

    Parameters
    ----------
    of
        Its `recording`, `fault` and `channel`.
    file
        Where it lies.
    cutting
        Of its clips.
    """
    named = Recording(of["recording"], file, fault=of["fault"])
    return inspect(named, cutting.length, cutting.min_last, of["channel"])


def open_trained(
    detector: Detector,
    about: Sequence[str],
    finished: Sequence[str],
    model: str,
    threads: int,
    own: Sequence[str] = (),
) -> Viewer | Listener:
    """Open the network that the model's heads were trained on, and no other, to embed clips.

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
    own
        The about.json of networks that were trained with the heads, of any models.

    Raises
    ------
    UserError
        When there is another network than that.
    """
    name = detector.about["model"]["backbone"]
    found = [Path(path) for path in about if Path(path).parent.name == name]
    found += [Path(path) for path in finished if Path(path).name == "about.json"]
    network, described = open_network(found[-1], threads)
    check_network(detector, described, found[-1].parent, model)
    opened = embedder_of(network, detector.about["settings"])
    if isinstance(opened, Viewer) and detector.about.get("own_networks"):
        return replace(opened, own=open_own(detector, own, model, threads))
    return opened


def open_own(detector: Detector, own: Sequence[str], model: str, threads: int) -> list[Any]:
    """Open the own network of each fold, in the order of heads; as `open_trained` takes them."""
    of = {json.loads(Path(path).read_text(encoding="utf-8"))["network"]: path for path in own}
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


def hear(
    sources: Sequence[Source],
    detector: Detector,
    embedder: Viewer | Listener | None,
    cutting: Cutting,
    sr: int,
    dtype: str,
    profiles: list[dict[str, Any]],
) -> Iterator[np.ndarray]:
    """Score the clips of recordings, some at a time.

    Parameters
    ----------
    sources
        The recordings.
    detector, embedder
        The model, and what embeds for it; the latter may be None without a recording.
    cutting
        Of the clips.
    sr
        Rate at which recordings are measured, in Hz, as those of training were.
    dtype
        Of embeddings that its heads were trained on.
    profiles
        Gets a row of `anurans.sounds.sound_profiles.PROFILE` for each recording that was heard.

    Yields
    ------
    np.ndarray [shape=(n, species, folds), dtype=float32]
    """
    length, min_last, steps = cutting.length, cutting.min_last, cutting.steps
    for source in sources:
        if embedder is None:
            raise ValueError("recordings without a network that embeds them")
        at = places(source.duration_s, length, min_last, steps)
        clips = read_windows(source, embedder.sr, length, steps, at)
        # Without overlap each second counts once in how the recording sounds.
        tiles, of = np.array(at) % steps == 0, defaultdict(list)
        done = 0
        for heard in listen(clips, cutting.clips(source).clip, detector, embedder, dtype):
            mine = tiles[done : done + len(heard.audio)]
            of["distances"].append(heard.distances[mine])
            if embedder.sr == sr and mine.any():
                levels, bands = measure_sound(heard.audio[mine], sr)
                of["levels"].append(levels)
                of["bands"].append(bands)
            done += len(heard.audio)
            yield heard.scores
        measured = {name: np.concatenate(parts) for name, parts in of.items()}
        if embedder.sr != sr:
            # As training recordings were measured, whatever rate the network takes.
            levels, bands = measure(source, sr, length, min_last)
            measured |= {"levels": levels, "bands": bands}
        profiles.append(profile(source.recording, **measured, limit=detector.about["limit"]))
