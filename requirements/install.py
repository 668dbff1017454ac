"""Bring .venv up to date with a lock; do nothing when it is. Standard library only.

The stamp in .venv tells which lock was installed and for which Python. uv
makes it faster where it is installed; pip is enough.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
LOG = ROOT / "var" / "install.log"
HIDE = "\r\033[K"


def main(name: str) -> None:
    """Install the lock `name`: run or dev. All of run is in dev, so dev serves for both."""
    with only_one():
        if STAMP.exists() and STAMP.read_text() in {fingerprint(name), fingerprint("dev")}:
            return
        uv = shutil.which("uv")
        if not PYTHON.exists():
            say("Making .venv")
            venv.create(VENV, clear=True, symlinks=True)
        STAMP.unlink(missing_ok=True)
        lock = ["--require-hashes", "-r", f"requirements/{name}.txt"]
        packages = (ROOT / lock[2]).read_text().count("==")
        say(f"Installing {packages} packages")
        done = bool(uv) and run(["uv", "pip", "install", "--python", str(PYTHON), *lock], packages)
        if not done:
            # The lock has all there is to find, and all cores make better byte code than pip does on one.
            options = ["--progress-bar", "off", "--no-deps", "--no-compile"]
            if not run([*pip(), "--no-input", "--disable-pip-version-check", "install", *options, *lock], packages):
                story = LOG.read_text(errors="replace").splitlines()[-15:]
                sys.exit("\n".join(["The packages could not be installed:", *story, f"See {LOG}"]))
            # Some files are for other versions of Python, so it may say that not all is well.
            subprocess.run([PYTHON, "-m", "compileall", "-qq", "-j", "0", *VENV.glob("lib/python*/site-packages")])
        STAMP.write_text(fingerprint(name))


def fingerprint(name: str) -> str:
    """What a finished installation of a lock is known by."""
    which = "import platform as p; print(p.python_version(), p.system(), p.machine())"
    version = subprocess.run([PYTHON, "-c", which], capture_output=True, text=True).stdout
    lock = (ROOT / "requirements" / f"{name}.txt").read_bytes()
    return f"{name} {hashlib.sha256(lock + version.encode()).hexdigest()}\n"


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Let a second one wait; it finds the work done."""
    try:
        LOG.parent.mkdir(exist_ok=True)
        lock = (LOG.parent / "install.lock").open("w")
    except PermissionError:
        sys.exit(f"{ROOT} belongs to another user of this machine. Make a clone of your own.")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting: another make is preparing .venv")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pip() -> list[str]:
    """The pip of the Python that runs us, which need not be unpacked into .venv first, or else one of .venv's own."""
    if Path(sys.prefix) != VENV and importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    get_pip()
    return [str(PYTHON), "-m", "pip"]


def get_pip() -> None:
    """Debian leaves pip out of its Python; root may fetch it, others are told how."""
    ensurepip = [str(PYTHON), "-m", "ensurepip", "--default-pip"]
    if subprocess.run(ensurepip, capture_output=True).returncode == 0:
        return
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing {version}-venv")
        subprocess.run(["apt-get", "update", "-qq"], stdout=subprocess.DEVNULL)
        subprocess.run(
            ["apt-get", "install", "-qq", "-y", f"{version}-venv"],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdout=subprocess.DEVNULL,
        )
        if subprocess.run(ensurepip, capture_output=True).returncode == 0:
            return
    sys.exit(f"This Python has no pip. Install it (apt-get install {version}-venv) and try again.")


def run(command: list[str], packages: int) -> bool:
    """Run an installer, all it says into the log, and show how far it is."""
    with LOG.open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        found = 0
        for line in process.stdout or []:
            log.write(line)
            if line.startswith("Collecting "):
                found += 1
                progress(f"  {found} of {packages}: {line.split()[1].split('==')[0]}")
            elif line.startswith("Installing collected"):
                progress("  unpacking")
    progress("")
    return process.wait() == 0


def progress(text: str) -> None:
    """One line that changes, where a person watches."""
    if sys.stdout.isatty():
        print(HIDE + text, end="", flush=True)


def say(text: str) -> None:
    """A line that stays."""
    print(text, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
