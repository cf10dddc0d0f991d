"""All four backbones: shapes, the exported network, and training on embeddings as such."""

import importlib
import inspect
import re
from pathlib import Path

import keras
import numpy as np
import pytest

from anurans.common.errors import UserError
from anurans.heads.keras_files import save_head
from anurans.heads.keras_training import to_keras
from anurans.heads.recipes import Recipe
from anurans.heads.training import build_head, fit_head, predict
from anurans.networks import backbones
from anurans.networks.backbones import (
    BackboneSettings,
    build_backbone,
    count_parameters,
    export_backbone,
    join_models,
    load_model,
)
from anurans.networks.colours import lookup_table
from anurans.networks.embeddings import Embedder
from anurans.networks.weights_files import FILES

SHARED = Path(__file__).parents[3].parent / "shared/weights"
ZOO = [
    # architecture, alpha, channels, height and width of the last map, parameters without top
    ("MobileNet", 0.25, 256, 7, 218_544),
    ("DenseNet121", 1.0, 1024, 7, 7_037_504),
    ("ResNet50", 1.0, 2048, 7, 23_587_712),
    ("InceptionV3", 1.0, 2048, 5, 21_802_784),
]
RECIPE = Recipe(
    standardize=False, learning_rate=1e-3, batch_size=4, epochs=1, l2=0.01, early_stopping=None
)


def images(n, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, 224, 224)).astype(np.uint8)


def exported(folder, architecture, alpha, channels, parameters, x):
    """Build a network, export it, and check that its embeddings are those of Keras."""
    backbone = build_backbone(BackboneSettings(architecture, alpha, weights="random"))
    assert backbone.output_shape == (None, channels)
    assert count_parameters(backbone) == parameters
    assert not backbone.trainable_weights
    export_backbone(backbone, folder / "model.xml")
    embedder = Embedder(folder / "model.xml", "f32", threads=2)
    half = len(x) // 2 + 1
    embeddings = np.concatenate(list(embedder.embed([x[:half], x[half:]])))
    expected = keras.ops.convert_to_numpy(backbone(x, training=False))
    assert np.abs(embeddings - expected).max() <= 1e-4 * np.abs(expected).max()
    return backbone, embeddings


@pytest.mark.slow
@pytest.mark.parametrize(
    ("architecture", "alpha", "channels", "side", "parameters"), ZOO[1:], ids=lambda value: value
)
def test_embeddings_of_every_network_are_those_of_keras(
    tmp_path, architecture, alpha, channels, side, parameters
):
    exported(tmp_path, architecture, alpha, channels, parameters, images(3))


