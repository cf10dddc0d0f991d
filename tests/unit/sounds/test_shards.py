"""Shards give back what was written, and tell when they cannot."""

import contextlib

import h5py
import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.recordings.clips import COLUMNS, clip_table, concatenate, original_clips
from anurans.sounds.shards import extend, open_shard, write_shard

CLIPS = concatenate([original_clips("rana señal 蛙", 20.0, 5.0, 0.5), original_clips("B", 7, 5, 0)])
METADATA = {"source": {"é": [1, 2.5, None]}, "code": {"cut_clips": "abcd"}}
# Bytes that stand in the file as they are, to be found and flipped.
DATA = np.random.default_rng(1).integers(0, 256, (len(CLIPS), 16, 8), dtype=np.uint8)


def write(path, clips=CLIPS, data=DATA, batch=4, dtype="uint8", metadata=METADATA):
    batches = (data[first : first + batch] for first in range(0, len(data), batch))
    write_shard(path, clips, batches, data.shape[1:], dtype, metadata)
    return path


def read(path):
    with open_shard(path) as shard:
        return shard.clips, shard.metadata, shard.data[:]


def flip(path, found, bit=1):
    """Flip a bit of the first byte of `found`, which stands in the file once or more."""
    content = bytearray(path.read_bytes())
    at = content.index(found)
    content[at] ^= bit
    path.write_bytes(content)


@contextlib.contextmanager
def flipped(path, at, bit):
    """Flip a bit of a file, and flip it back."""
    with path.open("r+b") as file:
        for back in (False, True):
            file.seek(at)
            (value,) = file.read(1)
            file.seek(at)
            file.write(bytes([value ^ 1 << bit]))
            file.flush()
            if not back:
                yield


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float16", "float32"])
def test_round_trip(tmp_path, dtype):
    data = DATA.astype(dtype)
    clips, metadata, found = read(write(tmp_path / "0000.h5", data=data, dtype=dtype))
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(clips, name), getattr(CLIPS, name))
        assert getattr(clips, name).dtype == getattr(CLIPS, name).dtype
    assert metadata == METADATA
    np.testing.assert_array_equal(found, data)
    assert found.dtype == dtype


def test_masks_and_rates_of_copies(tmp_path):
    rows = CLIPS.rows()
    rows[0] |= {"clip": "x~time_mask1", "technique": "time_mask", "copy": 1, "masks": "0.5-1.25"}
    rows[1] |= {"clip": "x~time_stretch2", "copy": 2, "rate": 1 / 3}
    clips = clip_table(rows)
    assert read(write(tmp_path / "0000.h5", clips))[0].rows() == rows


def test_no_clips(tmp_path):
    empty = CLIPS[np.zeros(len(CLIPS), bool)]
    clips, metadata, data = read(write(tmp_path / "0000.h5", empty, DATA[:0]))
    assert (len(clips), data.shape, metadata) == (0, (0, 16, 8), METADATA)
    with open_shard(tmp_path / "0000.h5") as shard:
        assert list(shard.batches(4)) == []


def test_batches(tmp_path):
    with open_shard(write(tmp_path / "0000.h5")) as shard:
        batches = list(shard.batches(4))
    assert [len(batch) for batch in batches] == [4, 2]
    np.testing.assert_array_equal(np.concatenate(batches), DATA)


def test_the_same_bytes_twice_whatever_the_batches(tmp_path):
    first = write(tmp_path / "a/0000.h5").read_bytes()
    assert write(tmp_path / "b/0000.h5", batch=1).read_bytes() == first
    turned = dict(reversed(METADATA.items()))
    assert write(tmp_path / "c/0000.h5", metadata=turned).read_bytes() == first
    assert write(tmp_path / "d/0000.h5", metadata={}).read_bytes() != first


@pytest.mark.parametrize("rows", [0, 3, len(CLIPS) - 1])
def test_too_few_rows_leave_no_shard(tmp_path, rows):
    with pytest.raises(ValueError, match=f"{rows} rows of data for {len(CLIPS)} clips"):
        write(tmp_path / "0000.h5", data=DATA[:rows])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("batch", [1, 4, 100])
