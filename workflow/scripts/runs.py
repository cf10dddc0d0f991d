"""List the runs of a config, and say how many jobs, how much disk and how long they take."""

from anurans.common.jobs import log, run
from anurans.common.tables import write_table
from anurans.engine.forecast import tell_refits, tell_work
from anurans.plan.cost_report import COLUMNS, read_durations, tell_clips, tell_disk, tell_runs
from anurans.plan.costs import Costs, count_all, model_rows, refitted_share, trained_share


def main(params):
    settings, models = params.settings, model_rows(params.runs)
    write_table(params.path, COLUMNS, models)
    length, min_last = settings["clips"]["length"], settings["clips"]["min_last"]
    lengths, told = read_durations(params.recordings, params.tables)
    clips = count_all(lengths, params.techniques, settings["augmentation"], length, min_last)
    costs = Costs(
        clips,
        *(settings[key] for key in ("backbones", "recipes", "datasets", "embedding")),
        params.species,
        len(params.tables),
        length,
        *(
            {name: share(split) for name, split in settings["splits"].items()}
            for share in (trained_share, refitted_share)
        ),
    )
    copied = bool(settings["augmentation"]["species"]) and clips.keys() > {"original"}
    lines = [
        *tell_runs(params.runs, models, params.path),
        "",
        tell_clips(clips, len(lengths), told, copied),
        "",
        *tell_disk(costs, params.runs, settings["audio"]["sr"], settings["clips"]["keep"]),
        "",
    ]
    print("\n" + "\n".join(lines), flush=True)
    print(f"{tell_work(params, costs)}\n", flush=True)
    if params.refits:
        print(f"{tell_refits(params.refits, params.run, costs)}\n", flush=True)
    log.info("%d runs", len(params.runs))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
