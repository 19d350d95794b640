"""Runs a playbook through ansible-runner, and writes what happens to stdout, one JSON object a line. Settings come on stdin, as JSON.

It runs on the machine that runs towpath, given to Python as text: it must not need a file beside it.
"""

import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

stopped = False


def main():
    settings = json.load(sys.stdin)
    try:
        import ansible_runner
    except ImportError:
        return tell("absent", python=sys.executable)
    home = pathlib.Path(tempfile.mkdtemp(prefix="towpath-runner-"))  # 0700: ansible-runner keeps what it is given in files
    try:
        return run(ansible_runner, settings, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def run(ansible_runner, settings, home):
    # This very Python's Ansible, whatever is on the path, and wherever the environment was moved.
    program = home / "ansible-playbook"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m ansible playbook "$@"\n', encoding="utf-8")
    program.chmod(0o700)
    inventory = settings["inventory"]
    variables = {
        # By its name: a program that is given by its path runs without events (ansible-runner 2.4.3, RunnerConfig).
        "PATH": f"{home}:{os.environ.get('PATH', '/usr/bin:/bin')}",
        "ANSIBLE_HOST_KEY_CHECKING": "0" if settings["acceptUnknownHosts"] else "1",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_RETRY_FILES_ENABLED": "0",
        "ANSIBLE_LOCALHOST_WARNING": "0",
    }
    if settings["vaultPasswordFile"]:
        variables["ANSIBLE_VAULT_PASSWORD_FILE"] = settings["vaultPasswordFile"]
    os.environ.update(variables)
    checked = subprocess.run(
        [program, "--syntax-check", "--inventory", inventory, settings["playbook"]],
        cwd=settings["folder"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if checked.returncode != 0:
        return tell("syntax", text=checked.stdout.decode("utf-8", errors="replace"))
    runner = ansible_runner.run(
        private_data_dir=str(home),
        project_dir=settings["folder"],
        playbook=settings["playbook"],
        inventory=[inventory],
        cmdline="--check --diff" if settings["check"] else None,
        quiet=True,
        event_handler=handle,
        cancel_callback=lambda: stopped,
        suppress_env_files=True,
        rotate_artifacts=0,
    )
    return tell("end", status=runner.status, code=runner.rc)


def handle(event):
    """Passes on what people read of an event. A secret result is not in it: Ansible itself keeps it back."""
    kind = event["event"]
    data = event.get("event_data", {})
    if kind == "playbook_on_stats":
        names = ("ok", "changed", "failures", "dark", "skipped", "rescued", "ignored", "processed")
        tell("stats", **{name: data.get(name) or {} for name in names})
    elif kind in ("runner_on_ok", "runner_on_failed", "runner_on_unreachable", "runner_on_skipped"):
        result = data.get("res") or {}
        tell(
            kind.removeprefix("runner_on_"),
            host=data.get("host") or "",
            role=data.get("role"),
            task=data.get("task") or "",
            action=data.get("task_action") or "",
            path=data.get("task_path") or "",
            changed=bool(result.get("changed")),
            ignored=bool(data.get("ignore_errors")),
            messages=messages(result) if kind in ("runner_on_failed", "runner_on_unreachable") else [],
        )
    elif kind == "error" or (kind == "verbose" and "ERROR" in event.get("stdout", "")):
        tell("error", text=event.get("stdout", ""))


def messages(result):
    if result.get("censored"):
        return [result["censored"]]
    items = [item for item in result.get("results") or [] if isinstance(item, dict) and item.get("failed")]
    if items:
        return [f"item {item.get('item')}: {text}" for item in items for text in messages(item)]
    if result.get("argument_errors"):
        return list(result["argument_errors"])
    texts = [text for text in (result.get("msg"), result.get("stderr")) if isinstance(text, str) and text.strip()]
    return texts or ["it failed without a message"]


def tell(event, **more):
    line = json.dumps({"event": event, **more}, default=str)
    sys.stdout.write(line.encode("utf-8", errors="replace").decode("utf-8") + "\n")
    sys.stdout.flush()


def stop(_number, _frame):
    global stopped
    stopped = True


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    main()
