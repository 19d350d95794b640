"""What happens on a host in one lifecycle event of a deployment. The script 'hook' starts it in the bundle's own folder.

CodeDeploy keeps the last 2 KB of what a script prints, as whole lines: what is printed is short, and the whole is in a log on the host.
"""

import importlib.util
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import zipfile

BUNDLE = pathlib.Path(__file__).resolve().parent.parent
ROOT = os.environ.get("TOWPATH_HOST_ROOT", "")
EVENT = os.environ.get("LIFECYCLE_EVENT", "AfterInstall")
DEPLOYMENT = re.sub(r"[^A-Za-z0-9-]", "-", os.environ.get("DEPLOYMENT_ID", "local"))

# In these events only the tasks run that carry the tag; in AfterInstall all the others run.
TAGS = {"ApplicationStop": "stop", "ApplicationStart": "start", "ValidateService": "validate"}

LONGEST = 1_500  # bytes that are printed, all in all
WIDTH = 120  # columns of a line
LOGS_KEPT = 50
STOP_SECONDS = 10  # after which Ansible is killed, if it was told to stop and does not


def main():
    facts = read_json(BUNDLE / "towpath" / "bundle.json", {})
    if EVENT == "BeforeInstall":
        return unpack(BUNDLE / "artefact.zip", BUNDLE / "artefact")
    if EVENT == "ApplicationStop":
        return stop(facts)
    if EVENT == "AfterInstall" or EVENT in TAGS:
        return play(facts)
    return 0


def stop(facts):
    """Stops what this revision started. It never fails: a revision that cannot stop must not keep the next one away."""
    try:
        if play(facts) != 0:
            say(["towpath: what this revision started could not be stopped; the deployment goes on"])
    except Exception as error:
        say([f"towpath: what this revision started could not be stopped ({error}); the deployment goes on"])
    return 0


