"""Shapes of what a network that takes sound is given and gives, whatever its format."""

import difflib
from collections.abc import Sequence

from anurans.common.errors import UserError
from anurans.networks.sound_networks import SOUND, SoundSettings

# Names of what an exported network gives.
EMBEDDING, SCORES = "embedding", "scores"


def input_shape(dims: Sequence[int] | None, settings: SoundSettings) -> list[int]:
    """Shape in which a network takes one window.

    Parameters
    ----------
    dims
        Sizes of the axes of its input, -1 where any is taken; None where not even their number is
        known.
    settings
        The settings, for the number of samples.

    Returns
    -------
    list of int
        `samples` on one axis, 1 on the others.

    Raises
    ------
    UserError
        When it takes no sound, or windows of another length.
    """
    samples = settings.samples
    dims = [-1, -1] if dims is None else list(dims)
    takes = f"{settings.weights}: takes {_show(dims)}"
    asked = f"{samples} samples ({settings.window:g} s at {settings.sr} Hz)"
    if not 1 <= len(dims) <= 3:
        raise UserError(f"{takes}, which is not sound: expected samples, with or without channels.")
    # Of axes that take any number, the last but for a first one, which is that of windows.
    open_axes = [axis for axis, size in enumerate(dims) if size == -1]
    fixed = [axis for axis, size in enumerate(dims) if size > 1]
    if len(fixed) > 1 or (fixed and dims[fixed[0]] != samples):
        raise UserError(
            f"{takes}, but the config asks for windows of {asked}; correct sr and window, or "
            "weights, in the config."
        )
    if not fixed and not open_axes:
        raise UserError(f"{takes}, too little for {asked}; correct weights in the config.")
    axis = fixed[0] if fixed else open_axes[-1]
    return [samples if each == axis else 1 for each in range(len(dims))]


def _show(dims: Sequence[int]) -> str:
    return f"[{', '.join('any' if size == -1 else str(size) for size in dims)}]"


def find_outputs(
    tensors: Sequence[str],
    outputs: Sequence[str],
    settings: SoundSettings,
) -> dict[str, str]:
    """Name of the tensor of each output of ours, `EMBEDDING` and, of class scores, `SCORES`.

    Parameters
    ----------
    tensors, outputs
        As `find_name` takes them.
    settings
        The network.

    Raises
    ------
    UserError
        When the embedding is not there, or scores that the config names. A file of BirdNET or
        Perch without scores has no classes.
    """
    found = {EMBEDDING: find_name(tensors, outputs, settings.output, settings.weights)}
    if settings.scores is not None and settings.scores in tensors:
        found[SCORES] = settings.scores
    elif settings.scores and settings.architecture == SOUND:
        found[SCORES] = find_name(tensors, outputs, settings.scores, settings.weights, "scores")
    return found


def find_name(
    tensors: Sequence[str],
    outputs: Sequence[str],
    wanted: str | None,
    path: str | None,
    key: str = "output",
) -> str:
    """Name of the tensor that is the embedding, or another of the config's keys.

    Parameters
    ----------
    tensors
        Names of all tensors, outputs or not.
    outputs
        Names of the outputs.
    wanted
        The config's `output`.
    path
        The network, for messages.
    key
        Key of the config that names the tensor.

    Raises
    ------
    UserError
        When there is none of that name, or several outputs and no name is given.
    """
    if wanted is None:
        if len(outputs) == 1:
            return outputs[0]
        raise UserError(
            f"{path}: has {len(outputs)} outputs; set output: in the config to the one that is "
            f"the embedding: {', '.join(outputs)}."
        )
    if wanted in tensors:
        return wanted
    close = difflib.get_close_matches(wanted, tensors, n=1, cutoff=0.6)
    guess = f" (did you mean {close[0]}?)" if close else ""
    known = f"{', '.join(outputs)}{_within(tensors, outputs)}"
    raise UserError(
        f"{path}: has no tensor {wanted}{guess}; its outputs are {known}. Correct {key} in the "
        "config."
    )


def averaged_axes(shape: Sequence[int], batched: bool) -> list[int]:
    """Axes of an output that are averaged over, so that one row of values is left.

    Parameters
    ----------
    shape
        Of the output for one window.
    batched
        Whether the first axis is that of windows.
    """
    width = len(shape) - 1
    if batched and len(shape) > 2 and all(size == 1 for size in shape[2:]):
        width = 1
    first = 1 if batched and shape[0] == 1 else 0
    return [axis for axis in range(first, len(shape)) if axis != width]


def _within(tensors: Sequence[str], outputs: Sequence[str]) -> str:
    """Say which tensors lie within a network, the last ones first."""
    inner = [name for name in reversed(tensors) if name not in outputs]
    if not inner:
        return ""
    more = f", and {len(inner) - 9} more" if len(inner) > 9 else ""
    return f"; within it there are {', '.join(inner[:9])}{more}"