def test_too_many_rows_leave_no_shard(tmp_path, batch):
    with pytest.raises(ValueError, match="rows of data for 3 clips"):
        write(tmp_path / "0000.h5", CLIPS[:3], batch=batch)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "found",
    [
        b"B_0000000",
        "rana señal 蛙_0005000".encode(),
        np.float64(15.0).tobytes(),
        b'"abcd"',
        '"é"'.encode(),
    ],
)
def test_a_flipped_bit_of_table_or_metadata_is_found_when_opened(tmp_path, found):
    path = write(tmp_path / "0000.h5")
    for bit in (1, 128):
        flip(path, found, bit)
        with pytest.raises(UserError) as caught:
            read(path)
        assert str(caught.value).startswith(f"{path}: this shard is damaged; delete it and run")
        content = path.read_bytes()
        path.unlink()
        assert write(path).read_bytes() != content


@pytest.mark.parametrize("clip", range(len(CLIPS)))
def test_a_flipped_bit_of_data_is_found_when_read(tmp_path, clip):
    path = write(tmp_path / "0000.h5")
    flip(path, DATA[clip, 3].tobytes())
    with pytest.raises(UserError) as caught, open_shard(path) as shard:
        assert list(shard.clips.clip) == list(CLIPS.clip)
        for row in range(len(CLIPS)):
            if row != clip:
                np.testing.assert_array_equal(shard.data[row], DATA[row])
        _ = shard.data[clip]
    assert str(caught.value).startswith(f"{path}: this shard is damaged")


@pytest.mark.fault(
    "Crashes",
    "a flipped bit anywhere in a shard: value, name, attribute, or HDF5's own structures",
    sees="this shard is damaged; delete it and run the same command again",
    kept="everything else; nothing is computed from it, and the file is named",
)
def test_a_flipped_bit_of_any_byte_is_found(tmp_path, sees):
    path = write(tmp_path / "0000.h5", CLIPS[:2], DATA[:2])
    bits = np.random.default_rng(3).integers(0, 8, path.stat().st_size)
    for at, bit in enumerate(bits.tolist()):
        with flipped(path, at, bit), pytest.raises(UserError) as caught:
            read(path)
        assert str(caught.value).startswith(f"{path}: {sees}"), at
    assert read(path)[0].rows() == CLIPS[:2].rows()


def test_a_flipped_bit_of_a_larger_shard_is_found_at_once_or_in_its_row(tmp_path):
    clips = concatenate([original_clips(f"R{number:03d}", 60, 5, 0.5) for number in range(50)])
    data = np.random.default_rng(1).normal(size=(len(clips), 512)).astype("float16")
    path = write(tmp_path / "0000.h5", clips, data, 100, "float16")
    first = path.read_bytes().index(data.tobytes())
    rng = np.random.default_rng(4)
    places = [*rng.integers(0, path.stat().st_size, 400), *rng.integers(0, first, 100)]
    for at, bit in zip(map(int, places), rng.integers(0, 8, 500).tolist(), strict=True):
        row = (at - first) // 1024
        with flipped(path, at, bit):
            if 0 <= row < len(clips):
                with open_shard(path) as shard:
                    for others in (slice(row), slice(row + 1, None)):
                        np.testing.assert_array_equal(shard.data[others], data[others])
                    with pytest.raises(UserError, match="this shard is damaged"):
                        shard.data[row]
            else:
                with pytest.raises(UserError, match="this shard is damaged"), open_shard(path):
                    pass


def test_a_file_cut_or_lengthened_anywhere_is_found(tmp_path):
    path = write(tmp_path / "0000.h5", CLIPS[:2], DATA[:2])
    content = path.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        with pytest.raises(UserError, match="this shard is damaged"):
            read(path)
    path.write_bytes(content + b"\0")
    with pytest.raises(UserError, match="this shard is damaged"):
        read(path)


