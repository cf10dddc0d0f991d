"""Find the clips that sound most like an example, as a queue to listen to."""

import hashlib
from pathlib import Path

import numpy as np

from anurans.annotations.labels import LabelRule
from anurans.annotations.sources import annotations_of
from anurans.common.errors import UserError
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.review.candidates import touching
from anurans.review.examples import (
    centre_of,
    embed_example,
    embed_label,
    merge_nearest,
    open_example,
)
from anurans.review.queues import QUEUE, lay_queue
from anurans.review.search import nearness
from anurans.sounds.shards import open_shard


def main(input, output, params, threads):
    wanted = params.search
    told = [row for path in input.recordings for row in read_table(path)]
    if wanted["label"]:
        calls = annotations_of(input.annotations, params.recordings, params.settings)
        rule = LabelRule(**params.labelling)
        example, count, own = embed_label(read(input.stored), calls, wanted["label"], rule)
        what = f"{count} annotated calls of {wanted['label']} together"
    else:
        about = next(p for p in (*input.network, *input.finished) if p.endswith("about.json"))
        embedder, unit = open_example(about, params.clips, threads)
        call = wanted["start"], wanted["end"]
        example = embed_example(input.example[0], params.channel, *call, embedder, unit)
        file = Path(wanted["example"])
        own = {row["recording"]: [call] for row in told if Path(row["path"]) == file}
        what = f"{file.name}, {call[0]:g} to {call[1]:g} s"

    centre = centre_of(data for _, data, _ in read([*input.stored, *input.new]))
    found, stored = [], set()
    for path in [*input.stored, *input.new]:
        ((clips, data, metadata),) = read([path])
        left_out = touching(clips, own)
        if path in input.new:
            check(metadata["embedding"]["backbone"], params.backbone)
            # A new recording that is trained on too is found once.
            left_out |= np.isin(clips.recording, list(stored))
        near = nearness(example - centre, data - centre)
        found.append((clips[~left_out], near[~left_out]))
        stored |= set(clips.recording.tolist()) if path in input.stored else set()
    rows = [
        {
            **{"recording": recording, "start": start, "end": end, "score": f"{near:.4f}"},
            **{"species": params.species[0], "model": params.backbone},
            "why": f"{near:.2f} like {what} (1 is the same)",
        }
        for recording, start, end, near in merge_nearest(found, wanted["questions"])
    ]
    if not rows:
        raise UserError("search: there is no clip but the examples.")
    # Answers belong to these questions: those of another search are another queue's.
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()[:6]
    queue = lay_queue(f"search-{digest}", "search", rows, params.species)
    write_table(output[0], QUEUE, queue)
    log.info("%d clips like %s", len(rows), what)


def read(paths):
    """Clips, embeddings and metadata of shards."""
    for path in paths:
        with open_shard(path) as shard:
            yield shard.clips, shard.data[:].astype(np.float32), shard.metadata


def check(found, wanted):
    """Refuse new recordings that another network listened to."""
    if found != wanted:
        raise UserError(
            f"search.backbone: found {wanted}; the model that listens to the new recordings hears "
            f"them by {found}. Write backbone: {found}, or new: false."
        )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
