"""Writes a head as the .keras file that Keras would write, without loading Keras.

A .keras file is a zip archive of the network as JSON and its weights in HDF5. This one holds no
time, so that the same head gives the same bytes.
"""

import io
import json
import os
import zipfile
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import h5py

from anurans.heads.dense import Head

FLOAT32 = {
    "module": "keras",
    "class_name": "DTypePolicy",
    "config": {"name": "float32"},
    "registered_name": None,
}
# Keras names the weights of a layer by its class, counted.
FILED_AS = {
    "InputLayer": "input_layer",
    "Normalization": "normalization",
    "Dense": "dense",
    "Dropout": "dropout",
}


def save_head(head: Head, path: str | os.PathLike) -> None:
    """Write a head as a .keras file.

    Parameters
    ----------
    head
        The head; its layers, penalties and dropout are described as `anurans.heads.keras_training`
        builds them.
    path
        The file.
    """
    layers = _layers(head)
    network = {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": "head",
            "trainable": True,
            "layers": layers,
            "input_layers": ["embedding", 0, 0],
            "output_layers": ["probability", 0, 0],
        },
        "registered_name": "Functional",
        "build_config": {"input_shape": None},
    }
    try:
        made_with = version("keras")
    except PackageNotFoundError:
        made_with = "3.10.0"
    with zipfile.ZipFile(path, "w") as file:
        for name, content in (
            ("metadata.json", json.dumps({"keras_version": made_with})),
            ("config.json", json.dumps(network)),
            ("model.weights.h5", _weights(head, layers)),
        ):
            file.writestr(zipfile.ZipInfo(name), content)


def _layers(head: Head) -> list[dict[str, Any]]:
    """Describe the layers, each with the one that it follows."""
    found: list[dict[str, Any]] = []

    def add(kind: str, name: str, width: int, config: dict[str, Any], **more: Any) -> None:
        before = found[-1]["name"] if found else None
        shape = [None, width]
        tensor = {"shape": shape, "dtype": "float32", "keras_history": [before, 0, 0]}
        arguments = [{"class_name": "__keras_tensor__", "config": tensor}]
        nodes = [{"args": arguments, "kwargs": more}] if found else []
        described = {"name": name, "trainable": True, "dtype": FLOAT32} | config
        if kind == "InputLayer":
            described = {"batch_shape": shape, "dtype": "float32", "name": name, **config}
        each = {
            "module": "keras.layers",
            "class_name": kind,
            "config": described,
            "registered_name": None,
            "name": name,
            "inbound_nodes": nodes,
        }
        if kind in ("Dense", "Normalization"):
            each["build_config"] = {"input_shape": shape}
        found.append(each)

    add("InputLayer", "embedding", head.width, {"sparse": False, "ragged": False})
    if head.scale is not None:
        mean, variance = head.scale.tolist()
        scale = {"axis": [-1], "invert": False, "mean": mean, "variance": variance}
        add("Normalization", "standardize", head.width, scale)
    for layer in head.layers:
        width = layer.kernel.shape[0]
        for name, share in layer.drops:
            settings = {"rate": share, "seed": None, "noise_shape": None}
            add("Dropout", name, width, settings, training=False)
        penalty = {"l1": float(layer.l1), "l2": float(layer.l2)}
        dense = {
            "units": layer.kernel.shape[1],
            "activation": layer.activation,
            "use_bias": True,
            "kernel_initializer": _of("initializers", "GlorotUniform", {"seed": None}),
            "bias_initializer": _of("initializers", "Zeros", {}),
            "kernel_regularizer": _of("regularizers", "L1L2", penalty)
            if any(penalty.values())
            else None,
            "bias_regularizer": None,
            "kernel_constraint": None,
            "bias_constraint": None,
        }
        add("Dense", layer.name, width, dense)
    return found


def _of(module: str, name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {
        "module": f"keras.{module}",
        "class_name": name,
        "config": config,
        "registered_name": None,
    }


def _weights(head: Head, layers: list[dict[str, Any]]) -> bytes:
    """Weights in the places where Keras looks for them."""
    content = io.BytesIO()
    counted: Counter[str] = Counter()
    weights = head.weights
    with h5py.File(content, "w") as file:
        for layer in layers:
            kind, name = FILED_AS[layer["class_name"]], layer["name"]
            place = f"layers/{kind}_{counted[kind]}" if counted[kind] else f"layers/{kind}"
            counted[kind] += 1
            group = file.create_group(f"{place}/vars")
            group.attrs["name"] = name
            if layer["class_name"] == "Dense":
                for number, each in enumerate(("kernel", "bias")):
                    group.create_dataset(str(number), data=weights[f"{name}/{each}"])
        file.create_group("vars").attrs["name"] = "head"
    return content.getvalue()
