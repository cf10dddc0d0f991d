"""Images that a network is trained on: read from their shards when a batch needs them, changed."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from anurans.common.errors import UserError
from anurans.networks.embedding_rows import OpenFiles, rows_at_a_time
from anurans.sounds.shards import open_shard

# Least and largest width of a mask, as a share of the image.
WIDTH = 0.05, 0.15


class Images:
    """Images of clips, in their order, of one technique after the other.

    They stay on disk, and every checksum is looked at once, when they are opened. Indexed by an
    array of numbers or a slice, it gives an array [shape=(n, size, size), dtype=uint8].

    Parameters
    ----------
    wanted
        Pairs of the shards of a technique and the ids of its clips.

    Raises
    ------
    UserError
        When a shard is damaged, or has no image of a clip.
    """

    def __init__(self, wanted: Sequence[tuple[Sequence[str], Sequence[str]]]) -> None:
        self._paths: list[str] = []
        self._files = OpenFiles(self._paths)
        self._shape: tuple[int, ...] = (0, 0)
        files, places, digest = [np.empty(0, int)], [np.empty(0, int)], hashlib.sha256()
        for paths, clips in wanted:
            position = {clip: row for row, clip in enumerate(clips)}
            file, place = np.full(len(clips), -1), np.zeros(len(clips), int)
            checksums = np.zeros(len(clips), np.uint32)
            for path in paths:
                with open_shard(path) as shard:
                    self._shape = shard.data.shape[1:]
                    for _ in shard.batches(rows_at_a_time(math.prod(self._shape), 1)):
                        pass
                    at = np.array([position.get(clip, -1) for clip in shard.clips.clip], int)
                    chosen = np.flatnonzero(at >= 0)
                    file[at[chosen]] = len(self._paths)
                    place[at[chosen]] = shard.data.places[chosen]
                    checksums[at[chosen]] = shard.data.checksums[chosen]
                self._paths.append(path)
            if (file < 0).any():
                raise UserError(
                    f"{paths[0]} and its like have no image of {clips[int(file.argmin())]}, which "
                    "has an embedding; delete results/spectrograms and run the same command again."
                )
            files.append(file)
            places.append(place)
            digest.update(checksums.tobytes())
        self._file, self._place = np.concatenate(files), np.concatenate(places)
        self.digest = digest.hexdigest()

    def __len__(self) -> int:
        return len(self._file)

    def __getitem__(self, rows: np.ndarray | slice) -> np.ndarray:
        files, places = self._file[rows].tolist(), self._place[rows].tolist()
        found = np.empty((len(files), *self._shape), np.uint8)
        for file, place, image in zip(files, places, found, strict=True):
            self._files.read(file, image, place)
        return found


@dataclass(frozen=True, slots=True)
class Examples:
    """What a network is trained or judged on.

    Attributes
    ----------
    images
        Images [shape=(n, size, size), dtype=uint8]: an array, or `Images`.
    labels : np.ndarray [shape=(n, species), dtype=float32]
        Labels, 0 where nobody knows.
    counts : np.ndarray [shape=(n, species), dtype=float32]
        How much each label counts in the loss, 0 where it is not known.
    """

    images: Images | np.ndarray
    labels: np.ndarray
    counts: np.ndarray

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        if isinstance(self.images, Images):
            of = self.images.digest.encode()
        else:
            of = self.images.tobytes()
        return hashlib.sha256(of + self.labels.tobytes() + self.counts.tobytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Epoch:
    """Batches of one epoch, in an order and with masks and mixtures of its own.

    What a batch holds depends on the seed, the epoch and its number alone, so that a training that
    was stopped goes on with what it would have had.

    Attributes
    ----------
    examples
        What is trained on.
    rows : np.ndarray [shape=(m,), dtype=int]
        Which examples, each as often as it stands there.
    size
        Of a batch.
    masks, mixup
        Of the config's `tuning`.
    seed, epoch
        What all that is drawn depends on.
    """

    examples: Examples
    rows: np.ndarray
    size: int
    masks: int
    mixup: float
    seed: int
    epoch: int

    def __len__(self) -> int:
        return -(-len(self.rows) // self.size)

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        order = self.order()
        return (self.batch(order, number) for number in range(len(self)))

    def order(self) -> np.ndarray:
        """Rows in the order of the epoch."""
        return np.random.default_rng([self.seed, 4, self.epoch]).permutation(self.rows)

    def batch(self, order: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Images, labels and what each counts, of one batch of an order."""
        rows = order[number * self.size : (number + 1) * self.size]
        rng = np.random.default_rng([self.seed, 5, self.epoch, number])
        images, labels = self.examples.images[rows], self.examples.labels[rows]
        counts = self.examples.counts[rows]
        if self.masks:
            images = masked(images, self.masks, rng)
        if self.mixup:
            return mixed(images, labels, counts, self.mixup, rng)
        return images, labels, counts


def masked(images: np.ndarray, masks: int, rng: np.random.Generator) -> np.ndarray:
    """Erase so many stretches of time, and so many of frequency, of each image.

    Parameters
    ----------
    images : np.ndarray [shape=(n, size, size), dtype=uint8]
        Axes are clip, frequency, time.
    masks
        Of each kind.
    rng
        Draws their places, and their widths of 5 to 15 % of the image.

    Returns
    -------
    np.ndarray [shape=(n, size, size), dtype=uint8]
        Erased is to the mean of the image.
    """
    found, size = images.copy(), images.shape[-1]
    widths = np.rint(rng.uniform(*WIDTH, (len(images), 2, masks)) * size).astype(int)
    firsts = rng.integers(0, size - widths + 1)
    for image, first, last in zip(found, firsts.tolist(), (firsts + widths).tolist(), strict=True):
        grey = round(int(image.sum(dtype=np.uint32)) / image.size)
        for start, end in zip(first[0], last[0], strict=True):
            image[:, start:end] = grey
        for start, end in zip(first[1], last[1], strict=True):
            image[start:end] = grey
    return found


def mixed(
    images: np.ndarray,
    labels: np.ndarray,
    counts: np.ndarray,
    alpha: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mix each image with another of the batch, and their labels (Zhang et al. 2018, mixup).

    Parameters
    ----------
    images : np.ndarray [shape=(n, size, size), dtype=uint8]
    labels, counts : np.ndarray [shape=(n, species), dtype=float32]
        As `Examples` has them.
    alpha
        Shares are drawn from Beta(alpha, alpha); the larger one is an image's own.
    rng
        Draws shares and partners.

    Returns
    -------
    images, labels, counts
        A label counts where it is known of both.
    """
    drawn = rng.beta(alpha, alpha, len(images))
    # In parts of 256, so that whole numbers of 16 bits do: three times as fast as floating point.
    parts = np.rint(np.maximum(drawn, 1 - drawn) * 256).astype(np.uint16)
    other = rng.permutation(len(images))
    found = images.copy()
    for row in np.flatnonzero(parts < 256):
        grey = images[row] * parts[row]
        grey += images[other[row]] * (256 - parts[row])
        grey += 128
        grey >>= 8
        found[row] = grey
    share = (parts / 256).astype(np.float32)[:, None]
    mixture = share * labels + (1 - share) * labels[other]
    return found, mixture, np.minimum(counts, counts[other])
