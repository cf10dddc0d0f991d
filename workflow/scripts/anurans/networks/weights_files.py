"""The ImageNet weights of keras.applications, as files to be fetched without Keras.

Names, places and digests are those in Keras' own code; a test compares them with it. MobileNet's
digests are there in versions after 3.15.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """A file of weights without top: its folder and name, and its MD5 or SHA-256."""

    folder: str
    name: str
    digest: str

    def check(self, path: Path) -> bool:
        """Tell whether a file holds these weights."""
        kind = "md5" if len(self.digest) == 32 else "sha256"
        with path.open("rb") as file:
            return hashlib.file_digest(file, kind).hexdigest() == self.digest


# By architecture, and by width where there are several.
FILES = {
    ("MobileNet", 0.25): WeightsFile(
        "mobilenet",
        "mobilenet_2_5_224_tf_no_top.h5",
        "dbdb03ee2a22fd895301636cd328b234bb3a9952358f436d82f46b81e0d5b0bf",
    ),
    ("MobileNet", 0.5): WeightsFile(
        "mobilenet",
        "mobilenet_5_0_224_tf_no_top.h5",
        "df860c59562f4c4af7a2fb2ae90731caef39fd5d03e5fcd6ca46988965f0a4b7",
    ),
    ("MobileNet", 0.75): WeightsFile(
        "mobilenet",
        "mobilenet_7_5_224_tf_no_top.h5",
        "1da9019b66f05a0256dedfed0f321fcaf8bfa71f9facf3f9117e62820be39aa5",
    ),
    ("MobileNet", 1.0): WeightsFile(
        "mobilenet",
        "mobilenet_1_0_224_tf_no_top.h5",
        "9f9cfd8c925431c06ce96744e1d201575f6a681bf38ae2de38e2ae8f7d7829d3",
    ),
    ("DenseNet121", 1.0): WeightsFile(
        "densenet",
        "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "30ee3e1110167f948a6b9946edeeb738",
    ),
    ("ResNet50", 1.0): WeightsFile(
        "resnet",
        "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "4d473c1dd8becc155b73f8504c6f6626",
    ),
    ("InceptionV3", 1.0): WeightsFile(
        "inception_v3",
        "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "bcbd6486424b2319ff4ef7d526e38f63",
    ),
}
