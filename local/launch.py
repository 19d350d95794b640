"""Runs the emulator for as long as somebody holds the other end of our standard input.

Usage: python -I launch.py FOLDER, with the emulator's settings in the environment. The first line on standard output is the
emulator's process id; the emulator's own output goes to our standard error.

A process that is killed outright can clean nothing up, but the kernel closes its pipes. So there is one way to end, whether the
caller asked for it or died: standard input closes (SIGTERM, and the emulator's own end, lead to the same place). Then the
emulator and the Lambdas it runs, which share a process group, are ended, and FOLDER, which holds all they wrote, is removed. What
runs on the hosts of the local CodeDeploy, whose folders are in FOLDER, is known by a variable and ended too.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time

# How long the emulator gets to end by itself. It has nothing to save, so this need not be long.
PATIENCE_SECONDS = 3.0


def signal_group(group: int, number: int) -> bool:
    """Sends a signal to a process group; False if nobody is left in it."""
    try:
        os.killpg(group, number)
        return True
    except (ProcessLookupError, PermissionError):  # macOS says "not permitted" where only zombies are left
        return False


def end(emulator: subprocess.Popen) -> None:
    """Ends the emulator and its Lambdas, and waits until they are gone."""
    signal_group(emulator.pid, signal.SIGTERM)
    try:
        emulator.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    signal_group(emulator.pid, signal.SIGKILL)
    emulator.wait()
    # The Lambdas are not our children, so they cannot be waited for, and must be gone before the folder they write to is.
    deadline = time.monotonic() + PATIENCE_SECONDS
    while signal_group(emulator.pid, 0) and time.monotonic() < deadline:
        time.sleep(0.01)


def end_hosts(folder: str) -> None:
    """Kills what hooks left running on hosts in this folder, where the system tells of it."""
    mark = b"TOWPATH_HOST_ROOT=" + os.fsencode(folder)
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                variables = file.read().split(b"\0")
            if any(variable.startswith(mark) for variable in variables):
                os.kill(int(name), signal.SIGKILL)
        except OSError:  # gone already, or somebody else's
            pass


def run(folder: str) -> None:
    # Every reason to end writes to one pipe: nothing else is safe both from a signal handler and from threads.
    woken, waker = os.pipe()

    def wake(*_: object) -> None:
        os.write(waker, b".")

    signal.signal(signal.SIGTERM, wake)
    emulator = subprocess.Popen(
        [sys.executable, "-I", "-m", "ministack"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        process_group=0,
    )
    try:
        print(emulator.pid, flush=True)

        def watch_emulator() -> None:
            emulator.wait()
            wake()

        def watch_caller() -> None:
            while os.read(0, 4096):
                pass
            wake()

        for watch in (watch_emulator, watch_caller):
            threading.Thread(target=watch, daemon=True).start()
        os.read(woken, 1)
    finally:
        end(emulator)


if __name__ == "__main__":
    try:
        run(sys.argv[1])
    finally:
        end_hosts(sys.argv[1])
        shutil.rmtree(sys.argv[1], ignore_errors=True)
