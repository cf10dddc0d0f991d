"""Embeddings: images through an exported backbone, in OpenVINO, without TensorFlow."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import openvino
import openvino.properties as properties
import openvino.properties.hint as hint

PRECISIONS = {"f32": openvino.Type.f32, "bf16": openvino.Type.bf16}


class Embedder:
    """An exported backbone, ready to compute.

    Parameters
    ----------
    network
        The .xml file that `anurans.backbones.export_backbone` made.
    precision
        `f32` or `bf16`.
    threads
        Number of threads.
    """

    def __init__(self, network: str | Path, precision: str, threads: int) -> None:
        self._compiled = openvino.Core().compile_model(
            str(network),
            "CPU",
            {
                hint.inference_precision(): PRECISIONS[precision],
                hint.performance_mode(): hint.PerformanceMode.LATENCY,
                properties.inference_num_threads(): threads,
                properties.num_streams(): 1,
            },
        )
        self.width = self._compiled.output(0).partial_shape[1].get_length()

    def embed(self, batches: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Embed batches of images.

        Parameters
        ----------
        batches
            Arrays [shape=(n, 224, 224), dtype=uint8].

        Yields
        ------
        np.ndarray [shape=(n, width), dtype=float32]
            Embeddings of a batch.
        """
        request = self._compiled.create_infer_request()
        for batch in batches:
            yield request.infer({0: batch})[0].copy()
