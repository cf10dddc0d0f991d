"""All four backbones: shapes, the exported network, and training on embeddings as such."""

from pathlib import Path

import keras
import numpy as np
import pytest

from anurans.backbones import (
    BackboneSettings,
    build_backbone,
    count_parameters,
    export_backbone,
    join_models,
)
from anurans.embeddings import Embedder
from anurans.errors import UserError
from anurans.images import lookup_table
from anurans.keras_files import save_head
from anurans.keras_training import to_keras
from anurans.training import Recipe, build_head, fit_head, predict

SHARED = Path(__file__).parents[2].parent / "shared/weights"
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


@pytest.mark.parametrize(("architecture", "alpha", "channels", "side", "parameters"), ZOO)
def test_embeddings_stand_for_training_end_to_end(
    tmp_path, architecture, alpha, channels, side, parameters
):
    settings = BackboneSettings(architecture, alpha, weights="random")
    backbone = build_backbone(settings)
    assert backbone.output_shape == (None, channels)
    assert count_parameters(backbone) == parameters
    assert not backbone.trainable_weights
    x, y = images(8), np.random.default_rng(1).random((8, 3)) > 0.5

    export_backbone(backbone, tmp_path / "model.xml")
    embedder = Embedder(tmp_path / "model.xml", "f32", threads=2)
    embeddings = np.concatenate(list(embedder.embed([x[:5], x[5:]])))
    expected = keras.ops.convert_to_numpy(backbone(x, training=False))
    assert np.abs(embeddings - expected).max() <= 1e-4 * np.abs(expected).max()

    head = to_keras(build_head(RECIPE, channels, 3, None, seed=1))
    whole = keras.Model(backbone.input, head(backbone.output))
    whole.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", jit_compile=False)
    order = np.arange(len(x))
    np.random.default_rng(1).shuffle(order)
    labels = y[order].astype(np.float32)
    loss = whole.fit(x[order], labels, 4, shuffle=False, verbose=0).history["loss"]
    probabilities = keras.ops.convert_to_numpy(whole(x, training=False))

    for dtype, tolerance in (("float32", 1e-5), ("float16", 1e-2)):
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
