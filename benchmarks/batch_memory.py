"""Peak memory of training the study's head on MobileNet at several batch sizes.

    .venv/bin/python benchmarks/batch_memory.py [--clips 512] [--batches 32 64 128]

Two ways: on stored embeddings, as this workflow does, and end to end through the frozen network
on images, as the study did. Each training is a process of its own; its peak is what the system
says at its end (VmHWM), the start is what it held when all was imported. Data are random: memory
depends on shapes alone.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow/scripts"))

HEAD = {"units": 256, "activation": "relu", "l1": 0.0, "l2": 0.01, "dropout": 0.5}
WIDTH, SPECIES, SIZE = 50_176, 3, 224


def memory(key):
    """Memory of this process in MB: VmRSS now, VmHWM at its peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(key)).split()[1]) / 1000


def train(way, batch, clips, epochs):
    """Train, and print start, data, peak (MB) and seconds."""
    import numpy as np

    from anurans.heads.recipes import Recipe
    from anurans.heads.training import build_head, fit_head

    if way == "images":
        import keras

        from anurans.heads.keras_training import to_keras

    recipe = Recipe([HEAD], False, l2=0.01, learning_rate=1e-5, batch_size=batch, epochs=epochs)
    rng = np.random.default_rng(1)
    labels = rng.random((clips, SPECIES)) < 0.3
    start = memory("VmRSS")
    began = time.perf_counter()
    if way == "embeddings":
        data = rng.random((clips, WIDTH), dtype=np.float32).astype(np.float16)
        fit_head(recipe, (data, labels), None, seed=1)
    else:
        data = rng.integers(0, 256, (clips, SIZE, SIZE, 3), dtype=np.uint8)
        shape = (SIZE, SIZE, 3)
        network = keras.applications.MobileNet(weights=None, include_top=False, input_shape=shape)
        network.trainable = False
        image = keras.Input(shape)
        x = keras.layers.Flatten()(network(keras.layers.Rescaling(1 / 255)(image)))
        model = keras.Model(image, to_keras(build_head(recipe, WIDTH, SPECIES, None, 1))(x))
        model.compile(keras.optimizers.Adam(1e-5), "binary_crossentropy")
        model.fit(data, labels.astype(np.float32), batch_size=batch, epochs=epochs, verbose=0)
    print(start, data.nbytes / 1e6, memory("VmHWM"), time.perf_counter() - began)


def main():
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=512)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 64, 128])
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        way, batch = arguments.one
        return train(way, int(batch), arguments.clips, arguments.epochs)
    print(f"{'way':12}{'batch':>6}{'start MB':>10}{'data MB':>9}{'peak MB':>9}{'seconds':>9}")
    for way in ("embeddings", "images"):
        for batch in arguments.batches:
            command = [sys.executable, __file__, "--one", way, str(batch)]
            command += ["--clips", str(arguments.clips), "--epochs", str(arguments.epochs)]
            # As in a job: one thread.
            environment = {**os.environ, "OMP_NUM_THREADS": "1"}
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, env=environment
            )
            start, data, peak, seconds = map(float, done.stdout.split()[-4:])
            print(f"{way:12}{batch:6}{start:10.0f}{data:9.0f}{peak:9.0f}{seconds:9.1f}", flush=True)


if __name__ == "__main__":
    main()
