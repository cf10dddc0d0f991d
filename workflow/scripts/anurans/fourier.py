"""Fourier transforms within networks, as products that OpenVINO computes.

TensorFlow Lite's `RFFT2D` is none of OpenVINO's operations. A network that takes sound cuts it into
frames, multiplies each by a window, transforms it, and keeps the real part (or the magnitude), of
which it makes mel bands: all of it but the magnitude is one linear map from a frame to its bands,
so that it becomes one matrix, and with the frames one convolution over the sound.
"""

from typing import Any

import numpy as np

TRANSFORM = "Rfft2d"
# Between the transform and the matrix of the bands: what only gives the values another shape.
SHAPING = ("Reshape", "Squeeze", "Unsqueeze")


def replace_transforms(model: Any) -> int:
    """Replace each `RFFT2D` of a network by products, in place.

    Parameters
    ----------
    model
        An `openvino.Model` of one input [shape=(1, samples)], all shapes known, from
        `convert_partially`.

    Returns
    -------
    int
        How many were replaced; one that is used in a way that is not known here stays.
    """
    transforms = [op for op in model.get_ordered_ops() if op.get_type_name() == TRANSFORM]
    replaced = sum(_as_bands(model, op) or _as_product(op) for op in transforms)
    model.validate_nodes_and_infer_types()
    return replaced