def test_embeddings_stand_for_training_end_to_end(tmp_path):
    architecture, alpha, channels, _, parameters = ZOO[0]
    x, y = images(8), np.random.default_rng(1).random((8, 3)) > 0.5
    backbone, embeddings = exported(tmp_path, architecture, alpha, channels, parameters, x)

    head = to_keras(build_head(RECIPE, channels, y, None, seed=1))
    whole = keras.Model(backbone.input, head(backbone.output))
    whole.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", jit_compile=False)
    order = np.arange(len(x))
    np.random.default_rng(1).shuffle(order)
    labels = y[order].astype(np.float32)
    loss = whole.fit(x[order], labels, 4, shuffle=False, verbose=0).history["loss"]
    probabilities = keras.ops.convert_to_numpy(whole(x, training=False))

    # Keras' Adam computes 1 - 0.999^step in float32, which makes its first steps 3e-5 too long or
    # short; with the same rounding in anurans.heads.dense, the probabilities agree to 3e-6.
    for dtype, tolerance in (("float32", 5e-5), ("float16", 1e-2)):
        stored = embeddings.astype(dtype)
        fit = fit_head(RECIPE, (stored, y), None, seed=1)
        assert fit.history[0]["loss"] == pytest.approx(loss[0], rel=tolerance)
        assert np.allclose(predict(fit.head, [stored]), probabilities, rtol=tolerance, atol=1e-6)

    backbone.save(tmp_path / "backbone.keras")
    save_head(fit.head, tmp_path / "head.keras")
    joined = join_models(tmp_path / "backbone.keras", tmp_path / "head.keras")
    found = keras.ops.convert_to_numpy(joined(x))
    assert np.allclose(found, probabilities, rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize(("pooling", "width"), [("avg", 256), ("time", 1792), ("flatten", 12544)])
def test_pooling(pooling, width):
    settings = BackboneSettings("MobileNet", 0.25, "random", pooling)
    assert build_backbone(settings).output_shape == (None, width)


def test_pooling_over_time_keeps_frequency():
    x = images(1)
    flat, time = (
        keras.ops.convert_to_numpy(
            build_backbone(BackboneSettings("MobileNet", 0.25, "random", pooling))(x)
        )
        for pooling in ("flatten", "time")
    )
    # Axes of the map are (frequency, time, channel).
    assert np.allclose(flat.reshape(7, 7, 256).mean(axis=1).ravel(), time[0], rtol=1e-4, atol=1e-6)


def test_random_weights_come_from_the_seed_alone():
    x = images(2)
    one, again, other = (
        keras.ops.convert_to_numpy(
            build_backbone(BackboneSettings("MobileNet", 0.25, "random", seed=seed))(x)
        )
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert not np.allclose(one, other)


@pytest.mark.parametrize(
    ("architecture", "module"),
    [
        ("MobileNet", "mobilenet"),
        ("DenseNet121", "densenet"),
        ("ResNet50", "resnet50"),
        ("InceptionV3", "inception_v3"),
    ],
)
def test_input_scaling_is_that_of_the_architecture(architecture, module):
    grey = np.repeat(np.arange(256.0, dtype=np.float32)[:, None], 3, axis=1)
    expected = getattr(keras.applications, module).preprocess_input(grey.copy())
    assert np.allclose(lookup_table(architecture, "grey", "imagenet"), expected, atol=1e-4)
    assert lookup_table(architecture, "grey", "unit").max() == 1.0


def test_weights_of_another_network_are_refused():
    path = SHARED / "mobilenet_2_5_224_tf_no_top.h5"
    if not path.exists():
        pytest.skip(f"the ImageNet weights are not at {path}")
    build_backbone(BackboneSettings("MobileNet", 0.25, str(path)))
    with pytest.raises(UserError, match=r"do not fit MobileNet with alpha 0\.5"):
        build_backbone(BackboneSettings("MobileNet", 0.5, str(path)))


def test_a_failed_download_says_what_to_do(monkeypatch):
    def refuse(*arguments, **keywords):
        raise OSError("no network")

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", refuse)
    monkeypatch.setenv("KERAS_HOME", "nowhere")
    with pytest.raises(UserError, match="weights: random"):
        build_backbone(BackboneSettings("DenseNet121", weights="imagenet"))


def lambda_model(path, mark):
    """Save a model that would write a file when it is loaded and called."""
    name = str(mark)
    code = keras.layers.Lambda(lambda x: [open(name, "w").close(), x][1])  # noqa: PTH123
    keras.Sequential([keras.Input((2,)), code]).save(path)
    mark.unlink()
    return path


@pytest.mark.fault(
    "Security",
    "a result model replaced by a .keras file with a Lambda layer, which holds code",
    sees="cannot be loaded in Keras' safe mode, in which no model runs code of its own",
    kept="everything else; nothing of the file is run",
)
def test_a_model_with_code_is_refused(tmp_path, sees):
    path = lambda_model(tmp_path / "model.keras", tmp_path / "mark")
    with pytest.raises(UserError, match=re.escape(sees)):
        load_model(path)
    (tmp_path / "text.keras").write_text("no model")
    with pytest.raises(UserError, match=re.escape(sees)):
        load_model(tmp_path / "text.keras")
    assert not (tmp_path / "mark").exists()


@pytest.mark.fault(
    "Security",
    "such a file given as `weights:` of a backbone",
    sees="these weights do not fit MobileNet with alpha 0.25 without top",
    kept="everything else; weights are read as arrays, and no layer is made from the file",
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_weights_with_code_are_refused(tmp_path, sees):
    path = lambda_model(tmp_path / "weights.keras", tmp_path / "mark")
    (tmp_path / "text.keras").write_text("no model")
    for each in (path, tmp_path / "text.keras"):
        with pytest.raises(UserError, match=re.escape(sees)):
            build_backbone(BackboneSettings("MobileNet", 0.25, str(each)))
    assert not (tmp_path / "mark").exists()


@pytest.mark.fault(
    "Security",
    "downloaded weights that are not the known ones",
    sees="The ImageNet weights of MobileNet could not be downloaded (",
    kept="everything else; Keras checks the other networks, and this workflow checks MobileNet",
)
@pytest.mark.parametrize("alpha", [0.25, 0.5, 0.75, 1.0])
def test_other_weights_than_the_known_ones_are_refused(tmp_path, monkeypatch, alpha, sees):
    name = FILES["MobileNet", alpha].name
    arguments = {"include_top": False, "weights": None, "input_shape": (224, 224, 3)}
    keras.applications.MobileNet(alpha=alpha, **arguments).save(tmp_path / name)
    monkeypatch.setattr(backbones, "MOBILENET", f"file://{tmp_path}/")
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path / "home"))
    with pytest.raises(UserError) as caught:
        build_backbone(BackboneSettings("MobileNet", alpha, "imagenet"))
    assert sees in str(caught.value)
    assert re.search(
        "hash does not match|does not hold the weights that are known", str(caught.value)
    )


def test_the_known_weights_are_taken(tmp_path, monkeypatch):
    path = SHARED / "mobilenet_2_5_224_tf_no_top.h5"
    if not path.exists():
        pytest.skip(f"the ImageNet weights are not at {path}")
    monkeypatch.setattr(backbones, "MOBILENET", f"file://{SHARED}/")
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    downloaded = build_backbone(BackboneSettings("MobileNet", 0.25, "imagenet"))
    given = build_backbone(BackboneSettings("MobileNet", 0.25, str(path)))
    pairs = zip(downloaded.get_weights(), given.get_weights(), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)


def test_keras_checks_the_other_networks():
    for module in ("densenet", "resnet", "inception_v3"):
        source = inspect.getsource(importlib.import_module(f"keras.src.applications.{module}"))
        assert "file_hash=" in source


def test_weights_that_are_no_numbers_are_refused(tmp_path):
    path = tmp_path / "a.weights.h5"
    network = keras.applications.MobileNet(
        alpha=0.25, include_top=False, weights=None, input_shape=(224, 224, 3)
    )
    first, *others = network.get_weights()
    first[0] = np.nan
    network.set_weights([first, *others])
    network.save_weights(path)
    with pytest.raises(UserError, match="holds weights that are not numbers"):
        build_backbone(BackboneSettings("MobileNet", 0.25, str(path)))
