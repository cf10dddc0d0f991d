"""Jobs, numbers and times in the words of a user."""

from collections import Counter
from collections.abc import Iterable

# What the jobs of a rule are called: one, and many; None where there is but one of them.
NOUNS = {
    "synthesise_recording": ("demo recording", "demo recordings"),
    "inspect_recordings": ("inspection of recordings", "inspections of recordings"),
    "collect_recordings": ("the table of recordings", None),
    "cut_clips": ("clip job", "clip jobs"),
    "plan_stretches": ("plan of copies", "plans of copies"),
    "plan_masks": ("plan of copies", "plans of copies"),
    "stretch_time": ("stretching job", "stretching jobs"),
    "compute_spectrograms": ("spectrogram job", "spectrogram jobs"),
    "mask_spectrograms": ("masking job", "masking jobs"),
    "export_backbone": ("backbone", "backbones"),
    "export_sound_network": ("backbone", "backbones"),
    "embed_spectrograms": ("embedding job", "embedding jobs"),
    "embed_sound": ("embedding job", "embedding jobs"),
    "score_classes": ("job of own classes", "jobs of own classes"),
    "label_clips": ("label job", "label jobs"),
    "assign_roles": ("split", "splits"),
    "train_model": ("training", "trainings"),
    "assemble_model": ("model", "models"),
    "assemble_sound_model": ("model", "models"),
    "evaluate_model": ("evaluation", "evaluations"),
    "collect_annotations": ("the table of annotations", None),
    "assemble_detector": ("the detector", None),
    "tune_detector": ("its thresholds", None),
    "export_detector": ("the finished model", None),
    "detect_calls": ("day of detection", "days of detection"),
    "find_events": ("day of events", "days of events"),
    "collect_detections": ("the table of events", None),
    "synthesise_season": ("recording of the demo's season", "recordings of the demo's season"),
    "profile_recordings": ("profile of recordings", "profiles of recordings"),
    "collect_profiles": ("table", "tables"),
    "measure_": ("table", "tables"),
    "judge_": ("table", "tables"),
    "check_": ("check", "checks"),
    "tabulate_": ("table", "tables"),
    "calibrate_": ("table", "tables"),
    "trace_": ("the provenance", None),
    "render_": ("page of the report", "pages of the report"),
    "write_": ("page of the report", "pages of the report"),
    "plot_": ("figure", "figures"),
    "summarize_runs": ("the summary", None),
}


def name_jobs(rules: Iterable[str]) -> str:
    """Count the jobs of rules in words, in the order of the work: "2 label jobs and 1 training"."""
    counts = Counter(_noun(rule) for rule in rules)
    known = list(NOUNS.values())
    order = sorted(counts, key=lambda noun: known.index(noun) if noun in known else len(known))
    return listed(
        one if many is None else f"{counts[one, many]} {one if counts[one, many] == 1 else many}"
        for one, many in order
    )


def round_time(seconds: float) -> str:
    """Say about how long that is."""
    if seconds < 5:
        return "a few seconds"
    if seconds < 57.5:
        return f"about {5 * round(seconds / 5)} seconds"
    minutes = seconds / 60
    if minutes < 90:
        step = 1 if minutes < 20 else 5
        return f"about {count(step * round(minutes / step), 'minute')}"
    hours = minutes / 60
    if hours < 36:
        return f"about {round(2 * hours) / 2 if hours < 5 else round(hours):g} hours"
    return f"about {round(2 * hours / 24) / 2:g} days"


def _noun(rule: str) -> tuple[str, str | None]:
    for prefix in (rule, f"{rule.partition('_')[0]}_"):
        if prefix in NOUNS:
            return NOUNS[prefix]
    return f"{rule} job", f"{rule} jobs"


def listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def have(n: int) -> str:
    return "has" if n == 1 else "have"


def be(n: int) -> str:
    return "is" if n == 1 else "are"
