"""Synthesise the audio of one demo recording from its label file."""

from pathlib import Path

import soundfile as sf

from anurans.annotations.formats import read_annotations
from anurans.common.errors import UserError, listing
from anurans.common.files import whole
from anurans.common.jobs import run
from anurans.recordings.demo import SAMPLE_RATE, synthesise_recording


def main(input, output, params):
    reading = read_annotations(
        Path(input.labels).read_bytes(),
        input.labels,
        species=(),
        resolve=lambda name: None,
        recording=params.recording,
        format="audacity",
    )
    if reading.problems:
        problems = listing([str(problem) for problem in reading.problems])
        raise UserError(f"A label file of the demo has mistakes:\n{problems}")
    annotations = reading.annotations[params.recording]
    sound = synthesise_recording(annotations, params.recording, params.channel, params.seed)
    with whole(output[0]) as partial:
        sf.write(partial, sound, SAMPLE_RATE, subtype="PCM_16", format="WAV")


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