def unpack(archive, folder):
    """Unpacks the artefact beside its archive, whole or not at all; once is enough."""
    if folder.exists() or not archive.exists():
        return 0
    fresh = pathlib.Path(tempfile.mkdtemp(dir=folder.parent, prefix=".artefact-"))
    try:
        fresh.chmod(0o755)
        with zipfile.ZipFile(archive) as zipped:
            for entry in zipped.infolist():
                place = pathlib.Path(zipped.extract(entry, fresh))
                mode = (entry.external_attr >> 16) & 0o777
                if mode and not entry.is_dir():
                    place.chmod(mode)
        fresh.rename(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return 0


def play(facts):
    """Runs the playbooks in their order, those of the platform first, and tells what came of it."""
    playbooks = [name for name in facts.get("playbooks", []) if (BUNDLE / name).is_file()]
    if not playbooks:
        return 0
    unpack(BUNDLE / "artefact.zip", BUNDLE / "artefact")
    log = log_file()
    ansible = find_ansible()
    if ansible is None:
        say(
            [
                f"towpath: {EVENT} needs ansible-core, and this host has none",
                *told("python", sys.executable),
                *told("do", "install the platform's runtime: user data fetches it when the host starts"),
            ]
        )
        return 1
    home = pathlib.Path(tempfile.mkdtemp(prefix="towpath-"))  # 0700
    try:
        events = home / "events"
        code, seconds, stopped_by = run([*ansible, *arguments(facts, playbooks, home)], environment(home, events), log)
        say(report(facts, code, seconds, stopped_by, read_events(events), log))
        return 128 + stopped_by if stopped_by else code
    finally:
        shutil.rmtree(home, ignore_errors=True)


def find_ansible():
    """How ansible-playbook is started: by this Python where it has it, else the program on the path."""
    if importlib.util.find_spec("ansible") is not None:
        return [sys.executable, "-m", "ansible", "playbook"]
    program = shutil.which("ansible-playbook")
    return [program] if program else None


def arguments(facts, playbooks, home):
    own = {
        "towpath_root": ROOT,
        "towpath_artefact": str(BUNDLE / "artefact"),
        "towpath_artefact_digest": facts.get("artefact") or "",
        "towpath_service": facts.get("service", ""),
        "towpath_event": EVENT,
        "towpath_deployment": DEPLOYMENT,
    }
    # What a host has to itself (a port, a disk) is stronger than what all hosts of an environment are given.
    hosts = read_json(pathlib.Path(f"{ROOT}/etc/towpath/host.json"), {})
    values = home / "variables.json"
    values.write_text(json.dumps({**read_json(BUNDLE / "variables.json", {}), **hosts, **own}), encoding="utf-8")
    tags = ["--tags", TAGS[EVENT]] if EVENT in TAGS else []
    return ["--inventory", "localhost,", "--connection", "local", "--extra-vars", f"@{values}", *tags, *(str(BUNDLE / one) for one in playbooks)]


def environment(home, events):
    """Only what Ansible needs: whatever the agent was started with must not change what a playbook does."""
    (home / "ansible.cfg").write_text("", encoding="utf-8")
    own = BUNDLE / "service" / "ansible" / "ansible.cfg"
    system = "/usr/bin/python3"  # it has the bindings that modules such as apt need
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHON", "LC_", "LANG"))}
    return {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        **kept,
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_CONFIG": str(own if own.is_file() else home / "ansible.cfg"),
        "ANSIBLE_HOME": str(home / ".ansible"),
        "ANSIBLE_ROLES_PATH": f"{BUNDLE / 'service/ansible/roles'}:{BUNDLE / 'platform/ansible/roles'}",
        "ANSIBLE_CALLBACK_PLUGINS": str(BUNDLE / "towpath" / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "towpath_events",
        "ANSIBLE_RETRY_FILES_ENABLED": "0",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_PYTHON_INTERPRETER": system if os.access(system, os.X_OK) else sys.executable,
        "TOWPATH_EVENTS": str(events),
    }


def run(command, variables, log):
    """Runs a command with all its streams away from ours: a daemon that it leaves behind must not keep the agent waiting."""
    began = time.monotonic()
    stopped_by = 0

    def forward(number, _frame):
        nonlocal stopped_by
        stopped_by = number
        child.terminate()

    with open(log, "ab") as out:
        child = subprocess.Popen(
            command, cwd=BUNDLE, env=variables, stdin=subprocess.DEVNULL, stdout=out, stderr=out, close_fds=True
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, forward)
        while True:
            try:
                code = child.wait(STOP_SECONDS if stopped_by else 1)
                break
            except subprocess.TimeoutExpired:
                if stopped_by:
                    child.kill()
    return (code if code >= 0 else 128 - code), time.monotonic() - began, stopped_by


def report(facts, code, seconds, stopped_by, events, log):
    """What is printed: one line for a success; role, task, place and message for a failure; where the log is."""
    done = [event for event in events if event["event"] == "ok"]
    changed = sum(event["changed"] for event in done)
    if code == 0 and not stopped_by:
        return [f"towpath: {EVENT}: {len(done)} tasks, {changed} changed, in {seconds:.1f} s", *told("log", log)]
    failed = [event for event in events if event["event"] == "failed" and not event["ignored"]]
    if stopped_by:
        last = next((event for event in reversed(events) if event["event"] == "start"), None)
        name = signal.Signals(stopped_by).name
        return [f"towpath: {EVENT} was stopped by {name} after {seconds:.0f} s", *where(facts, last), *told("log", log)]
    head = f"towpath: {EVENT} failed after {len(done)} tasks"
    if not failed:
        return [head, *told("message", said_last(log)), *told("log", log)]
    last = failed[-1]
    return [head, *where(facts, last), *told("message", "; ".join(last["messages"])), *told("log", log)]


def where(facts, event):
    if event is None:
        return []
    role = told("role", event["role"]) if event["role"] else []
    name = event["task"].removeprefix(f"{event['role']} : ")
    return [*role, *told("task", name), *told("at", in_repository(facts, event["path"] or ""))]


def in_repository(facts, path):
    """A place in the bundle as its author knows it: the path in the repository, and whose it is if it is not the service's."""
    inside = path.removeprefix(f"{BUNDLE}/")
    if inside.startswith("service/"):
        return inside.removeprefix("service/")
    platform = facts.get("platform", {})
    if inside.startswith("platform/"):
        return f"{inside.removeprefix('platform/')} (platform {platform.get('name')} {platform.get('version')})"
    return inside


def said_last(log):
    """The error that Ansible ends with where no task failed: a playbook that it cannot read, for one."""
    text = log.read_text(encoding="utf-8", errors="replace")[-8_000:]
    blocks = re.split(r"\n\s*\n", text)
    found = [block for block in blocks if "ERROR" in block]
    return (found[-1] if found else text[-500:]).replace(f"{BUNDLE}/", "") or "Ansible ended without a message"


def told(label, value):
    """A label and its value, wrapped: no line is longer than the agent keeps."""
    text = clean(str(value))
    lines = textwrap.wrap(text, WIDTH - 11, max_lines=10, placeholder=" (more in the log)") or [""]
    return [f"  {label:<8} {lines[0]}", *(f"           {line}" for line in lines[1:])]


def clean(text):
    """Text that every log takes: no escape sequences, no control characters, no halves of characters."""
    text = re.sub(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)", "", text, flags=re.DOTALL)
    text = text.encode("utf-8", errors="replace").decode("utf-8")
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()


def say(lines):
    """Prints lines as UTF-8, whole ones only, within what the agent keeps. The last one, which says where the log is, is never lost."""
    encoded = [line.encode("utf-8", errors="replace") for line in lines]
    while len(encoded) > 2 and sum(len(line) + 1 for line in encoded) > LONGEST:
        encoded.pop(-2)
    sys.stdout.buffer.write(b"".join(line[:LONGEST] + b"\n" for line in encoded))
    sys.stdout.buffer.flush()


def log_file():
    """The file for the whole of what Ansible says: in the host's own log folder, or beside the deployment where that is not ours."""
    for folder in (pathlib.Path(f"{ROOT}/var/log/towpath"), BUNDLE.parent / "towpath-logs"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            log = folder / f"{DEPLOYMENT}-{EVENT}.log"
            log.touch(mode=0o600)
        except OSError:
            continue
        for old in sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime)[:-LOGS_KEPT]:
            old.unlink(missing_ok=True)
        return log
    return pathlib.Path(os.devnull)


def read_events(file):
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8", errors="replace").splitlines()]


def read_json(file, otherwise):
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return otherwise


if __name__ == "__main__":
    os.umask(0o022)
    try:
        sys.exit(main())
    except Exception as error:
        say([f"towpath: {EVENT} failed", *told("message", f"{type(error).__name__}: {error}")])
        sys.exit(1)
