"""Networks that take sound, exported from every format and computed."""

import json

import networks
import numpy as np
import pytest
from networks import needs_birdnet

from anurans.common.errors import UserError
from anurans.common.files import whole
from anurans.networks import sound_export
from anurans.networks.embeddings import network_digest, open_network
from anurans.networks.sound_embedders import open_source, source_digest
from anurans.networks.sound_export import export_sound, network_format
from anurans.networks.sound_networks import SoundSettings, sound_settings


def entry(weights, sr=networks.SR, window=networks.WINDOW, **more):
    return {"architecture": "sound", "weights": str(weights), "sr": sr, "window": window} | more


def export(folder, backbone, engine="auto", precision="f32"):
    """What the script writes into a folder."""
    folder.mkdir(exist_ok=True)
    settings = sound_settings(backbone)
    files = [folder / "model.xml", folder / "model.bin"]
    with whole(files[0]) as network, whole(files[1]) as weights:
        made = export_sound(settings, engine, precision, network, weights)
    assert sorted(folder.iterdir()) == sorted([*files, *folder.glob("about.json")])
    about = {
        "kind": "sound",
        "backbone": backbone,
        "engine": made.engine,
        "precision": made.precision,
        "network": network_digest(files),
        "source_sha256": source_digest(settings.weights),
    }
    (folder / "about.json").write_text(json.dumps(about))
    return made


def embed(folder, sounds, threads=1, batch=2):
    embedder, about = open_network(folder / "about.json", threads)
    assert about["kind"] == "sound"
    batches = np.split(sounds, range(batch, len(sounds), batch))
    return embedder, np.concatenate(list(embedder.embed(batches)))


