"""What machine a job ran on; its name is left out, since results are published."""

import os
import platform
import re
from pathlib import Path


def describe_machine() -> dict[str, str | int]:
    """Describe this machine: processor, cores, memory_gb, system, python; 0 where unknown."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):
        memory = 0.0
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "memory_gb": round(memory),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        told = ""
    found = re.search(r"^model name\s*:\s*(.+)$", told, re.MULTILINE)
    return found[1].strip() if found else platform.processor() or platform.machine()
