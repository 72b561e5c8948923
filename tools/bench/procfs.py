"""What the kernel says a process costs (Linux): processor time and resident memory."""

import os
from pathlib import Path

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