def relative(found, truth):
    return np.linalg.norm(found - truth, axis=1) / np.linalg.norm(truth, axis=1)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A network of TensorFlow Lite and a SavedModel, which compute the same."""
    folder = tmp_path_factory.mktemp("networks")
    networks.write_tflite(folder / "small.tflite")
    networks.write_saved_model(folder / "saved")
    return folder


@pytest.mark.parametrize("engine", ["openvino", "tensorflow"])
def test_a_tflite_gives_what_numpy_gives(small, tmp_path, engine):
    backbone = entry(small / "small.tflite", output="StatefulPartitionedCall:0")
    names = tflite_outputs(small / "small.tflite")
    backbone["output"] = names[networks.BANDS]
    made = export(tmp_path / "net", backbone, engine)
    assert made.engine == {"openvino": "openvino", "tensorflow": "litert"}[engine]
    assert (made.width, made.classes) == (networks.BANDS, 0)
    sounds = networks.sounds(5)
    embedder, found = embed(tmp_path / "net", sounds)
    assert (embedder.width, embedder.classes) == (networks.BANDS, 0)
    assert found.dtype == np.float32
    assert relative(found, networks.expected(sounds)[0]).max() < 1e-5
    with pytest.raises(ValueError, match="without classes"):
        next(embedder.embed_and_score([sounds]))


def tflite_outputs(path):
    """Names of the outputs by their width."""
    from anurans.networks.sound_embedders import _interpreter

    details = _interpreter(str(path)).get_output_details()
    return {int(each["shape"][-1]): each["name"] for each in details}


@pytest.mark.parametrize("engine", ["openvino", "tensorflow"])
def test_a_saved_model_gives_what_numpy_gives(small, tmp_path, engine):
    made = export(tmp_path / "net", entry(small / "saved", output="embedding"), engine)
    assert (made.engine, made.width) == (engine, networks.BANDS)
    sounds = networks.sounds(5)
    embeddings, scores = networks.expected(sounds)
    embedder, found = embed(tmp_path / "net", sounds)
    assert relative(found, embeddings).max() < 1e-5
    assert made.classes == 0
    # With the name of its scores, as BirdNET's and Perch's are known.
    names = {"output": "embedding", "scores": "scores"}
    made = export(tmp_path / "with", entry(small / "saved", **names), engine)
    assert made.classes == networks.CLASSES
    embedder, _ = open_network(tmp_path / "with/about.json", 2)
    parts = list(embedder.embed_and_score([sounds[:3], sounds[3:]]))
    assert np.array_equal(np.concatenate([part[0] for part in parts]), found)
    assert relative(np.concatenate([part[1] for part in parts]), scores).max() < 1e-5
    assert np.array_equal(
        np.concatenate(list(embedder.scores([sounds]))), [*parts[0][1], *parts[1][1]]
    )


@pytest.mark.parametrize("engine", ["openvino", "tensorflow"])
def test_frames_that_a_network_makes_itself_are_averaged(tmp_path, engine):
    networks.write_framewise(tmp_path / "frames")
    made = export(tmp_path / "net", entry(tmp_path / "frames"), engine)
    assert made.width == networks.BANDS
    sounds = networks.sounds(3)
    _, found = embed(tmp_path / "net", sounds)
    assert relative(found, networks.expected(sounds)[0]).max() < 1e-5


def test_an_openvino_network_with_a_channel_and_several_outputs(tmp_path):
    networks.write_openvino(tmp_path / "plain.xml", outputs=2)
    with pytest.raises(UserError, match=r"has 2 outputs; set output: .*: features, doubled"):
        export(tmp_path / "net", entry(tmp_path / "plain.xml"))
    export(tmp_path / "net", entry(tmp_path / "plain.xml", output="doubled"))
    sounds = networks.sounds(3)
    _, found = embed(tmp_path / "net", sounds)
    assert relative(found, 2 * networks.plain(sounds)).max() < 1e-5


def test_an_onnx_network(tmp_path):
    networks.write_onnx(tmp_path / "plain.onnx")
    made = export(tmp_path / "net", entry(tmp_path / "plain.onnx"))
    assert (made.width, made.parameters) == (6, networks.SAMPLES * 6)
    sounds = networks.sounds(3)
    _, found = embed(tmp_path / "net", sounds)
    assert relative(found, networks.plain(sounds)).max() < 1e-5
    with pytest.raises(UserError, match=r"plain.onnx: \.onnx is computed by openvino only"):
        export(tmp_path / "net", entry(tmp_path / "plain.onnx"), "tensorflow")


def test_each_window_is_brought_to_the_peak_that_is_wanted(tmp_path):
    networks.write_onnx(tmp_path / "plain.onnx")
    export(tmp_path / "net", entry(tmp_path / "plain.onnx", peak=0.25))
    sounds = networks.sounds(3)
    sounds[0] += 0.1
    sounds[1] = 0
    _, found = embed(tmp_path / "net", sounds)
    # Without its mean, as Perch wants it.
    sounds -= sounds.mean(axis=1, keepdims=True)
    peaks = np.abs(sounds).max(axis=1, keepdims=True)
    peaks[1] = 1
    np.testing.assert_allclose(found, networks.plain(sounds / peaks * 0.25), rtol=1e-3, atol=1e-4)
    assert not found[1].any()


def test_what_openvino_cannot_compute_is_computed_by_another_engine(tmp_path):
    networks.write_tflite(tmp_path / "real.tflite", "real")
    output = tflite_outputs(tmp_path / "real.tflite")[networks.BANDS]
    backbone = entry(tmp_path / "real.tflite", output=output)
    assert export(tmp_path / "net", backbone).engine == "litert"
    sounds = networks.sounds(3)
    _, found = embed(tmp_path / "net", sounds)
    assert relative(found, networks.expected(sounds)[0]).max() < 1e-5
    with pytest.raises(UserError, match=r"real.tflite: openvino cannot compute this network"):
        export(tmp_path / "net", backbone, "openvino")


def test_a_network_that_stays_where_it_is_must_stay_the_same(small, tmp_path):
    path = tmp_path / "moved.tflite"
    path.write_bytes((small / "small.tflite").read_bytes())
    output = tflite_outputs(path)[networks.BANDS]
    export(tmp_path / "net", entry(path, output=output), "tensorflow")
    with path.open("ab") as file:
        file.write(b"more")
    with pytest.raises(UserError, match=r"moved.tflite: this network is another one now"):
        open_network(tmp_path / "net/about.json", 1)
    path.unlink()
    with pytest.raises(UserError, match="this part of a network cannot be read"):
        open_network(tmp_path / "net/about.json", 1)


def test_a_damaged_export_is_refused(tmp_path):
    networks.write_onnx(tmp_path / "plain.onnx")
    export(tmp_path / "net", entry(tmp_path / "plain.onnx"))
    with (tmp_path / "net/model.bin").open("r+b") as file:
        file.seek(100)
        file.write(b"x")
    with pytest.raises(UserError, match="this network is damaged"):
        open_network(tmp_path / "net/about.json", 1)


def test_scores_that_a_network_has_not_are_refused(small, tmp_path):
    with pytest.raises(UserError, match=r"no tensor score .did you mean scores.*Correct scores"):
        export(tmp_path / "n", entry(small / "saved", output="embedding", scores="score"))


def test_windows_of_another_length_are_refused(tmp_path):
    networks.write_onnx(tmp_path / "plain.onnx")
    with pytest.raises(
        UserError, match=r"takes \[any, 2000\], but .* 4000 samples \(0.5 s at 8000"
    ):
        export(tmp_path / "net", entry(tmp_path / "plain.onnx", window=0.5))
    export(tmp_path / "net", entry(tmp_path / "plain.onnx"))
    embedder, _ = open_network(tmp_path / "net/about.json", 1)
    with pytest.raises(ValueError, match="expected windows of 2000 samples"):
        next(embedder.embed([np.zeros((1, 1999), np.float32)]))


def test_bf16_is_of_openvino_alone(small, tmp_path):
    output = tflite_outputs(small / "small.tflite")[networks.BANDS]
    backbone = entry(small / "small.tflite", output=output)
    with pytest.raises(UserError, match=r"in f32 only; set embedding.precision: f32"):
        export(tmp_path / "net", backbone, "tensorflow", "bf16")


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.99])
def test_a_tflite_that_is_cut_short_is_refused_and_crashes_nothing(small, tmp_path, share):
    content = (small / "small.tflite").read_bytes()
    path = tmp_path / "cut.tflite"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(UserError, match=r"cut\.tflite: this file is cut short, .* get it again"):
        export(tmp_path / "net", entry(path))


@pytest.mark.slow
def test_a_tflite_that_is_cut_short_is_refused_without_openvino_too(small, tmp_path, monkeypatch):
    network_format(small / "small.tflite")
    content = (small / "small.tflite").read_bytes()
    path = tmp_path / "cut.tflite"
    path.write_bytes(content[: len(content) // 2])
    monkeypatch.setattr(sound_export, "installed", lambda engine: engine != "openvino")
    network_format(small / "small.tflite")
    with pytest.raises(UserError, match="this file is cut short"):
        network_format(path)


def test_files_that_are_no_networks_are_refused(tmp_path):
    with pytest.raises(UserError, match="this network is not there"):
        network_format(tmp_path / "none.tflite")
    with pytest.raises(UserError, match=r"this folder has no saved_model.pb"):
        network_format(tmp_path)
    (tmp_path / "model.h5").touch()
    with pytest.raises(UserError, match=r"found \.h5"):
        network_format(tmp_path / "model.h5")
    for name in ("bad.onnx", "bad.xml", "bad.tflite"):
        (tmp_path / name).write_bytes(b"this is no network")
        (tmp_path / name).with_suffix(".bin").touch()
        with pytest.raises(UserError, match=name):
            export(tmp_path / "net", entry(tmp_path / name))
    with pytest.raises(UserError, match=r"BirdNET is not installed .* make env"):
        export_sound(SoundSettings("BirdNET", None, 48000, 3.0), "auto", "f32", "a", "b")


@pytest.fixture(scope="module")
def birdnet(tmp_path_factory):
    """BirdNET, exported; sounds at its rate, and what LiteRT gives for them."""
    folder = tmp_path_factory.mktemp("birdnet")
    backbone = {"architecture": "BirdNET"}
    made = export(folder / "net", backbone)
    sounds = networks.sounds(6, 144000, 48000)
    # Noise at -90 dBFS, as silence is filled with, and a loud one.
    sounds[0] = np.random.default_rng(0).normal(scale=10 ** (-90 / 20), size=144000)
    sounds[1] *= 0.9 / np.abs(sounds[1]).max()
    truth = next(open_source(sound_settings(backbone), "litert", 2).embed_and_score([sounds]))
    return folder / "net", made, sounds, truth


@needs_birdnet
def test_birdnet_in_openvino_gives_what_litert_gives(birdnet):
    folder, made, sounds, (embeddings, scores) = birdnet
    assert (made.engine, made.width, made.classes) == ("openvino", 1024, 6522)
    embedder, _ = open_network(folder / "about.json", 1)
    found, found_scores = next(embedder.embed_and_score([sounds]))
    assert relative(found, embeddings).max() < 3e-4
    assert np.abs(found_scores - scores).max() < 0.01
    assert scores.min() < -5  # logits


@needs_birdnet
@pytest.mark.parametrize("engine", ["openvino", pytest.param("litert", marks=pytest.mark.slow)])
def test_threads_and_batches_change_no_bit_of_birdnet(birdnet, engine):
    folder, _, sounds, _ = birdnet

    def opened(threads):
        if engine == "openvino":
            return open_network(folder / "about.json", threads)[0]
        return open_source(sound_settings({"architecture": "BirdNET"}), engine, threads)

    one = np.concatenate(list(opened(1).embed(sounds[:, None])))
    for threads, parts in [(1, [4]), (2, [1, 5]), (3, [])][engine == "litert" :]:
        found = np.concatenate(list(opened(threads).embed(np.split(sounds, parts))))
        assert np.array_equal(found, one)


@needs_birdnet
def test_birdnet_is_exported_to_the_same_bytes(birdnet, tmp_path):
    folder, *_ = birdnet
    export(tmp_path / "again", {"architecture": "BirdNET"})
    for name in ("model.xml", "model.bin"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


@needs_birdnet
def test_each_spectrogram_of_birdnet_is_one_convolution(birdnet):
    import openvino

    folder, *_ = birdnet
    ops = openvino.Core().read_model(folder / "model.xml").get_ops()
    kinds = [op.get_type_name() for op in ops]
    assert not {"Rfft2d", "RDFT"} & {*kinds}
    # Those of the network, and one for each of its two spectrograms.
    assert kinds.count("Convolution") == 61 + 2
