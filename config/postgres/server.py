"""One PostgreSQL server per folder, shared by all processes that use it and stopped with the last.

Every user holds a shared lock on `lease.lock` for as long as it lives. A
supervisor process owns the server and waits for that lock exclusively: when it
gets it, nobody is left. The kernel releases locks however a process ends, so
`kill -9` of a user, the supervisor or the server leaves nothing that the next
start does not clean up. The server listens on a Unix socket only: no port, no
password, no clash.
"""

import ctypes
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from socket import AF_UNIX, socket
from typing import Any

if __name__ == "__main__":  # run as the supervisor: a script, without Django
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from config.postgres import programs
from config.postgres.programs import NoServerError, locked

COMMON = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",  # the folder around it is closed to others
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "60",
    "jit": "off",
    "work_mem": "32MB",  # with 4 an index of words forgets, of a million entries, which rows of a page it found
    "random_page_cost": "1.1",  # of a disk without moving parts; 4 scorns indexes that are ten times as fast
}
# For data that may be lost: a crash of the machine can break such a cluster.
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
OPEN = 0o022  # the server's user must get into folders that root makes, whatever root's own mask

_leases: dict[Path, int] = {}


def socket_folder(home: Path) -> Path:
    """Where the server of `home` listens: a short path, as sockets allow only some 100 bytes."""
    # Not the TMPDIR of whoever asks: all processes must mean the same place.
    return Path("/tmp") / f"nenpyo-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"  # noqa: S108 (made safe by `_own`)


def settings(home: Path, *, durable: bool) -> dict[str, Any]:
    """Django's settings of a database on the server of `home`."""
    return {
        "ENGINE": "config.postgres",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": str(socket_folder(home)),
        "EMBEDDED": {"home": home, "durable": durable},
    }


def usable_home(wanted: Path) -> Path:
    """`wanted`, or a folder named after it that the server's user can reach.

    PostgreSQL refuses to run as root, so as root it runs as the user `nobody`,
    who cannot enter a clone under a private home folder.
    """
    if os.geteuid() != 0 or all(_open_to_all(folder) for folder in wanted.parents):
        return wanted
    digest = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    return Path("/var/lib/nenpyo") / f"{wanted.name}-{digest}"


def _open_to_all(folder: Path) -> bool:
    return not folder.exists() or bool(folder.stat().st_mode & 0o001)


