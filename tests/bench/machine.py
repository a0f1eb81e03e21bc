"""On what the figures were measured: they mean little without it."""

import os
import platform
from pathlib import Path


def describe(folder: Path) -> dict[str, object]:
    """Cores, how busy they are, Python, and where files are written."""
    return {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "folder": str(folder),
        "file_system": file_system(folder),
    }


def file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The kind of file system that holds a folder; empty where that cannot be found out."""
    try:
        lines = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    inside = [line for line in lines if folder.resolve().is_relative_to(line[1])]
    return max(inside, key=lambda line: len(line[1]), default=["", "", ""])[2]
