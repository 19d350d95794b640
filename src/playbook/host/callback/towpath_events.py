"""Writes what becomes of each task to the file TOWPATH_EVENTS, one JSON object a line, for hook.py."""

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: towpath_events
type: notification
short_description: tells Towpath's hook what becomes of each task
description: One JSON object a line, in the file that the variable TOWPATH_EVENTS names.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "towpath_events"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self):
        super().__init__()
        self._file = open(os.environ["TOWPATH_EVENTS"], "a", encoding="utf-8", errors="replace")

    def _tell(self, event, task, **more):
        role = getattr(task, "_role", None)
        facts = {"event": event, "task": task.get_name(include_role_fqcn=False), "path": task.get_path()}
        facts["role"] = role.get_name(include_role_fqcn=False) if role else None
        self._file.write(json.dumps({**facts, **more}, default=str) + "\n")
        self._file.flush()

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._tell("start", task)

    def v2_playbook_on_handler_task_start(self, task):
        self._tell("start", task)

    def v2_runner_on_ok(self, result):
        self._tell("ok", result._task, changed=bool(result._result.get("changed")))

    def v2_runner_on_unreachable(self, result):
        self._tell("failed", result._task, ignored=False, messages=messages(result._result))

    def v2_runner_on_failed(self, result, ignore_errors=False):
        # A task within a block that has a rescue fails, too: its play goes on, and the exit code says so.
        self._tell("failed", result._task, ignored=bool(ignore_errors), messages=messages(result._result))


def messages(result):
    """What a result says is wrong. Of a loop, what its items say; of a secret result, that it is one."""
    if result.get("censored"):
        return [result["censored"]]
    items = [item for item in result.get("results") or [] if isinstance(item, dict) and item.get("failed")]
    if items:
        return [f"item {item.get('item')}: {text}" for item in items for text in messages(item)]
    if result.get("argument_errors"):
        return list(result["argument_errors"])
    found = [result.get(key) for key in ("msg", "stderr", "module_stderr", "stdout")]
    texts = [text for text in found if isinstance(text, str) and text.strip()]
    return texts[:2] or ["it failed without a message"]
