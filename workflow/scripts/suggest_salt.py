"""Find the salt whose parts come closest to the species' overall proportions."""

from anurans.annotations.counts import clips_touched
from anurans.annotations.sources import AnnotationSource
from anurans.common.jobs import log, run
from anurans.common.tables import write_table
from anurans.recordings.names import Recording
from anurans.splits.salts import imbalance, rank_salts
from anurans.splits.split_checks import refuse_unheard
from anurans.splits.splits import Split, assign

COLUMNS = ["split", "salt", "imbalance", "every_species_in_every_part", "yours"]


def main(input, params):
    recordings = [Recording(**each) for each in params.recordings]
    source = AnnotationSource(
        input.annotations, [each.recording for each in recordings], **params.settings
    )
    annotated = [each for each in recordings if source.annotated(each.recording)]
    amounts = {"recordings": {each.recording: 1 for each in annotated}}
    amounts |= {name: of for name, of in clips_touched(source, params.length).items() if of}
    present = source.present(params.length)
    rows = []
    for settings in params.splits:
        split = Split(**settings)
        if split.by in ("clip", "file") or split.sites:
            print(f"Split {split.name}: by {split.by}, for which no salt is suggested.")
            continue
        refuse_unheard(split, present, source.named())
        ranked = rank_salts(split, annotated, present, amounts)
        for salt, off, full in ranked:
            yours = int(salt == split.salt)
            values = (split.name, salt, off, "yes" if full else "no", "yes" if yours else "")
            rows.append(dict(zip(COLUMNS, values, strict=True)))
        mine = imbalance(split, assign(split, annotated), amounts)
        print(advice(split, ranked, mine))
    write_table(params.path, COLUMNS, rows)
    print(f"All salts that can be used, most even first: {params.path}", flush=True)
    log.info("%d rows", len(rows))


def advice(split, ranked, mine):
    """What to write into the config."""
    if not ranked:
        return (
            f"Split {split.name}: none of 256 salts fills every part with every species; use fewer "
            "folds or larger shares."
        )
    salt, off, full = ranked[0]
    lacking = "" if full else "; some held-out or test part lacks a species with any salt"
    return (
        f'Split {split.name}: salt: "{salt}" is the most even of 256: shares of species and '
        f'recordings are off by {off:.0%} on average (with yours, "{split.salt}", by '
        f"{mine:.0%}){lacking}."
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
