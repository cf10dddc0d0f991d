"""Synthesise one recording of the demo's season; what is in it is told to nobody else."""

import soundfile as sf

from anurans.annotations.sources import annotations_of
from anurans.common.files import whole
from anurans.common.jobs import run
from anurans.recordings.demo import SAMPLE_RATE
from anurans.recordings.season import synthesise


def main(input, output, params):
    truth = annotations_of(input.truth, [params.recording], {"species": ()})
    sound = synthesise(truth[params.recording], params.recording, params.seed)
    with whole(output[0]) as partial:
        sf.write(partial, sound, SAMPLE_RATE, subtype="PCM_16", format="FLAC")


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
