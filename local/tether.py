"""Becomes the program it is given, after writing down who it is, dropping root and tying its life to its parent's.

Run as a script by `local.process`: a hook between fork and exec is unsafe beside threads, a program of its own is not.
Arguments: pid file, user or "", signal on the parent's death or 0, the parent's pid, then the command.
"""

import contextlib
import os
import pwd
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def identity(pid: int | str) -> str:
    """Pid, start time and boot: a process is only killed as ours while all three still hold; raises OSError when it is gone."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return f"{pid} {ticks} {Path('/proc/sys/kernel/random/boot_id').read_text().strip()}"


def become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def die_with_parent(signal: int, parent: int) -> None:
    # A change of user clears the wish, so this comes after it; a Python without ctypes leaves the cleaning to the next start.
    with contextlib.suppress(ImportError):
        import ctypes  # noqa: PLC0415

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal)
    if os.getppid() != parent:
        raise SystemExit(1)


def main() -> None:
    pid_file, user, signal, parent, *command = sys.argv[1:]
    partial = Path(f"{pid_file}.partial")
    partial.write_text(identity(os.getpid()))
    partial.replace(pid_file)
    if user:
        become(user)
    if int(signal):
        die_with_parent(int(signal), int(parent))
    os.execv(command[0], command)  # noqa: S606  becoming the command is the purpose


if __name__ == "__main__":
    main()
