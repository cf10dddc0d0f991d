"""The step of Adam, compiled: one pass over the weights where NumPy takes a dozen."""

import numba
import numpy as np


# With Python's errors, a division is checked for zero, and nothing is done several at a time.
@numba.njit(error_model="numpy")
def update(
    weight: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    gradient: np.ndarray,
    l2: np.float32,
    beta1: np.float32,
    beta2: np.float32,
    epsilon: np.float32,
    rate: np.float32,
) -> None:
    """Update weights and moments in place.

    Parameters
    ----------
    weight, first, second, gradient : np.ndarray [shape=(...), dtype=float32]
        Contiguous. Moments are kept without their factors (1 - beta).
    l2
        Times a weight, is added to its gradient.
    beta1, beta2
        What is kept of the moments.
    epsilon, rate
        A weight loses `rate * first / (sqrt(second) + epsilon)`.
    """
    weight, first, second = weight.reshape(-1), first.reshape(-1), second.reshape(-1)
    gradient = gradient.reshape(-1)
    for at in range(weight.size):
        slope = gradient[at] + weight[at] * l2
        first[at] = first[at] * beta1 + slope
        second[at] = second[at] * beta2 + slope * slope
        weight[at] -= first[at] / (np.sqrt(second[at]) + epsilon) * rate
