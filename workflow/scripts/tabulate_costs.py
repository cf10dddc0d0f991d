"""Tell what each network took: time, memory and disk of its embeddings and trainings."""

from math import prod

from anurans.common.jobs import log, run
from anurans.common.tables import write_table
from anurans.scores.spending import COSTS, cost_row, read_spent
from anurans.sounds.shards import open_shard


def main(input, output, params):
    spent = {}
    # Where results lie in an object storage, a job gets copies of the benchmark files too.
    for place, copy in zip(params.benchmarks, input.benchmarks or params.benchmarks, strict=True):
        spent[place] = read_spent(copy)
    rows = []
    for backbone, of in params.networks.items():
        shards = [path for path in input.embeddings if f"/{backbone}/" in path]
        clips = values = 0
        for path in shards:
            with open_shard(path) as shard:
                clips, values = clips + len(shard.clips), prod(shard.data.shape[1:])
                weights = shard.metadata["embedding"]["backbone"]["weights"]
        embedded, trained = ([spent[place] for place in of[kind]] for kind in ("embed", "train"))
        about = {"takes": of["takes"], "weights": weights}
        rows.append(cost_row(backbone, about, clips, shards, values, embedded, trained))
    write_table(output[0], COSTS, rows)
    log.info("%d networks", len(rows))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
