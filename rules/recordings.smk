# Needs the recordings, or the label files that the demo's are synthesised from.
# Makes results/recordings/{shard}.tsv and checked.tsv, what was found in each recording and which
# can be used; results/recordings.csv, the same beside what names and places tell, for people;
# results/clips/original/{shard}.tsv, its clips; and {shard}.h5, their audio. The table
# of clips does not come from the job that cuts them, which runs again when its output, temporary,
# is needed again: labels and roles then stay as they are. What is computed reads checked.tsv, so
# that a place or a time zone written down later trains nothing again. And
# results/files_not_read.csv, what else lies in the folders of recordings and annotations.
rule synthesise_recording:
    input:
        labels=ancient(given("resources/demo/annotations/{recording}.txt")),
    output:
        "resources/demo/audio/{recording}.wav",
    log:
        "logs/synthesise_recording/{recording}.log",
    benchmark:
        "results/benchmarks/synthesise_recording/{recording}.tsv"
    wildcard_constraints:
        recording="|".join(map(re.escape, PLAN.recordings.demo)) or "(?!)",
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        recording=lambda wildcards: wildcards.recording,
        channel=asked(PLAN.recordings.demo_channel, "recording"),
        seed=config["seed"],
        code=code("synthesise_recording.py"),
    script:
        "../workflow/scripts/synthesise_recording.py"


rule inspect_recordings:
    input:
        recordings=asked(there, "shard"),
        brought=asked(brought, "shard"),
    output:
        table="results/recordings/{shard}.tsv",
        clips="results/clips/original/{shard}.tsv",
    log:
        "logs/inspect_recordings/{shard}.log",
    benchmark:
        "results/benchmarks/inspect_recordings/{shard}.tsv"
    priority: 10
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(20),
    params:
        recordings=asked(PLAN.recordings.ids_of, "shard"),
        paths=asked(PLAN.recordings.paths, "shard"),
        files=files,
        faults=asked(PLAN.recordings.faults, "shard"),
        channels=asked(PLAN.recordings.channels, "shard"),
        length=config["clips"]["length"],
        min_last=config["clips"]["min_last"],
        code=code("inspect_recordings.py"),
    script:
        "../workflow/scripts/inspect_recordings.py"


rule check_recordings:
    input:
        shards("results/recordings/{shard}.tsv"),
    output:
        "results/recordings/checked.tsv",
    log:
        "logs/check_recordings.log",
    benchmark:
        "results/benchmarks/check_recordings.tsv"
    priority: 10
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        channels=asked(PLAN.recordings.all_channels),
        # A config that becomes strict later is refused by collect_recordings.
        on_error=unrecorded(config["audio"]["on_error"]),
        code=code("check_recordings.py"),
    script:
        "../workflow/scripts/check_recordings.py"


rule collect_recordings:
    input:
        "results/recordings/checked.tsv",
    output:
        "results/recordings.csv",
    log:
        "logs/collect_recordings.log",
    benchmark:
        "results/benchmarks/collect_recordings.tsv"
    priority: 10
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        names=asked(PLAN.recordings.told),
        on_error=config["audio"]["on_error"],
        code=code("collect_recordings.py"),
    script:
        "../workflow/scripts/collect_recordings.py"


rule list_unread:
    output:
        "results/files_not_read.csv",
    log:
        "logs/list_unread.log",
    benchmark:
        "results/benchmarks/list_unread.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        unread=asked(PLAN.folders.unread),
        code=code("list_unread.py", recordings=False),
    script:
        "../workflow/scripts/list_unread.py"


rule cut_clips:
    input:
        table="results/recordings/{shard}.tsv",
        clips="results/clips/original/{shard}.tsv",
        brought=asked(brought, "shard"),
    output:
        clips_audio("results/clips/original/{shard}.h5"),
    log:
        "logs/cut_clips/{shard}.log",
    benchmark:
        "results/benchmarks/cut_clips/{shard}.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(20),
    params:
        recordings=asked(PLAN.recordings.ids_of, "shard"),
        files=files,
        channels=asked(PLAN.recordings.channels, "shard"),
        sr=config["audio"]["sr"],
        length=config["clips"]["length"],
        code=code("cut_clips.py"),
    script:
        "../workflow/scripts/cut_clips.py"
