"""The project's virtual environment: made by the system's Python, filled with exactly the packages of
`requirements.lock`, every hash checked. Older versions of Python can read this file, to say that they are too old."""

import re
import subprocess
import sys
from pathlib import Path

MINIMUM = (3, 11)
ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
LOCK = ROOT / "requirements.lock"
PROGRESS_EVERY_PACKAGES = 25


def main() -> int:
    """Make or complete the environment; the exit code is 1 after a line that says what is missing."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.version_info[:2] < MINIMUM:
        return fail(f"this is Python {version}, 3.11 or later is needed: name one with `make PYTHON=python3.11 ...`")
    if not is_usable():
        print(f"making the virtual environment with Python {version}", flush=True)
        command = [sys.executable, "-m", "venv", "--clear", str(FOLDER)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        words = made.stdout + made.stderr
        if made.returncode != 0 and "ensurepip" in words:
            return fail(
                f"this Python cannot make environments: install the package python{version}-venv, then try again"
            )
        if made.returncode != 0:
            return fail(f"no virtual environment: {words.strip().splitlines()[-1]}")
    return install()


def is_usable() -> bool:
    """Whether the environment is there, recent and whole enough to be completed."""
    asked = [str(PYTHON), "-c", "import pip, sys; sys.exit(sys.version_info[:2] < (3, 11))"]
    try:
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0
    except OSError:  # none there, or its interpreter is gone or out of reach
        return False


def install() -> int:
    """Install the lock file's packages and say how far it is; pip's own words go to a log."""
    count = len(re.findall(r"^[\w.-]+==", LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    print(f"installing {count} packages (some 250 MB to download the first time)", flush=True)
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    command += ["--require-hashes", "-r", str(LOCK)]
    pip = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    )
    lines = []
    collected = 0
    for line in pip.stdout or ():
        lines.append(line)
        if line.startswith("Collecting"):
            collected += 1
            if collected % PROGRESS_EVERY_PACKAGES == 0:
                print(f"packages: {collected} of {count}", flush=True)
        if line.startswith("Installing collected"):
            print("packages: all downloaded, unpacking", flush=True)
    log = FOLDER / "install.log"
    log.write_text("".join(lines), encoding="utf-8")
    if pip.wait() != 0:
        errors = [line.strip() for line in lines if line.startswith("ERROR")] or [f"pip ended with {pip.returncode}"]
        return fail(f"the packages could not be installed: {errors[-1]} (whole log: {log})")
    return 0


def fail(reason: str) -> int:
    """One line on the standard error."""
    print(f"error: {reason}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
