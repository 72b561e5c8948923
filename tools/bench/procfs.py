"""What the kernel says a process costs (Linux): processor time and resident memory."""

import os
from pathlib import Path

from deploy.local.child import children_of

_PROC = Path("/proc")
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Processor time of a process since its start, user and system."""
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND


def memory_megabytes(pid: int) -> tuple[float, float]:
    """Resident memory of a process, and its share of it: pages of several processes count in parts (RSS, PSS)."""
    lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    kilobytes = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines[1:])}
    return kilobytes["Rss"] / 1024, kilobytes["Pss"] / 1024


def cpu_seconds_with_children(pid: int) -> float:
    """Processor time of a process, of its children that live, and of those that ended."""
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
    living = 0.0
    for child in children_of(pid):
        try:
            living += cpu_seconds(child)
        except OSError:  # it ended meanwhile
            continue
    return sum(int(ticks) for ticks in fields[11:15]) / _TICKS_PER_SECOND + living


def peak_megabytes(pid: int) -> float:
    """The most memory that was ever resident of a process."""
    lines = (_PROC / str(pid) / "status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
