"""Moves transposes of a network down, until they meet their inverse: OpenVINO leaves them.

What comes between a convolution's spectrogram and the network behind it (powers, a batch
normalisation, several spectrograms laid side by side as channels) is computed as well before a
transpose as after it.
"""

from typing import Any

import numpy as np

# Of each value alone.
BY_VALUE = ("Multiply", "Add", "Subtract", "Divide", "Power")


def sink_transposes(model: Any, starts: list[Any]) -> None:
    """Move some transposes of a network down as far as they go, in place.

    Parameters
    ----------
    model
        An `openvino.Model`, all shapes known.
    starts
        The transposes, each with a constant order.
    """
    pending = list(starts)
    while pending:
        transpose = pending.pop(0)
        users = {
            target.get_node().get_instance_id(): target.get_node() for target in _ends(transpose)
        }
        if len(users) == 1:
            pending += _past(transpose, *users.values())
            model.validate_nodes_and_infer_types()


def order_of(transpose: Any) -> list[int]:
    """Axis of its input that each axis of its output is."""
    return [int(axis) for axis in transpose.input_value(1).get_node().get_data()]


def _ends(op: Any) -> list[Any]:
    return list(op.output(0).get_target_inputs())


def _past(transpose: Any, user: Any) -> list[Any]:
    """Move a transpose behind the only operation that uses it; gives it there, if it moved."""
    from openvino import opset13 as ops

    order, source = order_of(transpose), transpose.input_value(0)
    kind = user.get_type_name()
    if kind in BY_VALUE:
        moved = _by_value(transpose, user, order)
    elif kind == "Unsqueeze" and _values(user, 1) in ([len(order)], [-1]):
        # The new axis becomes the second, where channels are.
        moved = ops.unsqueeze(source, np.int64(1))
        order = [axis + (axis > 0) for axis in order] + [1]
    elif kind == "Concat":
        before = [value.get_node() for value in user.input_values()]
        alike = all(
            each.get_type_name() == "Transpose" and order_of(each) == order for each in before
        )
        if not alike or any(len(_ends(each)) > 1 for each in before):
            return []
        axis = order[user.get_attributes()["axis"] % len(order)]
        moved = ops.concat([each.input_value(0) for each in before], axis)
    elif kind == "Transpose":
        order = [order[axis] for axis in order_of(user)]
        if order == sorted(order):
            _replace(user, source)
            return []
        moved = source.get_node()
        if moved.get_output_size() > 1:
            return []
    else:
        return []
    if moved is None:
        return []
    again = ops.transpose(moved, np.array(order, np.int64))
    _replace(user, again.output(0))
    return [again]


def _by_value(transpose: Any, user: Any, order: list[int]) -> Any:
    """The same operation on what is not transposed; None where the other value is no constant."""
    from openvino import opset13 as ops

    source, values = transpose.input_value(0), []
    for value in user.input_values():
        node = value.get_node()
        if node.get_instance_id() == transpose.get_instance_id():
            values.append(source)
        elif node.get_type_name() == "Constant":
            constant = node.get_data()
            if constant.ndim not in (0, len(order)) and constant.size > 1:
                return None
            if constant.ndim == len(order):
                constant = constant.transpose(np.argsort(order))
            values.append(ops.constant(np.ascontiguousarray(constant)))
        else:
            return None
    return getattr(ops, user.get_type_name().lower())(*values)


def _values(op: Any, number: int) -> list[int] | None:
    node = op.input_value(number).get_node()
    if node.get_type_name() != "Constant":
        return None
    return [int(value) for value in np.ravel(node.get_data())]


def _replace(old: Any, new: Any) -> None:
    for target in _ends(old):
        target.replace_source_output(new)
