"""Transforms within networks, replaced by products."""

import networks
import numpy as np
import pytest

from anurans.networks.engines import in_f32
from anurans.networks.fourier import replace_transforms


def read(path):
    import openvino

    frontend = openvino.frontend.FrontEndManager().load_by_framework("tflite")
    model = frontend.convert_partially(frontend.load(str(path)))
    model.reshape([1, networks.SAMPLES])
    return model


def embed(model, sounds):
    compiled = in_f32(model)
    widths = [output.get_partial_shape()[1].get_length() for output in model.outputs]
    at = widths.index(networks.BANDS)
    return np.concatenate([compiled({0: sound[None]})[at].copy() for sound in sounds])


@pytest.mark.parametrize(("hop", "samples"), [(100, 2000), (128, 2000), (300, 2000), (96, 2081)])
def test_real_parts_become_one_convolution_over_the_sound(tmp_path, monkeypatch, hop, samples):
    monkeypatch.setattr(networks, "HOP", hop)
    monkeypatch.setattr(networks, "SAMPLES", samples)
    networks.write_tflite(tmp_path / "small.tflite")
    model = read(tmp_path / "small.tflite")
    assert replace_transforms(model) == 1
    kinds = [op.get_type_name() for op in model.get_ordered_ops()]
    assert "Convolution" in kinds
    assert "Gather" not in kinds
    sounds = networks.sounds(3, samples)
    embeddings, _ = networks.expected(sounds)
    np.testing.assert_allclose(embed(model, sounds), embeddings, rtol=1e-4)


def test_real_parts_of_other_networks_become_a_product(tmp_path):
    networks.write_tflite(tmp_path / "small.tflite", bands=False)
    model = read(tmp_path / "small.tflite")
    assert replace_transforms(model) == 1
    kinds = [op.get_type_name() for op in model.get_ordered_ops()]
    assert "Convolution" not in kinds
    sounds = networks.sounds(3)
    embeddings, _ = networks.expected(sounds)
    np.testing.assert_allclose(embed(model, sounds), embeddings, rtol=1e-4)


def test_magnitudes_are_left_to_openvino(tmp_path):
    networks.write_tflite(tmp_path / "small.tflite", "abs")
    model = read(tmp_path / "small.tflite")
    assert replace_transforms(model) == 0
    sounds = networks.sounds(3)
    embeddings, _ = networks.expected(sounds, np.abs)
    np.testing.assert_allclose(embed(model, sounds), embeddings, rtol=1e-4)


def test_a_use_that_is_not_known_stays(tmp_path):
    networks.write_tflite(tmp_path / "small.tflite", "real")
    model = read(tmp_path / "small.tflite")
    assert replace_transforms(model) == 0
    assert "Rfft2d" in [op.get_type_name() for op in model.get_ordered_ops()]


def test_a_network_without_transforms_stays_as_it_is(tmp_path):
    import openvino

    networks.write_openvino(tmp_path / "model.xml")
    model = openvino.Core().read_model(tmp_path / "model.xml")
    before = [op.get_friendly_name() for op in model.get_ordered_ops()]
    assert replace_transforms(model) == 0
    assert [op.get_friendly_name() for op in model.get_ordered_ops()] == before


def test_bands_that_are_reversed_as_the_sound_says_stay(tmp_path):
    """What the reversal of is told by the sound, its frames alone do not tell."""
    from openvino import opset13 as ops

    networks.write_tflite(tmp_path / "small.tflite")
    model = read(tmp_path / "small.tflite")
    (product,) = [
        op
        for op in model.get_ordered_ops()
        if op.get_type_name() == "MatMul" and op.get_output_shape(0)[-1] == networks.BANDS
    ]
    users = list(product.output(0).get_target_inputs())
    silence = ops.multiply(model.get_parameters()[0], np.float32(0))
    bands = ops.add(ops.reduce_sum(silence, np.array([1]), False), np.float32(networks.BANDS))
    reversed_ = ops.reverse_sequence(product, ops.convert(bands, "i64"), 0, 2)
    for user in users:
        user.replace_source_output(reversed_.output(0))
    model.validate_nodes_and_infer_types()
    sounds = networks.sounds(3)
    assert replace_transforms(model) == 1
    assert "ReverseSequence" in [op.get_type_name() for op in model.get_ordered_ops()]
    expected, _ = networks.expected(sounds)
    np.testing.assert_allclose(embed(model, sounds), expected[:, ::-1], rtol=1e-4)
