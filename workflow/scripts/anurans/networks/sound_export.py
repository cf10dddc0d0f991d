"""Exports a network that takes sound, from a file of any usual format, for what computes it.

A network becomes one function of one window of sound: samples [shape=(1, samples)] to embedding
[shape=(1, width)], and to class scores where it has classes.
"""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from anurans.common.errors import UserError
from anurans.networks.engines import LITERT, OPENVINO, TENSORFLOW, check, installed
from anurans.networks.fourier import replace_transforms
from anurans.networks.sound_embedders import open_source
from anurans.networks.sound_networks import SoundSettings
from anurans.networks.sound_shapes import (
    EMBEDDING,
    SCORES,
    averaged_axes,
    find_outputs,
    input_shape,
)

# What each kind of file can be computed with, best first.
FORMATS = {
    ".tflite": (OPENVINO, LITERT),
    ".onnx": (OPENVINO,),
    ".xml": (OPENVINO,),
    "": (OPENVINO, TENSORFLOW),
}
# Reads a .tflite, of which it matters only whether it crashes.
READ = (
    "import sys\ntry:\n from ai_edge_litert.interpreter import Interpreter\n"
    "except ImportError:\n from tensorflow.lite.python.interpreter import Interpreter\n"
    "try:\n it = Interpreter(sys.argv[1])\n"
    "except ValueError as error:\n"
    # An operation that it does not know is no fault of the file.
    " sys.exit(0 if ' op ' in str(error) else 3)\n"
    "it.allocate_tensors()"
)
UNREADABLE = 3


@dataclass(frozen=True, slots=True)
class Exported:
    """What is known of a network once it is exported.

    Parameters
    ----------
    engine
        `openvino`, `litert` or `tensorflow`.
    precision
        `f32` or `bf16`.
    width
        Values of an embedding.
    classes
        Number of class scores; 0 of a network without classes.
    parameters
        Number of its weights.
    """

    engine: str
    precision: str
    width: int
    classes: int
    parameters: int


def network_format(path: str | Path) -> str:
    """Kind of a network's file, a key of `FORMATS`; empty for a folder, which is a SavedModel.

    Raises
    ------
    UserError
        When it is not there, cut short, or of no kind that is known.
    """
    path = Path(path)
    if path.is_dir():
        if (path / "saved_model.pb").is_file():
            return ""
        raise UserError(
            f"{path}: this folder has no saved_model.pb, which a network in a folder needs "
            "(TensorFlow's SavedModel); correct weights in the config."
        )
    if not path.is_file():
        raise UserError(f"{path}: this network is not there; correct weights in the config.")
    if not path.suffix or path.suffix not in FORMATS:
        raise UserError(
            f"{path}: networks are read from files .tflite, .onnx and .xml (OpenVINO), and from "
            f"folders (SavedModel); found {path.suffix or 'no ending'}."
        )
    if path.suffix == ".tflite":
        _refuse_broken(path)
    return path.suffix


def export_sound(
    settings: SoundSettings, engine: str, precision: str, network: str | Path, weights: str | Path
) -> Exported:
    """Export a network for what is to compute it.

    Parameters
    ----------
    settings
        The settings, whose `weights` is the file.
    engine
        `auto`: OpenVINO where it is installed and can compute this network, else LiteRT (of a
        `.tflite`) or TensorFlow (of a SavedModel). `openvino`; or `tensorflow`, either of these.
    precision
        `f32`, which `auto` is too, or `bf16` (of OpenVINO alone).
    network, weights
        Files to write, which OpenVINO computes with. They hold nothing where it does not: the
        network then stays where it is.

    Returns
    -------
    Exported

    Raises
    ------
    UserError
        When the file is not what the settings say, or nothing here can compute it.
    """
    kind = network_format(settings.path)
    known = FORMATS[kind]
    precision = "f32" if precision == "auto" else precision
    wanted = [
        each for each in known if engine == "auto" or (engine == OPENVINO) == (each == OPENVINO)
    ]
    if not wanted:
        raise UserError(
            f"{settings.weights}: {kind} is computed by openvino only; found embedding.engine: "
            f"{engine} in the config."
        )
    able = [each for each in wanted if installed(each)]
    if not able:
        raise UserError(
            f"{settings.weights}: is computed by {' or '.join(wanted)}, which this machine has not "
            "installed; install it, or use another machine."
        )
    for each in able:
        try:
            if each == OPENVINO:
                check(OPENVINO, precision, "the config", "embedding.precision")
                return _export_openvino(settings, kind, precision, Path(network), Path(weights))
            if precision != "f32":
                raise UserError(
                    f"{settings.weights}: is computed by {each} here, in f32 only; set "
                    "embedding.precision: f32 in the config."
                )
            return _export_stub(settings, each, Path(network), Path(weights))
        except _NotComputedError as error:
            if each == able[-1]:
                raise UserError(
                    f"{settings.weights}: {each} cannot compute this network ({error})."
                ) from error
    raise AssertionError


class _NotComputedError(Exception):
    """An engine that cannot compute a network; another may."""


def _export_openvino(
    settings: SoundSettings, kind: str, precision: str, network: Path, weights: Path
) -> Exported:
    import openvino

    model = openvino_model(settings, kind)
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder, "model.xml")
        openvino.save_model(model, first, compress_to_fp16=False)
        # Names that OpenVINO gives tell how much this process has made before; the same ones now.
        written = openvino.Core().read_model(first)
        for number, op in enumerate(written.get_ordered_ops()):
            op.set_friendly_name(f"{op.get_type_name()}_{number}")
        openvino.serialize(written, network, weights)
    width, classes = (_width(model, name) for name in (EMBEDDING, SCORES))
    count = sum(
        op.get_output_size() and int(np.prod(op.get_output_shape(0)))
        for op in model.get_ordered_ops()
        if op.get_type_name() == "Constant" and op.get_element_type().is_real()
    )
    return Exported(OPENVINO, precision, width, classes, count)


