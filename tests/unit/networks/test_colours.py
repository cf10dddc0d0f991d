"""Known answers for what a network is given."""

import numpy as np
import pytest

from anurans.networks.colours import SCALINGS, colours, lookup_table

GREY = np.arange(256.0)
MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def test_grey_is_the_same_in_all_channels():
    np.testing.assert_array_equal(colours("grey"), np.stack([GREY] * 3, axis=1))


def test_inferno_goes_from_black_to_light_yellow():
    inferno = colours("inferno")
    assert inferno.shape == (256, 3)
    assert list(inferno[0]) == [0, 0, 4]
    assert list(inferno[255]) == [252, 255, 164]
    assert (np.diff(inferno @ [0.2126, 0.7152, 0.0722]) > -1).all()


@pytest.mark.parametrize("architecture", ["MobileNet", "InceptionV3"])
def test_tf_scaling(architecture):
    table = lookup_table(architecture, "grey", "imagenet")
    np.testing.assert_allclose(table, np.stack([GREY / 127.5 - 1] * 3, axis=1), atol=1e-6)
    assert (table[0, 0], table[255, 0]) == (-1, 1)


def test_torch_scaling():
    rgb = colours("inferno")
    expected = (rgb / 255 - MEAN) / STD
    np.testing.assert_allclose(
        lookup_table("DenseNet121", "inferno", "imagenet"), expected, atol=1e-6
    )


def test_caffe_scaling_swaps_red_and_blue():
    rgb = colours("inferno")
    table = lookup_table("ResNet50", "inferno", "imagenet")
    np.testing.assert_allclose(table[:, 0], rgb[:, 2] - 103.939, atol=1e-4)
    np.testing.assert_allclose(table[:, 1], rgb[:, 1] - 116.779, atol=1e-4)
    np.testing.assert_allclose(table[:, 2], rgb[:, 0] - 123.68, atol=1e-4)


@pytest.mark.parametrize("colour", ["grey", "inferno"])
@pytest.mark.parametrize("architecture", SCALINGS)
def test_unit_scaling_is_the_same_for_all(architecture, colour):
    table = lookup_table(architecture, colour, "unit")
    np.testing.assert_allclose(table, colours(colour) / 255, atol=1e-6)
    for scaling in ("unit", "imagenet"):
        table = lookup_table(architecture, colour, scaling)
        assert (table.shape, table.dtype) == ((256, 3), np.float32)
