# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module on both paths: with the bridge in this process, and as an AnsibleModule in a separate process."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from ansible import constants
from ansible.module_utils import basic
from ansible_collections.rezonate.okta.plugins.module_utils._ansible import run_module
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import ModuleSpec
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner.in_process import InProcessAction

NAME = "rezonate.okta.made_up"
Result = dict[str, Any]


class Action(InProcessAction):
    """An action that records the module that it would transfer."""

    shipped: list[Any]
    answer: Result

    def _execute_module(self, **how: Any) -> Result:
        self.shipped.append(how)
        return dict(self.answer)


def action(spec: ModuleSpec, args: Mapping[str, Any], *, can_ship: bool = True, answer: Result | None = None, **task: Any) -> Action:
    """Return an action with fakes of Ansible's objects; ``connection`` and ``become`` belong to its connection."""
    shell = SimpleNamespace(tmpdir="/nowhere", env_prefix=lambda **_environment: "")
    connection = SimpleNamespace(transport=task.pop("connection", "local"), become=task.pop("become", None), _shell=shell)
    plain = {"check_mode": False, "diff": False, "async_val": 0, "environment": [], "delegate_to": None, "collections": [], "action": NAME}
    plain |= {"loop": None, "loop_with": None, "no_log": False}
    kind = type("Made", (Action,), {"module": spec, "can_ship": can_ship, "shipped": [], "answer": answer or {}})
    templar = SimpleNamespace(template=lambda value: value)
    made: Action = kind(SimpleNamespace(args=args, **{**plain, **task}), connection, None, None, templar, None)
    return made


def bridge(spec: ModuleSpec, args: Mapping[str, Any], **task: Any) -> Result:
    """Return the result of a module in this process."""
    return action(spec, args, **task).run(task_vars={})


def shipped(spec: ModuleSpec, args: Mapping[str, Any], *, check_mode: bool = False, diff: bool = False) -> Result:
    """Return the result of the module as an ordinary module, in a forked process that has its own global state of Ansible."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            sys.stdout = os.fdopen(writer, "w")
            own: dict[str, Any] = {
                "_ansible_check_mode": check_mode,
                "_ansible_diff": diff,
                "_ansible_module_name": NAME,
                "_ansible_no_log": True,
            }
            if "INJECT_INVOCATION" in constants.config.get_configuration_definitions():  # ansible-core since 2.21
                own["_ansible_inject_invocation"] = True
            with contextlib.suppress(SystemExit):
                _run({**args, **own}, spec)
            sys.stdout.flush()
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        printed = stream.read()
    os.waitpid(child, 0)
    found: Result = json.loads(printed)
    return found


def _run(args: Mapping[str, Any], spec: ModuleSpec) -> None:
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:  # ansible-core before 2.19
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": args}).encode()
        run_module(spec)
    else:
        from ansible.module_utils import _internal

        _internal.is_controller = False  # this process is forked from a controller
        with patch_module_args(args):
            run_module(spec)


def comparable(result: Result) -> Result:
    """Return a result without the members that only one path adds, and with warnings as texts in every release."""
    own = {"exception", "_ansible_no_log"}
    plain = {name: value for name, value in result.items() if name not in own}
    for name in ("warnings", "deprecations"):
        if name in plain:
            plain[name] = [_text(entry) for entry in plain[name]]
    return plain


def _text(entry: Any) -> str:
    if isinstance(entry, dict):
        return str(entry["msg"] if "msg" in entry else _text(entry["event"]))
    return str(entry)
