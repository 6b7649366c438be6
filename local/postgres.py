"""A PostgreSQL server of our own: loopback only, scram passwords, and never as root."""

import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

from local.language import say
from local.places import SERVER_USER, give_to_server, is_root, server_folder
from local.postgres_binaries import binaries
from local.problem import Problem, why
from local.process import Launch, Program, choose_port

OWNER, DATABASE = "suishi_owner", "suishi"
ATTEMPTS, PATIENCE_S = 3, 60
INITDB = "--username=postgres --auth=scram-sha-256 --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Only for throw-away data: nothing survives a power cut, and tests that make many databases are much faster.
UNSAFE = {"fsync": "off", "full_page_writes": "off"}


def as_server_user(command: list[str], cwd: Path, stdin: str = "") -> str:
    """What a PostgreSQL program prints; run as `nobody` when we are root, because it refuses to run as root."""
    account = pwd.getpwnam(SERVER_USER) if is_root() else None
    done = subprocess.run(  # noqa: S603
        command,
        input=stdin,
        cwd=cwd,
        env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)},
        capture_output=True,
        text=True,
        check=False,
        user=account and account.pw_uid,
        group=account and account.pw_gid,
        extra_groups=[] if account else None,
    )
    if done.returncode:
        raise Problem(say(f"PostgreSQL 未能运行：{why(done.stderr)}", f"PostgreSQL could not be run: {why(done.stderr)}"))
    return done.stdout


class Postgres:
    """`prepare`, `launch`, `wait` until it answers, `stop`; `owner` is the DSN for migrations and local use."""

    def __init__(self, folder: Path, password: str, *, throw_away: bool = False) -> None:
        self.program = Program("postgres", folder)
        self._password = password
        self._throw_away = throw_away
        self._memory = folder / "postgres.port"
        self._server = server_folder(folder) / "postgres"
        self._data = self._server / "data"
        self._binaries = Path()

    @property
    def owner(self) -> str:
        """The DSN of the owner: it may make databases and roles but is no superuser."""
        return self._dsn(OWNER, DATABASE)

    @property
    def administrator(self) -> str:
        """The DSN of the superuser, for what no service may do."""
        return self._dsn("postgres", "postgres")

    def _dsn(self, user: str, database: str) -> str:
        return f"postgresql://{user}:{quote(self._password)}@127.0.0.1:{self._memory.read_text()}/{database}"

    def prepare(self) -> None:
        """Fetches the server and makes its data folder; a half-made one is made anew."""
        self._binaries = binaries()
        if self.program.pid:
            return
        give_to_server(self._server)
        prepared = self._server / "prepared"
        if not prepared.exists():
            shutil.rmtree(self._data, ignore_errors=True)
            self._initialize()
            prepared.touch()
        self._forget_stale_lock()

    def _initialize(self) -> None:
        secret = self._server / "password"
        secret.touch(mode=0o600)
        secret.write_text(self._password)
        if is_root():
            shutil.chown(secret, user=SERVER_USER)
        quick = ["--no-sync"] if self._throw_away else []
        self._run(["initdb", f"--pgdata={self._data}", f"--pwfile={secret}", "--no-instructions", *quick, *INITDB.split()])
        secret.unlink()
        commands = [
            f"create role {OWNER} login createrole createdb password '{self._password}'",
            f"create database {DATABASE} owner {OWNER}",
        ]
        alone = ["postgres", "--single", "-D", str(self._data), "-c", "exit_on_error=on", "postgres"]
        self._run(alone, stdin="".join(f"{c};\n" for c in commands))

    def _run(self, command: list[str], stdin: str = "") -> None:
        as_server_user([str(self._binaries / "bin" / command[0]), *command[1:]], self._server, stdin)

    def _forget_stale_lock(self) -> None:
        """A lock whose pid now belongs to another program would block the start; a true one is left to the server to judge."""
        lock = self._data / "postmaster.pid"
        if lock.exists():
            holder = Path(f"/proc/{lock.read_text().split()[0]}/cwd")
            if not holder.exists() or holder.resolve() != self._data.resolve():
                lock.unlink()

    def launch(self) -> None:
        """Start it; it dies with the calling thread when its data is throw-away."""
        settings = SETTINGS | {"port": str(choose_port(self._memory))} | (UNSAFE if self._throw_away else {})
        command = [str(self._binaries / "bin/postgres"), "-D", str(self._data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        user = SERVER_USER if is_root() else None
        death = signal.SIGQUIT if self._throw_away else None
        self.program.start(Launch(command, cwd=self._server, user=user, dies_with_parent=death))

    def wait(self) -> None:
        """Until it accepts connections; a start that lost its port to another program is repeated with a fresh one."""
        for left in reversed(range(ATTEMPTS)):
            if self.program.wait_until(self._is_ready, PATIENCE_S):
                return
            self.program.stop(signal.SIGQUIT, PATIENCE_S)
            if left:
                self._memory.unlink(missing_ok=True)
                self.launch()
        raise self.program.failure()

    def _is_ready(self) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) == 8 and lines[7].strip() == "ready" and int(lines[0]) == self.program.pid  # noqa: PLR2004

    def stop(self) -> None:
        self.program.stop(signal.SIGQUIT if self._throw_away else signal.SIGINT, PATIENCE_S)

    def forget(self) -> None:
        """Delete its data, which may lie outside the folder of state."""
        shutil.rmtree(self._server, ignore_errors=True)