def _width(model: Any, name: str) -> int:
    found = [output for output in model.outputs if name in output.get_names()]
    return found[0].get_shape()[1] if found else 0


def _export_stub(settings: SoundSettings, engine: str, network: Path, weights: Path) -> Exported:
    embedder = open_source(settings, engine, 1)
    network.write_text(f"<!-- Computed by {engine}, from {Path(settings.path).name}. -->\n")
    weights.touch()
    return Exported(engine, "f32", embedder.width, embedder.classes, embedder.parameters)


def openvino_model(settings: SoundSettings, kind: str) -> Any:
    """Read a network and bring it into the form that is exported.

    Parameters
    ----------
    settings
        The settings.
    kind
        From `network_format`.

    Returns
    -------
    openvino.Model
        From samples [shape=(1, samples), dtype=float32] to the outputs `embedding` [shape=(1,
        width)] and, of a network with classes, `scores` [shape=(1, classes)].

    Raises
    ------
    UserError
        When the file is not what the settings say.
    """
    import openvino
    from openvino import opset13 as ops

    model = _read(settings.path, kind)
    if len(model.get_parameters()) != 1:
        names = ", ".join(sorted(min(each.get_names(), default="?") for each in model.inputs))
        raise UserError(
            f"{settings.weights}: has {len(model.get_parameters())} inputs ({names}); a network "
            "that takes sound has one, the samples."
        )
    (parameter,) = model.get_parameters()
    shape = input_shape(_dims(parameter.get_partial_shape()), settings)
    ours = find_outputs(_names(model), _outputs(model), settings)
    try:
        model.reshape({parameter.output(0): shape})
        if kind == ".tflite":
            replace_transforms(model)
        sound = ops.parameter([1, settings.samples], np.float32, name="sound")
        shaped = ops.reshape(sound, np.array(shape), False)
        if parameter.get_element_type() != openvino.Type.f32:
            shaped = ops.convert(shaped, parameter.get_element_type())
        for target in list(parameter.output(0).get_target_inputs()):
            target.replace_source_output(shaped.output(0))
        tensors = _tensors(model)
        results = []
        for name, tensor in ours.items():
            result = _as_vector(tensors[tensor], batched=len(shape) > 1)
            result.set_names({name})
            results.append(ops.result(result))
        exported = openvino.Model(results, [sound], settings.architecture)
        exported.validate_nodes_and_infer_types()
        openvino.Core().compile_model(exported, "CPU")
    except RuntimeError as error:
        raise _NotComputedError(_first_line(error)) from error
    return exported


def _read(path: str, kind: str) -> Any:
    import openvino

    try:
        if kind != ".tflite":
            return openvino.Core().read_model(path)
        # Unlike read_model, it leaves operations that OpenVINO lacks as they are.
        frontend = openvino.frontend.FrontEndManager().load_by_framework("tflite")
        return frontend.convert_partially(frontend.load(path))
    except Exception as error:  # its frontends have failures of several kinds
        if "FlatBuffer verification failed" in str(error):
            raise UserError(_broken(path)) from error
        if kind in ("", ".tflite"):
            raise _NotComputedError(_first_line(error)) from error
        raise UserError(
            f"{path}: OpenVINO cannot read this network ({_first_line(error)}); get the file "
            "again, or correct weights in the config."
        ) from error


def _refuse_broken(path: Path) -> None:
    """Refuse a .tflite that is cut short: LiteRT reads it by offsets, unchecked, and may crash."""
    if installed(OPENVINO):
        broken = False  # it looks itself
    else:
        command = [sys.executable, "-c", READ, str(path)]
        code = subprocess.run(command, capture_output=True, check=False).returncode
        broken = code < 0 or code == UNREADABLE
    if path.read_bytes()[4:8] != b"TFL3" or broken:
        raise UserError(_broken(path))


def _broken(path: str | Path) -> str:
    return (
        f"{path}: this file is cut short, or no network of TensorFlow Lite "
        f"({Path(path).stat().st_size} bytes were found); get it again, or correct weights in the "
        "config."
    )


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{lines[-1] if lines else type(error).__name__:.200}"


def _dims(shape: Any) -> list[int] | None:
    """Sizes of the axes, -1 where any is taken; None where not even their number is known."""
    if shape.rank.is_dynamic:
        return None
    return [dim.get_length() if dim.is_static else -1 for dim in shape]


def _tensors(model: Any) -> dict[str, Any]:
    """Every tensor of a network by its names."""
    return {
        name: output
        for op in model.get_ordered_ops()
        if op.get_type_name() != "Result"
        for output in op.outputs()
        for name in output.get_names()
    }


def _names(model: Any) -> list[str]:
    return list(_tensors(model))


def _outputs(model: Any) -> list[str]:
    return [min(each.get_names(), default="?") for each in model.outputs]


def _as_vector(output: Any, batched: bool) -> Any:
    """Bring an output to [shape=(1, width)].

    Frames and places that a network itself makes of a window are averaged: the width is the last
    axis, or the second where all after it are 1.
    """
    from openvino import opset13 as ops

    shape = list(output.get_shape())
    if output.get_element_type().get_type_name() != "f32":
        output = ops.convert(output, np.float32).output(0)
    axes = averaged_axes(shape, batched)
    if axes:
        output = ops.reduce_mean(output, np.array(axes), False).output(0)
    shape = list(output.get_shape())
    if len(shape) == 2 and shape[0] == 1:
        return output
    return ops.reshape(output, np.array([1, -1]), False).output(0)