def use(home: Path, *, durable: bool = True) -> None:
    """Start the server of `home` or join it; it lives at least as long as this process."""
    mask = os.umask(OPEN)
    home.mkdir(parents=True, exist_ok=True)
    os.umask(mask)
    if home not in _leases:
        _leases[home] = _take_lease(home)
    with locked(home / "start.lock"):  # one starter at a time
        if _answers(home):
            return
        log = home / "server.log"
        with log.open("wb") as output:
            launcher = subprocess.run(
                [sys.executable, __file__, str(home), "durable" if durable else "fast"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us, not for the server
            )
    if launcher.returncode:
        raise NoServerError(log.read_text(errors="replace").strip()[-2000:])


def leave(home: Path) -> bool:
    """Let go of the server; tell whether it has stopped, as nobody else uses it."""
    lease = _leases.pop(home, None)
    if lease is not None:
        os.close(lease)
    supervisor, leases = home / "supervisor.lock", home / "lease.lock"
    while not _free(supervisor, fcntl.LOCK_EX):
        # Others have leases if we could share them, but not have them alone. Asked
        # twice: between the questions the supervisor may have found itself alone.
        shared = [_free(leases, fcntl.LOCK_SH), not _free(leases, fcntl.LOCK_EX)]
        if all([*shared, _free(leases, fcntl.LOCK_SH)]):
            return _free(supervisor, fcntl.LOCK_EX)
        time.sleep(0.02)
    return True


def remove(home: Path) -> list[Path]:
    """Remove the data of `home`, not its programs; returns the folders that went.

    Raises `NoServerError` while another process uses the server.
    """
    if not home.exists():
        return []
    with locked(home / "start.lock"):  # whoever wants to start it now waits, and finds no data
        if not leave(home):
            raise NoServerError(f"The database in {home} is used by another process.")
        folders = sorted([*home.glob("data-*"), *home.glob("data.new")])
        for folder in folders:
            shutil.rmtree(folder)
    return folders


def _free(path: Path, kind: int) -> bool:
    try:
        with locked(path, kind | fcntl.LOCK_NB):
            return True
    except BlockingIOError:
        return False


def _lock_now(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _take_lease(home: Path) -> int:
    try:
        descriptor = os.open(home / "lease.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise NoServerError(
            f"{home} belongs to another user of this machine, who has run Nenpyo from this folder. "
            "Let NENPYO_PG_HOME name a folder of your own."
        ) from error
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _answers(home: Path) -> bool:
    """Whether the server says a word. A connection alone proves nothing: the kernel
    accepts it as long as any process of a server that was killed still dies.
    """
    folder = socket_folder(home)
    if not (folder / "ready").exists():
        return False
    with socket(AF_UNIX) as probe:
        probe.settimeout(10)
        try:
            probe.connect(str(folder / ".s.PGSQL.5432"))
            probe.sendall(b"\0\0\0\x08\x04\xd2\x16\x2f")  # "do you speak TLS?"
            return probe.recv(1) != b""
        except OSError:
            return False


def launch(home: Path, *, durable: bool) -> int:
    """Leave a supervisor behind; wait until its server answers (0) or it has given up (1)."""
    os.umask(OPEN)
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        return 0 if os.read(reader, 1) else 1
    own = os.open(home / "supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    while not _lock_now(own):  # a dying predecessor finishes first
        if _answers(home):  # no, it lives: its starter was killed before it was ready
            os.write(writer, b"!")
            return 0
        time.sleep(0.02)
    try:
        supervise(home, durable=durable, ready=writer)
    except NoServerError as problem:
        print(problem)
        return 1
    return 0


def supervise(home: Path, *, durable: bool, ready: int) -> None:
    """Own the server of `home` until the last user has gone. Runs in a process of its own."""
    server = _Server(home, durable=durable)
    server.prepare()
    postgres = server.start()
    os.write(ready, b"!")
    stopping = threading.Event()

    def watch() -> None:
        postgres.wait()
        if not stopping.is_set():  # it died under us: the next user starts anew
            server.ready.unlink(missing_ok=True)
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    with locked(home / "lease.lock"):  # waits until every user is gone
        stopping.set()
        server.ready.unlink(missing_ok=True)
        postgres.send_signal(signal.SIGINT)  # "fast" shutdown: ends sessions, writes all down
        postgres.wait()
        shutil.rmtree(server.folder, ignore_errors=True)


class _Server:
    """The cluster of one folder and the commands that make and start it."""

    def __init__(self, home: Path, *, durable: bool) -> None:
        self.home = home
        self.durable = durable
        self.programs = programs.find(home)
        self.data = home / f"data-{self.programs.major}"  # each major version has its own format
        self.folder = socket_folder(home)
        self.ready = self.folder / "ready"
        self.user = self._user()
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8",
            "TZ": "UTC",
            "HOME": str(self.folder),
        }

    def _user(self) -> pwd.struct_passwd | None:
        """Whom to run the server as when we are root: the owner of the data, else nobody."""
        if os.geteuid() != 0:
            return None
        owner = self.data.stat().st_uid if self.data.exists() else 0
        user = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
        closed = [folder for folder in (self.home, *self.home.parents) if not _open_to_all(folder)]
        if closed and not owner:
            raise NoServerError(
                f"PostgreSQL does not run as root, and its user {user.pw_name} cannot enter "
                f"{closed[-1]}. Let NENPYO_PG_HOME name a folder that everybody can enter."
            )
        return user

    def prepare(self) -> None:
        """A folder for the socket, a cluster, and no trace of a server that was killed."""
        self._own(self.folder)
        self.ready.unlink(missing_ok=True)
        if not self.data.exists():
            self._create()
        self._clear_up()

    def _own(self, folder: Path) -> None:
        """Make a folder that only the server's user (and root) may enter."""
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        theirs = self.user.pw_uid if self.user else os.geteuid()
        if folder.is_symlink() or status.st_uid not in {os.geteuid(), theirs}:
            raise NoServerError(f"{folder} belongs to another user of this machine: remove it.")
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        folder.chmod(0o700)

    def _create(self) -> None:
        """Make the cluster beside its place and move it there when it is whole."""
        new = self.home / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        self._own(new)
        locale = ["--locale", self.environment["LC_ALL"]]
        if self.programs.major >= 17:  # the same order of text on every system
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
            self.environment["LC_ALL"] = "C.UTF-8"
        command = ["initdb", "-D", str(new), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        command += [*locale, "--no-instructions", *([] if self.durable else ["--no-sync"])]
        made = self._run(command)
        if made.returncode:
            raise NoServerError(f"PostgreSQL's initdb failed: {made.stderr.strip() or made.stdout}")
        new.rename(self.data)

    def _clear_up(self) -> None:
        """Stop a server that lost its supervisor; forget one that is dead.

        We hold the supervisor's lock, so nobody looks after such a server.
        PostgreSQL itself would refuse to start while any process, a zombie
        or a stranger, has the number in its pid file.
        """
        pidfile = self.data / "postmaster.pid"
        if not pidfile.exists():
            return
        pid = int(pidfile.read_text().split("\n", 1)[0])
        if str(self.data) in _command_line(pid):
            os.kill(pid, signal.SIGQUIT)
            for _ in range(500):
                if not pidfile.exists():
                    break
                time.sleep(0.02)
        for leftover in [pidfile, *self.folder.glob(".s.PGSQL.*")]:
            leftover.unlink(missing_ok=True)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it answers."""
        options = COMMON | {"unix_socket_directories": str(self.folder)}
        options |= {} if self.durable else FAST
        command = [str(self.programs.folder / "postgres"), "-D", str(self.data)]
        command += [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        libc, supervisor = ctypes.CDLL(None), os.getpid()

        def die_with_the_supervisor() -> None:
            if sys.platform == "linux":
                libc.prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG
                if os.getppid() != supervisor:
                    os._exit(1)

        postgres = subprocess.Popen(
            command,
            start_new_session=True,
            preexec_fn=die_with_the_supervisor,  # no thread runs yet
            **self._as_user(),
        )
        while postgres.poll() is None:
            question = ["pg_isready", "-q", "-h", str(self.folder), "-U", "postgres"]
            if self._run([*question, "-d", "postgres"]).returncode == 0:
                self.ready.write_text(str(postgres.pid))
                return postgres
            time.sleep(0.02)
        raise NoServerError("PostgreSQL stopped while starting; what it said is above.")

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        program = self.programs.folder / command[0]
        return subprocess.run([program, *command[1:]], capture_output=True, text=True, **self._as_user())

    def _as_user(self) -> dict[str, Any]:
        """What to tell `subprocess` to run a command as the server's user."""
        common = {"env": self.environment, "cwd": "/", "stdin": subprocess.DEVNULL}
        if not self.user:
            return common
        return common | {
            "user": self.user.pw_uid,
            "group": self.user.pw_gid,
            "extra_groups": [],
        }


def _command_line(pid: int) -> str:
    """What a process was started with; empty for a dead one and for a zombie."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        except OSError:
            return ""
    answer = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True)
    return answer.stdout


if __name__ == "__main__":
    sys.exit(launch(Path(sys.argv[1]), durable=sys.argv[2] == "durable"))
