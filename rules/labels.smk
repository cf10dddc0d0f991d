# Needs clip tables, results/recordings/{shard}.tsv and checked.tsv, and the annotation source of the
# config, of which only a digest of the annotations that a job uses counts.
# Makes results/labels/{technique}/{shard}.tsv, how calls cover each clip; results/annotations.csv,
# what was annotated; and results/splits/{split}.tsv, the role of every clip in each fold.
rule collect_annotations:
    input:
        recordings="results/recordings/checked.tsv",
        annotations=ancient(given(asked(PLAN.annotations.every_path))),
    output:
        "results/annotations.csv",
    log:
        "logs/collect_annotations.log",
    benchmark:
        "results/benchmarks/collect_annotations.tsv"
    priority: 10
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        recordings=asked(PLAN.recordings.every_id),
        settings=PLAN.annotations.settings,
        counts=asked(PLAN.annotations.counts),
        names=config["species"],
        annotations=asked(PLAN.annotations.digest),
        code=code("collect_annotations.py"),
    script:
        "../workflow/scripts/collect_annotations.py"


rule label_clips:
    input:
        clips="results/clips/{technique}/{shard}.tsv",
        recordings="results/recordings/{shard}.tsv",
        annotations=ancient(given(asked(PLAN.annotations.path_of, "shard"))),
    output:
        "results/labels/{technique}/{shard}.tsv",
    log:
        "logs/label_clips/{technique}/{shard}.log",
    benchmark:
        "results/benchmarks/label_clips/{technique}/{shard}.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        recordings=asked(PLAN.recordings.ids_of, "shard"),
        settings={"species": SPECIES},
        reading=unrecorded(PLAN.annotations.settings),
        files=asked(PLAN.annotations.files, "shard"),
        annotations=asked(PLAN.annotations.digests_of, "shard"),
        code=code("label_clips.py"),
    script:
        "../workflow/scripts/label_clips.py"


rule assign_roles:
    input:
        recordings="results/recordings/checked.tsv",
        clips=shards("results/clips/original/{shard}.tsv"),
    output:
        "results/splits/{split}.tsv",
    log:
        "logs/assign_roles/{split}.log",
    benchmark:
        "results/benchmarks/assign_roles/{split}.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        by_clip=asked(PLAN.splits.by_clip, "split"),
        roles=asked(PLAN.splits.roles, "split"),
        groups=asked(PLAN.splits.groups, "split"),
        timed=asked(PLAN.splits.timed, "split"),
        clocks=asked(PLAN.recordings.clocks),
        code=code("assign_roles.py"),
    script:
        "../workflow/scripts/assign_roles.py"
