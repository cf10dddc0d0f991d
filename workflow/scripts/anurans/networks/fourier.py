"""Fourier transforms within networks, as products that OpenVINO computes.

TensorFlow Lite's `RFFT2D` is none of OpenVINO's operations, which translates it only where the
magnitude is taken of it. Networks that take sound cut it into frames, multiply each by a window,
transform it, and may keep the real part alone, of which they make mel bands: all one linear map
from a frame to its bands, so that it becomes one matrix, and with the frames one convolution over
the sound.
"""

from typing import Any

import numpy as np

from anurans.networks.engines import in_f32
from anurans.networks.transposes import BY_VALUE, sink_transposes

TRANSFORM = "Rfft2d"
# Complex values cast to real ones.
REAL_PART = "Convert"
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
    replaced, spectrograms = 0, []
    for transform in transforms:
        spectrogram = _as_bands(model, transform)
        if spectrogram is not None:
            spectrograms.append(spectrogram)
        replaced += spectrogram is not None or _as_product(transform)
    model.validate_nodes_and_infer_types()
    for spectrogram in spectrograms:
        _turn_bands(model, spectrogram)
    model.validate_nodes_and_infer_types()
    sink_transposes(model, spectrograms)
    return replaced


def _as_bands(model: Any, transform: Any) -> Any:
    """Replace frames, window, real part and bands by one convolution over the sound.

    Gives the spectrogram [shape=(1, frames, bands)], a transpose; None where they are otherwise.
    """
    from openvino import opset13 as ops

    shaped = _before(transform)
    windowed, way = _before(shaped), _only_way(transform, "MatMul")
    if way is None or not _only_shape([shaped]) or windowed.get_type_name() != "Multiply":
        return None
    *between, bands = way
    kinds = [op.get_type_name() for op in between if not _only_shape([op])]
    window, matrix = _constant(windowed, 1), _constant(bands, 1)
    frames = windowed.input_value(0)
    if kinds != [REAL_PART] or window is None or matrix is None:
        return None
    length = window.size
    matrix = matrix if _transposed(bands) else matrix.T
    if _length(transform) != length or matrix.shape[1] != length // 2 + 1:
        return None
    signal, hop = _framing(model, frames)
    if signal is None:
        return None
    count = frames.get_shape()[1]
    # What the transform left unknown is told by the frames and the matrix.
    shape = _partial([1, count, len(matrix)])
    ends = [bands, *(user for user in _users(bands) if _only_shape([user]))]
    output = next((op for op in ends if op.get_output_partial_shape(0).compatible(shape)), None)
    if output is None:
        return None
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
    filters = kernel.reshape(taps, hop, -1).transpose(2, 1, 0)
    samples, wanted = signal.get_shape()[1], blocks * hop
    if wanted > samples:
        added = np.array([0, wanted - samples])
        signal = ops.pad(signal, np.array([0, 0]), added, "constant", np.float32(0)).output(0)
    elif wanted < samples:
        signal = ops.slice(signal, [0], [wanted], [1], [1]).output(0)
    sound = ops.transpose(ops.reshape(signal, np.array([1, blocks, hop]), False), [0, 2, 1])
    result = ops.convolution(sound, ops.constant(filters), [1], [0], [0], [1])
    spectrogram = ops.transpose(result, np.array([0, 2, 1]))
    _replace(output, spectrogram)
    return spectrogram


def _turn_bands(model: Any, spectrogram: Any) -> None:
    """Let bands that are put into the other order come out of the convolution in that order."""
    from openvino import opset13 as ops

    reversal, convolution = _reversal(model, spectrogram), _before(spectrogram)
    filters = _constant(convolution, 1)
    if reversal is None or filters is None:
        return
    kernel = ops.constant(filters[::-1].copy())
    convolution.input(1).replace_source_output(kernel.output(0))
    for target in list(reversal.output(0).get_target_inputs()):
        target.replace_source_output(reversal.input_value(0))


def _reversal(model: Any, output: Any) -> Any:
    """What reverses the bands of a spectrogram, after operations on each value; None if nothing."""
    op = output
    while True:
        different = {each.get_instance_id(): each for each in _users(op)}
        users = [each for each in different.values() if each.get_type_name() != "ShapeOf"]
        if len(users) != 1:
            return None
        (user,) = users
        if user.get_type_name() == "ReverseSequence":
            break
        others = [each.get_node() for each in user.input_values()]
        alone = all(
            each.get_instance_id() == op.get_instance_id()
            or (each.get_type_name() == "Constant" and each.get_data().size == 1)
            for each in others
        )
        if user.get_type_name() not in BY_VALUE or not alone:
            return None
        op = user
    if user.get_input_partial_shape(0).is_dynamic:
        return None
    numbers = _cut_numbers(model, op, user.output(0))
    if numbers is None:
        return None
    expected = np.arange(numbers.size).reshape(op.get_output_shape(0))
    return user if np.array_equal(numbers, expected[..., ::-1]) else None


def _as_product(transform: Any) -> bool:
    """Replace the real part of a transform alone by one matrix."""
    from openvino import opset13 as ops

    length, source = _length(transform), transform.input_value(0)
    way = _only_way(transform, REAL_PART)
    if length is None or way is None or not _only_shape(way[:-1]):
        return False
    # A row that is longer than the transform is cut, a shorter one is padded with zeros.
    rows = source.get_shape()[-1]
    matrix = np.zeros((rows, length // 2 + 1), np.float32)
    matrix[:length] = _cosines(length)[:rows]
    product = ops.matmul(source, ops.constant(matrix), False, False)
    if len(way) == 1:
        _replace(way[0], product)
    else:
        way[0].input(0).replace_source_output(product.output(0))
        _replace(way[-1], way[-2])
    return True


def _cosines(length: int) -> np.ndarray:
    """Real part of a transform of real values, as a matrix [shape=(length, length // 2 + 1)]."""
    products = np.outer(np.arange(length), np.arange(length // 2 + 1))
    return np.cos(2 * np.pi * (products % length) / length)


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
        numbers = numbers[0]
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
        compiled = in_f32(cut)
    except RuntimeError:
        return None
    count = np.arange(np.prod(signal.get_shape()), dtype=np.float32)
    return compiled({0: count.reshape(signal.get_shape())})[0]


def _partial(shape: list[int]) -> Any:
    import openvino

    return openvino.PartialShape(shape)


def _before(op: Any) -> Any:
    return op.input_value(0).get_node()


def _users(op: Any) -> list[Any]:
    return [target.get_node() for target in op.output(0).get_target_inputs()]


def _only_way(op: Any, kind: str) -> list[Any] | None:
    """Operations from `op` to the next of a kind, where each result is used by one (and shapes)."""
    way: list[Any] = []
    while True:
        users = [user for user in _users(op) if user.get_type_name() != "ShapeOf"]
        if len(users) != 1 or len(way) > 8:
            return None
        op = users[0]
        way.append(op)
        if op.get_type_name() == kind:
            return way


def _only_shape(ops: list[Any]) -> bool:
    return all(op.get_type_name() in SHAPING for op in ops)


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
