"""What embeddings are computed with: chosen where a backbone is exported, and then kept to."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from anurans.common.errors import UserError
from anurans.networks import gpus

OPENVINO, TENSORFLOW, LITERT = "openvino", "tensorflow", "litert"
# Packages that an engine comes in, where that is not its name.
PACKAGES = {LITERT: ("ai_edge_litert", TENSORFLOW)}


def resolve(engine: str, precision: str) -> tuple[str, str]:
    """Choose engine and precision for this machine.

    Parameters
    ----------
    engine
        `auto`: TensorFlow where it sees a GPU, else OpenVINO, or TensorFlow where OpenVINO is not
        installed; or `openvino` or `tensorflow`.
    precision
        `f32`, or `bf16`; `auto` is f32: bf16 changes scores (docs/speed.md), which is for people to
        choose.

    Returns
    -------
    engine, precision : str
        Without `auto`.

    Raises
    ------
    UserError
        When this machine cannot do what is asked for.
    """
    if engine == "auto":
        engine = TENSORFLOW if has_gpu() or not installed(OPENVINO) else OPENVINO
    if precision == "auto":
        precision = "f32"
    check(engine, precision, "the config", "embedding.engine and embedding.precision")
    return engine, precision


def check_exported(about: Mapping[str, Any], path: str) -> None:
    """Refuse to embed what this machine cannot embed as all other shards are.

    Parameters
    ----------
    about
        Of an exported backbone: its `engine` and `precision`.
    path
        Where that stands.

    Raises
    ------
    UserError
        In one sentence.
    """
    check(about["engine"], about["precision"], path, "embedding.engine and embedding.precision")


def check(engine: str, precision: str, where: str, keys: str) -> None:
    """Raise a UserError unless this machine has the engine and the precision that `where` names."""
    change = f"use another machine, or set {keys} to what every machine of yours has"
    if not installed(engine):
        raise UserError(
            f"{where} asks for embeddings by {engine}, which is not installed on this machine; "
            f"install it, {change}."
        )
    if precision == "bf16" and (engine != OPENVINO or not has_bf16()):
        raise UserError(
            f"{where} asks for embeddings in bf16, which {engine} cannot compute on this machine's "
            f"processor; {change}."
        )


def installed(engine: str) -> bool:
    """Whether an engine is installed here."""
    return any(find_spec(package) for package in PACKAGES.get(engine, (engine,)))


def library(engine: str) -> str:
    """Name of the installed package that an engine comes in."""
    packages = PACKAGES.get(engine, (engine,))
    return next((package for package in packages if find_spec(package)), packages[0])


def has_bf16() -> bool:
    """Whether OpenVINO computes in bf16 on this processor (AVX-512 BF16 or AMX)."""
    import openvino

    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def has_gpu() -> bool:
    """Whether TensorFlow sees a GPU."""
    return installed(TENSORFLOW) and gpus.seen(TENSORFLOW) > 0


def in_f32(model: Any) -> Any:
    """Compile a model of OpenVINO for this processor, in f32 where it would choose bf16.

    It chooses what the processor has units for, so that numbers would be others from machine to
    machine.
    """
    import openvino
    import openvino.properties.hint as hint

    return openvino.Core().compile_model(
        model, "CPU", {hint.inference_precision(): openvino.Type.f32}
    )
