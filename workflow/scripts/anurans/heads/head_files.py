"""Reads a head from the .keras file that `keras_files` wrote, without loading Keras."""

import io
import json
import os
import zipfile

import h5py
import numpy as np

from anurans.common.errors import UserError
from anurans.heads.dense import Head, Layer


def read_head(path: str | os.PathLike) -> Head:
    """Read a trained head, to be used; what only training needs (dropout, penalties) is left out.

    Raises
    ------
    UserError
        When the file is not a head of the workflow.
    """
    try:
        with zipfile.ZipFile(path) as file:
            network = json.loads(file.read("config.json"))
            content = io.BytesIO(file.read("model.weights.h5"))
        with h5py.File(content) as file:
            weights = {
                group["vars"].attrs["name"]: [group[f"vars/{n}"][()] for n in (0, 1)]
                for group in file["layers"].values()
                if "vars/0" in group
            }
        layers: list[Layer] = []
        scale = None
        for each in network["config"]["layers"]:
            name, config = each["name"], each["config"]
            if each["class_name"] == "Normalization":
                scale = np.array([config["mean"], config["variance"]], np.float32)
            elif each["class_name"] == "Dense":
                kernel, bias = weights[name]
                layers.append(Layer(name, kernel, bias, config["activation"]))
        return Head(layers, scale)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile):
        raise UserError(
            f"{path}: is not a head of this workflow, or is damaged; delete it and run the same "
            "command again, which trains it anew."
        ) from None
