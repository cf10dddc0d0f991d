"""GPUs: whether what computes sees the one that a job was given, and how several jobs share it."""

import os

from anurans.common.errors import UserError

# What can compute on a GPU; the others are for the processor.
ABLE = ("tensorflow", "jax")
INSTALL = {"tensorflow": "tensorflow[and-cuda]", "jax": "jax[cuda12]"}


def seen(engine: str) -> int:
    """How many GPUs an engine sees; it is loaded for that."""
    if engine == "tensorflow":
        import tensorflow as tf

        return len(tf.config.list_physical_devices("GPU"))
    import jax

    return sum(device.platform == "gpu" for device in jax.devices())


def share(engine: str) -> None:
    """Let an engine take memory of GPUs as it needs it; before it computes anything.

    Both take all of it at once otherwise, so that no other job could share the GPU.
    """
    if engine == "tensorflow":
        import tensorflow as tf

        for gpu in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, True)
    elif engine == "jax":
        os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")


def check(asked: int, engine: str, key: str) -> None:
    """Refuse a job that was given a GPU which nothing will compute on.

    Parameters
    ----------
    asked
        The job's resource `gpu`.
    engine
        What computes.
    key
        Of the config, that chooses it.

    Raises
    ------
    UserError
        With what to do.
    """
    if not asked:
        return
    if engine not in ABLE:
        raise UserError(
            f"This job was given gpu={asked}, but {engine} computes on the processor; set {key}: "
            "tensorflow in the config, or give the rule no gpu (set-resources)."
        )
    if not seen(engine):
        raise UserError(
            f"This job was given gpu={asked}, but {engine} sees no GPU on this machine. Does "
            "nvidia-smi list one here, does CUDA_VISIBLE_DEVICES hide it, and was "
            f"{INSTALL[engine]} installed? Else give the rule no gpu (set-resources)."
        )