def test_rows_written_in_place_of_others_are_found(tmp_path):
    """As a disk does that writes a sector to the wrong place."""
    path = write(tmp_path / "0000.h5")
    content = path.read_bytes()
    first, second = DATA[0].tobytes(), DATA[1].tobytes()
    path.write_bytes(content.replace(first, b"x" * len(first)).replace(second, first))
    with open_shard(path) as shard, pytest.raises(UserError, match="this shard is damaged"):
        shard.data[1]


def test_rows_by_number_slice_or_several(tmp_path):
    with open_shard(write(tmp_path / "0000.h5")) as shard:
        for rows in (
            2,
            -1,
            slice(1, 4),
            slice(4, 100),
            [0, 2, 5],
            np.array([1, 3]),
            slice(0, 0),
            (),
        ):
            np.testing.assert_array_equal(shard.data[rows], DATA[rows])
        with pytest.raises(IndexError):
            shard.data[len(CLIPS)]


@pytest.mark.parametrize("count", [0, 1, len(CLIPS)])
def test_rows_stand_in_the_file_as_they_are(tmp_path, count):
    path = write(tmp_path / "0000.h5", CLIPS[:count], DATA[:count])
    with open_shard(path) as shard:
        places = shard.data.places
    content, size = path.read_bytes(), DATA[0].nbytes
    found = [content[place : place + size] for place in places.tolist()]
    assert found == [row.tobytes() for row in DATA[:count]]


def test_others_read_a_shard_as_plain_hdf5(tmp_path):
    with h5py.File(write(tmp_path / "0000.h5")) as file:
        np.testing.assert_array_equal(file["data"][:], DATA)
        assert file["clips/clip"][:].astype("T").tolist() == CLIPS.clip.tolist()


def test_rows_of_another_kind_of_number_are_refused(tmp_path):
    with pytest.raises(TypeError, match="float64"):
        write(tmp_path / "0000.h5", data=DATA.astype(float))
    assert list(tmp_path.iterdir()) == []
    data = np.linspace(0, 1, DATA.size).reshape(DATA.shape)
    found = read(write(tmp_path / "0000.h5", data=data, dtype="float16"))[2]
    np.testing.assert_array_equal(found, data.astype("float16"))


@pytest.mark.parametrize("content", [b"", b"text"])
def test_what_is_no_shard_is_refused(tmp_path, content):
    path = tmp_path / "0000.h5"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"0000\.h5: this shard is damaged; delete it and run"):
        read(path)


def test_a_missing_or_cut_shard_is_refused(tmp_path):
    path = tmp_path / "0000.h5"
    with pytest.raises(UserError, match="cannot be opened"):
        read(path)
    content = write(path).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match="delete it and run the same command again"):
        read(path)


def test_another_hdf5_file_is_refused(tmp_path):
    with h5py.File(tmp_path / "0000.h5", "w") as file:
        file["data"] = DATA
    with pytest.raises(UserError, match="this shard is damaged"):
        read(tmp_path / "0000.h5")


@pytest.mark.parametrize("left", [None, DATA[:-1], DATA[:0]])
def test_data_that_do_not_fit_the_clip_table_are_refused(tmp_path, left):
    path = write(tmp_path / "0000.h5")
    with h5py.File(path, "r+") as file:
        del file["data"]
        if left is not None:
            file["data"] = left
    with pytest.raises(UserError, match="this shard is damaged"):
        read(path)


def test_other_errors_of_a_reader_pass(tmp_path):
    path = write(tmp_path / "0000.h5")
    with pytest.raises(OSError, match="elsewhere"), open_shard(path):
        raise OSError("elsewhere")


def test_stages_add_to_the_metadata():
    first = extend({"recordings": {"A": 1}}, "clips", {"sr": 22050}, "abc", "h5py")
    second = extend(first, "spectrograms", {"n_fft": 1024}, "def", "numpy")
    assert second == {
        "recordings": {"A": 1},
        "clips": {"sr": 22050},
        "spectrograms": {"n_fft": 1024},
        "code": {"clips": "abc", "spectrograms": "def"},
        "versions": {"h5py": h5py.__version__, "numpy": np.__version__},
    }
    assert first["code"] == {"clips": "abc"}
