"""From grey images to what a network takes: colour and input scaling as one table of 256 rows."""

import numpy as np

# keras.applications.imagenet_utils: the three input scalings that its networks were trained with.
SCALINGS = {"MobileNet": "tf", "InceptionV3": "tf", "DenseNet121": "torch", "ResNet50": "caffe"}


def colours(colour: str) -> np.ndarray:
    """Red, green and blue of each grey value.

    Parameters
    ----------
    colour
        `grey` or `inferno` (matplotlib's colour map).

    Returns
    -------
    np.ndarray [shape=(256, 3), dtype=float64]
        Values in [0, 255].
    """
    if colour == "grey":
        return np.repeat(np.arange(256.0)[:, None], 3, axis=1)
    from matplotlib import colormaps

    return np.round(colormaps[colour](np.arange(256))[:, :3] * 255.0)


def lookup_table(architecture: str, colour: str, scaling: str) -> np.ndarray:
    """Network input for each of the 256 grey values.

    Parameters
    ----------
    architecture
        Name in keras.applications.
    colour
        `grey` or `inferno`.
    scaling
        `imagenet`: as `preprocess_input` of the architecture does it; `unit`: divided by 255.

    Returns
    -------
    np.ndarray [shape=(256, 3), dtype=float32]
        Channels in the order that the network takes them.
    """
    rgb = colours(colour)
    if scaling == "unit":
        table = rgb / 255.0
    else:
        match SCALINGS[architecture]:
            case "tf":
                table = rgb / 127.5 - 1.0
            case "torch":
                table = (rgb / 255.0 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
            case "caffe":
                table = rgb[:, ::-1] - [103.939, 116.779, 123.68]
    return table.astype(np.float32)
