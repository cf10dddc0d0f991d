# Needs results/clips/{technique}/{shard}.h5, of clips as recorded or stretched in time.
# Makes results/spectrograms/{technique}/{shard}.h5, one image of 224 x 224 per clip.
rule compute_spectrograms:
    input:
        "results/clips/{technique}/{shard}.h5",
    output:
        "results/spectrograms/{technique}/{shard}.h5",
    log:
        "logs/compute_spectrograms/{technique}/{shard}.log",
    benchmark:
        "results/benchmarks/compute_spectrograms/{technique}/{shard}.tsv"
    wildcard_constraints:
        technique="original|time_stretch",
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        settings=config["spectrogram"],
        code=code("compute_spectrograms.py"),
    script:
        "../workflow/scripts/compute_spectrograms.py"