def _as_bands(model: Any, transform: Any) -> bool:
    """Replace frames, window, real part and bands by one convolution over the sound."""
    from openvino import opset13 as ops

    windowed = _before(_before(transform))
    chain = _only_way(transform, "MatMul")
    if chain is None or windowed.get_type_name() != "Multiply":
        return False
    *between, bands = chain
    kinds = [op.get_type_name() for op in between if op.get_type_name() not in SHAPING]
    window, matrix = _constant(windowed, 1), _constant(bands, 1)
    frames, shaped = windowed.input_value(0), _only_way(bands, "Reshape")
    if kinds != ["Convert"] or window is None or matrix is None or shaped is None:
        return False
    length = window.size
    matrix = matrix if _transposed(bands) else matrix.T
    if _length(transform) != length or matrix.shape[1] != length // 2 + 1:
        return False
    signal, hop = _framing(model, frames)
    if signal is None:
        return False
    count, output = frames.get_shape()[1], shaped[-1]
    # What the transform left unknown is told by the frames and the matrix.
    if not output.get_output_partial_shape(0).compatible(_partial([1, count, len(matrix)])):
        return False
    # In float64: what is folded is rounded once.
    folded = window.reshape(-1, 1).astype(np.float64) * (
        _cosines(length) @ matrix.astype(np.float64).T
    )
    # A frame is `taps` blocks of one hop: a convolution over blocks, whose channels are the samples
    # of a block, needs no copy of the sound for each frame.
    taps = -(-length // hop)
    blocks = count + taps - 1
    kernel = np.zeros((taps * hop, len(matrix)), np.float32)
    kernel[:length] = folded
    kernel = kernel.reshape(taps, hop, -1).transpose(2, 1, 0)
    samples, wanted = signal.get_shape()[1], blocks * hop
    if wanted > samples:
        added = np.array([0, wanted - samples])
        signal = ops.pad(signal, np.array([0, 0]), added, "constant", np.float32(0)).output(0)
    elif wanted < samples:
        signal = ops.slice(signal, [0], [wanted], [1], [1]).output(0)
    sound = ops.transpose(ops.reshape(signal, np.array([1, blocks, hop]), False), [0, 2, 1])
    result = ops.convolution(sound, ops.constant(kernel), [1], [0], [0], [1])
    _replace(output, ops.transpose(result, [0, 2, 1]))
    return True


def _as_product(transform: Any) -> bool:
    """Replace a transform alone: its real part, its imaginary part, its magnitude."""
    from openvino import opset13 as ops

    length, source = _length(transform), transform.input_value(0)
    if length is None:
        return False
    users = _users(transform)
    shaping = [op for op in users if op.get_type_name() in SHAPING]
    if len(shaping) == len(users) == 1:
        squeezed, users = shaping[0], _users(shaping[0])
    else:
        squeezed = None
    kinds = {op.get_type_name() for op in users}
    if not users or not kinds <= {"Convert", "Real", "Imag", "ComplexAbs"}:
        return False
    rows = source.get_shape()[-1]

    def part(matrix):
        matrix = np.vstack([matrix, np.zeros((max(0, rows - length), matrix.shape[1]))])[:rows]
        return ops.matmul(source, ops.constant(matrix.astype(np.float32)), False, False)

    for user in users:
        match user.get_type_name():
            case "Convert" | "Real":
                result = part(_cosines(length))
            case "Imag":
                result = part(-_sines(length))
            case _:
                real, imaginary = part(_cosines(length)), part(_sines(length))
                result = ops.sqrt(
                    ops.add(ops.multiply(real, real), ops.multiply(imaginary, imaginary))
                )
        if squeezed is not None:
            again = {
                "Squeeze": lambda x: ops.squeeze(x, squeezed.input_value(1)),
                "Unsqueeze": lambda x: ops.unsqueeze(x, squeezed.input_value(1)),
                "Reshape": lambda x: ops.reshape(x, squeezed.input_value(1), False),
            }
            result = again[squeezed.get_type_name()](result)
        _replace(user, result)
    return True


def _cosines(length: int) -> np.ndarray:
    """Real part of a transform of real values, as a matrix [shape=(length, length // 2 + 1)]."""
    return np.cos(_angles(length))


def _sines(length: int) -> np.ndarray:
    """Its imaginary part, with the other sign."""
    return np.sin(_angles(length))


def _angles(length: int) -> np.ndarray:
    products = np.outer(np.arange(length), np.arange(length // 2 + 1))
    return 2 * np.pi * (products % length) / length


def _length(transform: Any) -> int | None:
    """Length of a transform of single rows; None of any other."""
    size = _constant(transform, 1)
    shape = transform.input_value(0).get_partial_shape()
    if size is None or size.size != 2 or size.ravel()[0] != 1 or shape.is_dynamic:
        return None
    return int(size.ravel()[1])


def _framing(model: Any, frames: Any) -> tuple[Any, int]:
    """Sound [shape=(1, samples)] that frames [shape=(1, count, length)] are cut from, and the hop.

    None and 0 where they are not frames of equal distance.
    """
    if frames.get_partial_shape().is_dynamic or len(frames.get_shape()) != 3:
        return None, 0
    _, count, length = frames.get_shape()
    node = frames.get_node()
    while node.get_input_size():
        node = _before(node)
        shape = node.get_output_partial_shape(0)
        if shape.is_dynamic or len(shape) != 2 or shape.to_shape()[1] < length:
            continue
        numbers = _cut_numbers(model, node, frames)
        if numbers is None:
            continue
        hop = int(numbers[1, 0] - numbers[0, 0]) if count > 1 else length
        expected = np.arange(count)[:, None] * hop + np.arange(length)
        return (node.output(0), hop) if hop and np.array_equal(numbers, expected) else (None, 0)
    return None, 0


def _cut_numbers(model: Any, node: Any, frames: Any) -> np.ndarray | None:
    """Frames of numbers that count up, put in the place of a node; None where it is not enough."""
    import openvino
    from openvino import opset13 as ops

    copy = model.clone()
    names = {op.get_friendly_name(): op for op in copy.get_ordered_ops()}
    signal = names[node.get_friendly_name()].output(0)
    end = names[frames.get_node().get_friendly_name()].output(frames.get_index())
    numbers = ops.parameter(signal.get_shape(), np.float32)
    for target in list(signal.get_target_inputs()):
        target.replace_source_output(numbers.output(0))
    try:
        cut = openvino.Model([end], [numbers], "frames")
        compiled = openvino.Core().compile_model(cut, "CPU")
    except RuntimeError:
        return None
    return compiled({0: np.arange(signal.get_shape()[1], dtype=np.float32)[None]})[0][0]


def _partial(shape: list[int]) -> Any:
    import openvino

    return openvino.PartialShape(shape)


def _before(op: Any) -> Any:
    return op.input_value(0).get_node()


def _users(op: Any) -> list[Any]:
    return [target.get_node() for target in op.output(0).get_target_inputs()]


def _only_way(op: Any, kind: str) -> list[Any] | None:
    """Operations from `op` to the next of a kind, where each result is used by one (and shapes)."""
    way = []
    while True:
        users = [user for user in _users(op) if user.get_type_name() != "ShapeOf"]
        if len(users) != 1 or len(way) > 8:
            return None
        op = users[0]
        way.append(op)
        if op.get_type_name() == kind:
            return way


def _constant(op: Any, number: int) -> np.ndarray | None:
    if op.get_input_size() <= number:
        return None
    node = op.input_value(number).get_node()
    return node.get_data() if node.get_type_name() == "Constant" else None


def _transposed(matmul: Any) -> bool:
    attributes = matmul.get_attributes()
    return bool(attributes["transpose_b"]) and not attributes["transpose_a"]


def _replace(old: Any, new: Any) -> None:
    for target in list(old.output(0).get_target_inputs()):
        target.replace_source_output(new.output(0))
