"""From images to embeddings, in each of the four backbones."""

import json
import sys
from functools import partial
from pathlib import Path

from measuring import SCRIPTS, Row, Spent, in_turn, job, snakemake, times, way

sys.path.insert(0, str(SCRIPTS))
BACKBONES = ("mobilenet", "resnet50", "densenet121", "inceptionv3")
# Clips that a job embeds, a shard of config/inct41.yaml, and that the other ways take.
SHARD, OTHERS = 276, 48


def shorten(world: Path, count: int) -> Path:
    """A shard of the first clips of another."""
    from anurans.sounds.shards import open_shard, write_shard

    path = world / f"out/images-{count}.h5"
    with open_shard(world / "results/spectrograms/original/0000.h5") as shard:
        count = min(count, len(shard.clips))
        data, shape = [shard.data[:count]], shard.data.shape[1:]
        write_shard(path, shard.clips[:count], data, shape, "uint8", shard.metadata)
    return path


def embedded(world: Path, name: str, images: Path, count: int, precision: str) -> Spent:
    """Embed a shard in a job."""
    folder = world / f"results/backbones/{name}"
    return job(
        "embed_spectrograms.py",
        world,
        count,
        input={
            "images": str(images),
            "about": str(folder / f"{precision}.json"),
        },
        output={"shard": f"out/{name}-{precision}.h5"},
        params={"dtype": "float16", "batch_size": 16, "code": ""},
    )


def rows(world: Path, quick: bool):
    """Measure, and give the rows of the table."""
    from anurans.networks.engines import has_bf16

    precisions = ["f32", *(["bf16"] if has_bf16() else [])]
    amx = "amx_bf16" in Path("/proc/cpuinfo").read_text()
    job_clips, count = (24, 24) if quick else (SHARD, OTHERS)
    images = shorten(world, job_clips)
    for name in BACKBONES[: 1 if quick else None]:
        folder = world / f"results/backbones/{name}"
        snakemake(world, f"results/backbones/{name}/about.json")
        about = json.loads((folder / "about.json").read_text())
        for precision in precisions:
            text = json.dumps(about | {"engine": "openvino", "precision": precision})
            (folder / f"{precision}.json").write_text(text)
        embed = partial(embedded, world, name, images, job_clips)
        ways = {"predict": partial(way, "predict", folder / "model.keras", images, count)}
        for precision in precisions:
            ways[f"job {precision}"] = partial(embed, precision)
            network = folder / "model.xml"
            ways[f"raw {precision}"] = partial(way, "engine", network, precision, images, count)
        found = in_turn(1 if quick else 2, **ways)
        for precision in precisions:
            ours, raw = found[f"job {precision}"], found[f"raw {precision}"]
            ratio = found["predict"].each / ours.each_inside
            share = raw.each / ours.each_inside
            started = times(found["predict"], ours)
            goal = 1.5 if precision == "f32" else 6
            counts = precision == "f32" or amx
            yield Row(
                f"image -> embedding, {name}, {precision}, inside the job ({ours.units} clips)",
                "`keras.Model.predict` in TensorFlow; the engine's raw rate",
                f"{ratio:.1f} times ({1 / ours.each_inside:.0f} against "
                f"{1 / found['predict'].each:.0f} a second and core), {started:.1f} with the start "
                f"of the job; {100 * share:.0f} % of the raw rate, {1 / raw.each:.0f}",
                f"{goal:g} times{'' if precision == 'f32' else ' with AMX'}; 85 %",
                ratio >= goal and share >= 0.85 if counts else None,
                f"The engine does {1 / raw.each:.0f} a second, TensorFlow "
                f"{1 / found['predict'].each:.0f}: both run oneDNN's kernels at the arithmetic "
                "limit of the core in f32."
                if precision == "f32" and ratio < goal
                else ""
                if counts
                else "This processor has bf16 in AVX-512, but no AMX, for which the goal is.",
            )
