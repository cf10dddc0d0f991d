"""Shards of what a network makes of the windows of clips."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anurans.common.jobs import log
from anurans.networks.engines import library
from anurans.recordings.audio import Source, provenance
from anurans.recordings.clips import ClipTable
from anurans.sounds.shards import extend
from anurans.sounds.sound_clips import read_copies
from anurans.sounds.windows import NOISE, Windows, together


@dataclass(frozen=True, slots=True)
class Heard:
    """Clips of a shard that a network listens to.

    Attributes
    ----------
    sources
        Recordings that can be used.
    clips
        The clips, of these recordings, in their order.
    windows
        How clips are cut.
    top
        Frequency at which images end, in Hz, where clips are masked; else None.
    """

    sources: Sequence[Source]
    clips: ClipTable
    windows: Windows
    top: float | None

    def batches(self, size: int) -> Iterator[np.ndarray]:
        """Windows of all clips [shape=(n, samples)], those of a clip never parted."""
        return together(self._cut(), size)

    def by_clip(self, rows: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """What a network made of batches [shape=(n, k)], by clip [shape=(clips, windows, k)]."""
        for batch in rows:
            yield batch.reshape(-1, len(self.windows.starts), batch.shape[1])

    def _cut(self) -> Iterator[np.ndarray]:
        for each in self.sources:
            mine = self.clips[self.clips.recording == each.recording]
            sound = read_copies(each, mine, self.windows.sr, self.windows.length)
            for at, clip in enumerate(sound):
                about = mine.clip[at], mine.technique[at], mine.masks[at]
                yield self.windows.cut(clip, *about, self.top)
            log.info("%s: %d clips, channel %s", each.path, len(mine), each.channel)

    def metadata(
        self, network: Mapping[str, Any], about: Mapping[str, Any], code: str, technique: str
    ) -> dict[str, Any]:
        """Metadata of the shard.

        Parameters
        ----------
        network
            Its about.json.
        about
            What is to be said of the embedding besides.
        code
            Digest of the script.
        technique
            Of the clips.
        """
        windows = self.windows
        kept = ("backbone", "source_sha256", "licence", "parameters", "engine", "precision")
        embedding = {key: network[key] for key in kept}
        embedding |= {
            "sr": windows.sr,
            "samples": windows.samples,
            "window": windows.window,
            "windows": windows.starts.tolist(),
            "noise": NOISE,
            "seed": windows.seed,
            **about,
        }
        metadata: dict[str, Any] = {"recordings": provenance(self.sources)}
        clips = {"sr": windows.sr, "length": windows.length}
        metadata = extend(metadata, "clips", clips, code, "numpy", "soundfile", "soxr")
        if self.top:
            masks = {"technique": technique, "top": self.top}
            metadata = extend(metadata, "masks", masks, code)
        metadata = extend(
            metadata, "embedding", embedding, code, library(network["engine"]), "scipy"
        )
        metadata["versions"] = network["versions"] | metadata["versions"]
        return metadata
