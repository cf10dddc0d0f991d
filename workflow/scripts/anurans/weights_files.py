"""The ImageNet weights of keras.applications, as files to be fetched without Keras.

Names, places and digests are those in Keras' own code; a test compares them with it. Keras knows no
digest of MobileNet's: these are of the files as they were found there.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """A file of weights without top: its folder and name, and its MD5 or SHA-256.

    Where only the weights in it are known, not the file, `weights` is their
    `anurans.models.weights_digest`.
    """

    folder: str
    name: str
    digest: str | None
    weights: str | None = None

    def check(self, path: Path) -> bool:
        """Tell whether a file holds these weights."""
        if self.digest is None:
            return stored_digest(path) == self.weights
        kind = "md5" if len(self.digest) == 32 else "sha256"
        with path.open("rb") as file:
            return hashlib.file_digest(file, kind).hexdigest() == self.digest


# By architecture, and by width where there are several.
FILES = {
    ("MobileNet", 0.25): WeightsFile(
        "mobilenet", "mobilenet_2_5_224_tf_no_top.h5", "f313cee49f5d33dfb06f2b255c4adb64"
    ),
    ("MobileNet", 0.5): WeightsFile(
        "mobilenet",
        "mobilenet_5_0_224_tf_no_top.h5",
        "df860c59562f4c4af7a2fb2ae90731caef39fd5d03e5fcd6ca46988965f0a4b7",
    ),
    ("MobileNet", 0.75): WeightsFile(
        "mobilenet",
        "mobilenet_7_5_224_tf_no_top.h5",
        None,
        "3d997a26d061a8824faeeb9c33b8a1995608a374aa51159c4a289dd7b77bf5eb",
    ),
    ("MobileNet", 1.0): WeightsFile(
        "mobilenet", "mobilenet_1_0_224_tf_no_top.h5", "725ccbd03d61d7ced5b5c4cd17e7d527"
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


def stored_digest(path: Path) -> str:
    """`anurans.models.weights_digest` of a file in Keras' older format, without Keras."""
    import h5py

    from anurans.models import weights_digest

    try:
        with h5py.File(path) as file:
            layers = [file[name] for name in file.attrs["layer_names"]]
            return weights_digest(
                layer[name][()] for layer in layers for name in layer.attrs["weight_names"]
            )
    except (OSError, KeyError):
        return ""
