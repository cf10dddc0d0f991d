# Needs results/recordings/{shard}.tsv, the recordings, results/clips/original/{shard}.tsv and
# results/spectrograms/original/{shard}.h5; and annotations where only some clips are copied.
# Makes results/clips/{technique}/{shard}.tsv, which copies there are; then the audio of stretched
# ones, results/clips/time_stretch/{shard}.h5, and the images of masked ones,
# results/spectrograms/{time_mask,frequency_mask}/{shard}.h5. The tables come from jobs of their
# own: labels depend on them alone, and stay when audio or images are made again.
rule plan_stretches:
    input:
        recordings="results/recordings/{shard}.tsv",
        annotations=ancient(given(asked(PLAN.annotations.copied_path, "shard"))),
    output:
        "results/clips/time_stretch/{shard}.tsv",
    log:
        "logs/plan_stretches/{shard}.log",
    benchmark:
        "results/benchmarks/plan_stretches/{shard}.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        rates=config["augmentation"]["time_stretch"]["rates"],
        length=config["clips"]["length"],
        min_last=config["clips"]["min_last"],
        species=config["augmentation"]["species"],
        recordings=asked(PLAN.recordings.ids_of, "shard"),
        reading=unrecorded(PLAN.annotations.settings),
        files=asked(PLAN.annotations.copied_files, "shard"),
        annotations=asked(PLAN.annotations.copied_digest, "shard"),
        code=code("plan_stretches.py"),
    script:
        "../workflow/scripts/plan_stretches.py"


rule stretch_time:
    input:
        table="results/recordings/{shard}.tsv",
        clips="results/clips/time_stretch/{shard}.tsv",
        brought=asked(brought, "shard"),
    output:
        clips_audio("results/clips/time_stretch/{shard}.h5"),
    log:
        "logs/stretch_time/{shard}.log",
    benchmark:
        "results/benchmarks/stretch_time/{shard}.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(30),
    params:
        recordings=asked(PLAN.recordings.ids_of, "shard"),
        files=files,
        channels=asked(PLAN.recordings.channels, "shard"),
        sr=config["audio"]["sr"],
        length=config["clips"]["length"],
        code=code("stretch_time.py"),
    script:
        "../workflow/scripts/stretch_time.py"


rule plan_masks:
    input:
        recordings="results/recordings/{shard}.tsv",
        clips="results/clips/original/{shard}.tsv",
        annotations=ancient(given(asked(PLAN.annotations.copied_path, "shard"))),
    output:
        "results/clips/{technique}/{shard}.tsv",
    log:
        "logs/plan_masks/{technique}/{shard}.log",
    benchmark:
        "results/benchmarks/plan_masks/{technique}/{shard}.tsv"
    wildcard_constraints:
        technique="time_mask|frequency_mask",
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        masks=asked(PLAN.datasets.masks, "technique"),
        image=asked(PLAN.datasets.image, "technique"),
        seed=config["seed"],
        species=config["augmentation"]["species"],
        recordings=asked(PLAN.recordings.ids_of, "shard"),
        reading=unrecorded(PLAN.annotations.settings),
        files=asked(PLAN.annotations.copied_files, "shard"),
        annotations=asked(PLAN.annotations.copied_digest, "shard"),
        code=code("plan_masks.py"),
    script:
        "../workflow/scripts/plan_masks.py"


rule mask_spectrograms:
    input:
        images="results/spectrograms/original/{shard}.h5",
        clips="results/clips/{technique}/{shard}.tsv",
    output:
        "results/spectrograms/{technique}/{shard}.h5",
    log:
        "logs/mask_spectrograms/{technique}/{shard}.log",
    benchmark:
        "results/benchmarks/mask_spectrograms/{technique}/{shard}.tsv"
    wildcard_constraints:
        technique="time_mask|frequency_mask",
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        fill=setting("augmentation", "technique", "fill"),
        image=asked(PLAN.datasets.image, "technique"),
        code=code("mask_spectrograms.py"),
    script:
        "../workflow/scripts/mask_spectrograms.py"
