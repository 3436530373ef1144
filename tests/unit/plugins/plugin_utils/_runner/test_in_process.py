# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bridge: the same results as those of the module, and the additional requirements of the bridge."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, InputError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, ModuleSpec, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._crypto.result_encryption import ResultKey
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner import in_process
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner.plain_values import plain_value
from cryptography.exceptions import InvalidTag
from helpers.both_paths import NAME, action, bridge, comparable, shipped

SECRET = "made-up-option-secret-11029384"
NESTED = "made-up-nested-secret-22938475"
DEFAULT = "made-up-default-secret-33847561"
HIDDEN = "made-up-hidden-value-44756102"
ENVIRONMENT = "made-up-environment-secret-55610293"
RETURNED = "made-up-returned-secret-66102938"
ALL_SECRETS = (SECRET, NESTED, DEFAULT, HIDDEN, ENVIRONMENT)
MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"

OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "aliases": ["label"]},
    "count": {"type": "int", "default": 1},
    "kind": {"type": "str", "choices": ["a", "b"], "default": "a"},
    "token": {"type": "str", "no_log": True},
    "key": {"type": "str", "no_log": True, "default": DEFAULT},
    "nested": {"type": "dict", "options": {"password": {"type": "str", "no_log": True}, "shown": {"type": "str", "required": True}}},
    "old": {"type": "str", "removed_in_version": "9.0.0", "removed_from_collection": "rezonate.okta"},
    "hidden": {"type": "dict"},
}
Work = Callable[[Call], Outcome]


def echo(call: Call) -> Outcome:
    """Return all values of the call."""
    return Outcome(changed=True, values={"echo": {**call.params, "environment": f"<{os.environ.get('OKTA_API_TOKEN')}>"}})


def refuse(call: Call) -> Outcome:
    raise InputError(f"refused with {call.params['token']} and {os.environ['OKTA_API_TOKEN']}.")


def refuse_as_okta(_call: Call) -> Outcome:
    raise ApiError("Okta says no.", status=400, code="E1", causes=("a", SECRET), error_id="e", request_id="r")


def crash(call: Call) -> Outcome:
    raise KeyError(call.params["token"])


def warn(call: Call) -> Outcome:
    call.warn(f"beware of {call.params['token']} and {os.environ['OKTA_API_TOKEN']}")
    return Outcome()


def change(_call: Call) -> Outcome:
    return Outcome(changed=True, before={"a": 1}, after={"a": SECRET})


def return_a_secret(call: Call) -> Outcome:
    return Outcome(values={"made": RETURNED if call.params["count"] == 1 else None, "other": 1})


def report_mode(call: Call) -> Outcome:
    return Outcome(changed=True, values={"mode": call.check_mode})


@dataclass(frozen=True)
class Case:
    """A run, and members of its result."""

    work: Work
    args: dict[str, Any] = field(default_factory=dict)
    expected: dict[str, Any] = field(default_factory=dict)
    spec: dict[str, Any] = field(default_factory=dict)
    task: dict[str, Any] = field(default_factory=dict)

    def module(self) -> ModuleSpec:
        """The declaration."""
        return ModuleSpec(options=OPTIONS, run=self.work, hidden_options=("hidden",), **{"secret_returns": ("made",), **self.spec})


SUPPORTED = "count, hidden, key, kind, name, nested, old, token (label)"
CASES: dict[str, Case] = {
    "success": Case(report_mode, {"name": "x"}, {"changed": True, "mode": False}),
    "bad option": Case(
        echo, {"nmae": "x"}, {"msg": f"Unsupported parameters for ({NAME}) module: nmae. Supported parameters include: {SUPPORTED}."}
    ),
    "bad nested option": Case(echo, {"nested": {"shown": "x", "odd": 1}}, {"failed": True}),
    "bad type": Case(echo, {"count": "many"}, {"failed": True}),
    "bad choice": Case(echo, {"kind": "c"}, {"msg": "value of kind must be one of: a, b, got: c"}),
    "missing nested option": Case(echo, {"nested": {}}, {"msg": "missing required arguments: shown found in nested"}),
    "broken rule": Case(
        echo, {}, {"msg": "one of the following is required: name, token"}, {"rules": {"required_one_of": [["name", "token"]]}}
    ),
    "alias": Case(report_mode, {"label": "x"}, {"changed": True}),
    "alias and option": Case(report_mode, {"label": "x", "name": "x"}, {"warnings": ["Both option name and its alias label are set."]}),
    "no_log": Case(echo, {"token": SECRET, "name": f"it is {SECRET}!"}, {"changed": True}),
    "nested no_log": Case(echo, {"nested": {"password": NESTED, "shown": f"<{NESTED}>"}}, {"changed": True}),
    "default with no_log": Case(echo, {"name": DEFAULT}, {"changed": True}),
    "option in the environment": Case(echo, {"name": f"<{ENVIRONMENT}>"}, {"changed": True}),
    "refusal": Case(refuse, {"token": SECRET}, {"failed": True, "msg": "refused with ******** and ********."}),
    "Okta refusal": Case(refuse_as_okta, {"token": SECRET}, {"failed": True, "msg": "Okta says no."}),
    "exception": Case(crash, {"token": SECRET}, {"failed": True}),
    "warning": Case(warn, {"token": SECRET}, {"warnings": ["beware of ******** and ********"]}),
    "deprecation": Case(report_mode, {"old": "x"}, {"changed": True}),
    "diff": Case(change, {"token": SECRET}, {"diff": {"before": {"a": 1}, "after": {"a": MASK}}}, task={"diff": True}),
    "no diff unless requested": Case(change, {"token": SECRET}, {"changed": True}),
    "check mode": Case(report_mode, {}, {"mode": True}, task={"check_mode": True}),
    "check mode unsupported": Case(crash, {}, {"skipped": True}, {"supports_check_mode": False}, {"check_mode": True}),
    "missing library": Case(crash, {}, {"failed": True}, {"needs": ("json", "made_up_library", "made_up_other")}),
    "secret returned": Case(return_a_secret, {}, {"made": RETURNED, "other": 1}),
    "no secret returned": Case(return_a_secret, {"count": 2}, {"made": None, "other": 1}),
    "hidden option": Case(report_mode, {"hidden": {"a": HIDDEN}}, {"changed": True}),
    "hidden option, refused beside another": Case(report_mode, {"hidden": {"a": HIDDEN}, "nmae": 1}, {"failed": True}),
    "converted types": Case(report_mode, {"count": "2", "hidden": "a=1"}, {"changed": True}),
}


@pytest.fixture(autouse=True)
def _secret_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKTA_API_TOKEN", ENVIRONMENT)


@pytest.mark.parametrize("name", CASES)
def test_both_paths_have_the_same_result(name: str) -> None:
    case = CASES[name]
    here, there = bridge(case.module(), case.args, **case.task), shipped(case.module(), case.args, **case.task)
    for result in (here, there):
        assert {member: comparable(result).get(member) for member in case.expected} == case.expected
    if name == "check mode unsupported":
        assert "does not support check mode" in here.pop("msg") + there.pop("msg")
        del here["changed"], here["invocation"], there["invocation"]
    assert comparable(here) == comparable(there)


@pytest.mark.parametrize("name", CASES)
def test_no_secret_is_shown_on_either_path(name: str) -> None:
    case = CASES[name]
    for result in (bridge(case.module(), case.args, **case.task), shipped(case.module(), case.args, **case.task)):
        if name == "hidden option, refused beside another":
            result.pop("exception", None)
        assert not [secret for secret in ALL_SECRETS if secret in repr(result)]


def test_the_options_are_shown_without_secrets() -> None:
    args = {"token": SECRET, "nested": {"password": NESTED, "shown": "yes"}, "hidden": {"a": HIDDEN}, "name": "x"}
    assert bridge(CASES["success"].module(), args)["invocation"] == {
        "module_args": {
            "name": "x",
            "count": 1,
            "kind": "a",
            "token": MASK,
            "key": MASK,
            "nested": {"password": MASK, "shown": "yes"},
            "old": None,
            "hidden": MASK,
        },
    }


def test_an_exception_is_reported_with_its_location() -> None:
    result = bridge(CASES["exception"].module(), {"token": SECRET})
    assert result["msg"].startswith("Unexpected KeyError at test_in_process.py:")
    assert result["msg"].endswith("; please report this as a bug.")
    assert "exception" not in result


def test_a_missing_library_is_reported_with_the_command_that_installs_it() -> None:
    assert bridge(CASES["missing library"].module(), {})["msg"] == (
        f"The Python that runs this, {sys.executable}, lacks made_up_library and made_up_other: "
        f"install with '{sys.executable} -m pip install made_up_library made_up_other'."
    )


def test_a_refusal_has_the_values_for_conditions_of_a_playbook() -> None:
    facts = bridge(CASES["Okta refusal"].module(), {"token": SECRET})["okta"]
    assert facts == {"status": 400, "error_code": "E1", "error_causes": ["a", MASK], "error_id": "e", "request_id": "r"}


@pytest.mark.parametrize(("count", "hidden"), [(1, True), (2, None)])
def test_a_result_with_a_secret_is_hidden(count: int, *, hidden: bool | None) -> None:
    module = CASES["secret returned"].module()
    assert bridge(module, {"count": count}).get("_ansible_no_log") is hidden
    answer = {"made": RETURNED if hidden else None}
    assert action(module, {}, connection="ssh", answer=answer).run(task_vars={}).get("_ansible_no_log") is hidden


def test_a_failure_remains_readable() -> None:
    module = ModuleSpec(options=OPTIONS, run=crash, secret_returns=("msg",))
    assert "_ansible_no_log" not in bridge(module, {})


def environment_of(call: Call) -> Outcome:
    return Outcome(values={"seen": os.environ.get("MADE_UP_VARIABLE"), "home": bool(os.environ.get("PATH"))})


@pytest.mark.parametrize("work", [environment_of, crash])
def test_the_environment_of_a_task_is_applied_and_reset(work: Work) -> None:
    before = dict(os.environ)
    result = bridge(ModuleSpec(options=OPTIONS, run=work), {}, environment=[{"MADE_UP_VARIABLE": "outer"}, {"MADE_UP_VARIABLE": 7}])
    assert result.get("seen", "7") == "7"
    assert dict(os.environ) == before


def test_a_secret_in_the_task_s_environment_is_masked() -> None:
    other = "made-up-task-environment-secret-77029381"
    assert other not in repr(bridge(CASES["no_log"].module(), {}, environment=[{"OKTA_API_TOKEN": other}]))


def where_it_ran(args: dict[str, Any] | None = None, variables: dict[str, Any] | None = None, **task: Any) -> str:
    made = action(ModuleSpec(options=OPTIONS, run=lambda _call: Outcome(values={"here": True})), args or {}, **task)
    result = made.run(task_vars=variables or {})
    return "here" if result.get("here") else "shipped" if made.shipped else result["msg"]


PYTHON = "ansible_python_interpreter"


@pytest.mark.parametrize(
    ("variables", "task", "place"),
    [
        ({}, {}, "here"),
        ({PYTHON: sys.executable}, {}, "here"),
        ({PYTHON: "auto_silent"}, {}, "here"),
        ({PYTHON: "/other/python"}, {}, "shipped"),
        ({}, {"connection": "ssh"}, "shipped"),
        ({}, {"become": object()}, "shipped"),
        ({}, {"async_val": 10}, "shipped"),
        ({"ansible_delegated_vars": {"other": {PYTHON: "/other/python"}}}, {"delegate_to": "other"}, "shipped"),
        ({PYTHON: "/other/python", "ansible_delegated_vars": {"other": {PYTHON: sys.executable}}}, {"delegate_to": "other"}, "here"),
        ({PYTHON: "/other/python", "ansible_delegated_vars": {"other": {}}}, {"delegate_to": "other"}, "shipped"),
        ({PYTHON: "/other/python"}, {"connection": "ssh", "can_ship": False}, "here"),
    ],
)
def test_where_a_task_runs(variables: dict[str, Any], task: dict[str, Any], place: str) -> None:
    assert where_it_ran(variables=variables, **task) == place


def test_async_with_a_secret_is_refused() -> None:
    sentence = "async would write token to a file on the host: run the task without async."
    assert where_it_ran({"token": SECRET}, async_val=10) == sentence
    assert where_it_ran({"token": SECRET}, async_val=10, connection="ssh") == sentence


def test_async_is_refused_where_a_module_can_t_be_shipped() -> None:
    assert where_it_ran(can_ship=False, async_val=10) == "async can't be used with this module, which runs in the controller's own process."


@pytest.mark.parametrize("task", [{"loop": "{{ sizes }}"}, {"loop": [1]}, {"loop_with": "items", "connection": "ssh"}])
@pytest.mark.parametrize(("core", "is_refused"), [("2.16.0", True), ("2.18.19", True), ("2.19.0b1", False), ("2.21.5", False)])
def test_a_loop_with_secrets_is_refused_if_ansible_shows_all_results(
    monkeypatch: pytest.MonkeyPatch, task: dict[str, Any], core: str, *, is_refused: bool
) -> None:
    monkeypatch.setattr(in_process, "core", core)
    declaring, undeclared = CASES["secret returned"].module(), Case(report_mode, spec={"secret_returns": ()}).module()
    sentence = f"In a loop, ansible-core {core} would show made to callbacks: set no_log: true for the task."
    assert (bridge(declaring, {}, **task).get("msg") == sentence) is is_refused
    assert "msg" not in {
        **bridge(declaring, {}, **task, no_log=True),
        **bridge(undeclared, {}, **task),
        **bridge(declaring, {}, no_log=False),
    }


@pytest.mark.parametrize(
    ("variables", "is_hidden"),
    [
        ({"item": SECRET}, True),
        ({"item": {"name": "x", "tokens": [f"it is {SECRET}"]}}, True),
        ({"ansible_loop_var": "it", "it": SECRET, "item": 1}, True),
        ({"ansible_loop_var": "it", "it": {"name": "x"}, "item": SECRET}, False),
        ({}, False),
    ],
)
@pytest.mark.parametrize("args", [{"token": SECRET}, {"token": SECRET, "count": "many"}, {"hidden": {"a": [SECRET]}}])
def test_a_loop_over_a_secret_is_hidden(args: dict[str, Any], variables: dict[str, Any], *, is_hidden: bool) -> None:
    module = Case(report_mode, spec={"secret_returns": ()}).module()
    assert action(module, args, loop="{{ all }}").run(task_vars=variables).get("_ansible_no_log", False) is is_hidden
    assert "_ansible_no_log" not in action(module, args).run(task_vars=variables)


def test_a_shipped_module_gets_the_variables_and_the_async_time() -> None:
    made = action(ModuleSpec(options=OPTIONS, run=crash), {}, async_val=10)
    made.run(task_vars={"a": 1})
    assert made.shipped == [{"task_vars": {"a": 1}, "wrap_async": 10}]


@pytest.mark.parametrize(("style", "wrap_async", "piped"), [("new", False, True), ("new", True, False), ("binary", False, False)])
def test_the_options_of_a_shipped_module_are_in_no_file(style: str, *, wrap_async: bool, piped: bool) -> None:
    assert action(CASES["success"].module(), {})._is_pipelining_enabled(style, wrap_async) is piped


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_args: Any) -> Any:
        raise error

    return fail


def test_an_error_outside_the_work_is_reported() -> None:
    made = action(CASES["success"].module(), {}, delegate_to="other")
    made._templar.template = raising(ValueError(SECRET))
    result = made.run(task_vars={})
    assert (result["failed"], result["msg"].startswith("Unexpected ValueError at test_in_process.py:")) == (True, True)
    assert SECRET not in repr(result)


def refuse_the_connection(call: Call) -> Outcome:
    call.warn("Set ca_path.")
    raise InputError("Check api_token.")


@pytest.mark.parametrize(
    ("role", "named"),
    [
        ("rezonate.okta.rezonate", ("Check rezonate_okta_api_token.", "Set rezonate_ca_path.")),
        ("other", ("Check api_token.", "Set ca_path.")),
    ],
)
def test_messages_name_the_variables_of_the_role_in_the_role_only(role: str, named: tuple[str, str]) -> None:
    result = bridge(replace(CASES["success"].module(), run=refuse_the_connection), {}, _role=SimpleNamespace(get_name=lambda: role))
    assert (result["msg"], result["warnings"][0].partition("Tenant None: ")[2] or result["warnings"][0]) == named


def shipped_over(connection: Callable[[dict[str, Any]], dict[str, Any]], module: ModuleSpec, args: dict[str, Any]) -> dict[str, Any]:
    """Run an action with a connection that receives the options and returns the output of the module."""
    made = action(module, args, connection="ssh")
    made._execute_module = lambda *, module_args=None, **_how: connection(dict(module_args or args))
    return made.run(task_vars={})


@pytest.mark.parametrize("count", [1, 2])
def test_a_shipped_result_with_a_secret_is_printed_encrypted_and_decrypted_completely(count: int) -> None:
    module, printed = CASES["secret returned"].module(), []

    def connection(sent: dict[str, Any]) -> dict[str, Any]:
        printed.append(shipped(module, sent))
        return dict(printed[-1])

    result = shipped_over(connection, module, {"count": count})
    assert RETURNED not in repr(printed)
    assert (result["made"], result["other"]) == (RETURNED if count == 1 else None, 1)
    assert ("encrypted_result" in printed[0], result.get("_ansible_no_log", False)) == (count == 1, count == 1)
    assert comparable(result) == comparable(bridge(module, {"count": count}))


def test_options_and_output_of_a_shipped_module_do_not_reveal_a_returned_secret() -> None:
    module, seen = CASES["secret returned"].module(), []

    def connection(sent: dict[str, Any]) -> dict[str, Any]:
        answer = shipped(module, sent)
        seen.extend([sent, answer])
        return dict(answer)

    assert shipped_over(connection, module, {})["made"] == RETURNED
    sent, answer = seen
    with pytest.raises(InvalidTag):
        ResultKey().decrypt(answer["encrypted_result"])
    assert [value for value in sent.values() if isinstance(value, str)] == [sent["_rezonate_result_key"]]  # only a public key


def test_options_of_a_shipped_module_are_not_in_a_debugging_text() -> None:
    made = action(CASES["secret returned"].module(), {"token": SECRET, "name": "x"}, connection="ssh")
    made.run(task_vars={})
    (how,) = made.shipped
    assert how["module_args"]["token"] == SECRET
    assert SECRET not in f"{how['module_args']} {made._task.args!r}"


@pytest.mark.parametrize("variable", [{"OKTA_API_TOKEN": "x-y"}, {"LANG": f"<{SECRET}>"}, {"https_proxy": "http://me:word@proxy.example"}])
def test_environment_with_a_secret_is_refused_where_the_module_is_shipped(variable: dict[str, str]) -> None:
    sentence = (
        f"environment would show {next(iter(variable))} in a command line on the host: set the module's"
        " options instead, and run the task without these variables."
    )
    environment = [{"TZ": "UTC"}, variable]
    assert where_it_ran({"token": SECRET}, environment=environment, connection="ssh") == sentence
    assert where_it_ran({"token": SECRET}, environment=environment) == "here"
    assert where_it_ran({"token": SECRET}, environment=[{"TZ": "UTC"}], connection="ssh") == "shipped"


def test_a_secret_is_not_sent_where_it_would_be_written_to_a_file() -> None:
    def shipped_without_pipelining(args: dict[str, Any]) -> str:
        made = action(CASES["success"].module(), args, connection="made_up")
        made._connection.has_pipelining = False
        assert not made._is_pipelining_enabled("new")
        result = made.run(task_vars={})
        return "shipped" if made.shipped else str(result["msg"])

    sentence = "The connection plugin made_up can't send token on standard input: it would be stored in a file on the host. "
    assert shipped_without_pipelining({"token": SECRET}).startswith(sentence)
    assert shipped_without_pipelining({"hidden": {"a": HIDDEN}}).startswith(sentence.replace("token", "hidden"))
    assert shipped_without_pipelining({"name": "x"}) == "shipped"


LABELED = SimpleNamespace(extended=None, label=f"name of {SECRET}")
EXTENDED = SimpleNamespace(extended=True, label=None)


@pytest.mark.parametrize(("control", "is_hidden"), [(LABELED, True), (EXTENDED, True), (SimpleNamespace(extended=False, label="x"), False)])
@pytest.mark.parametrize(("core", "hides_loop"), [("2.16.0", True), ("2.21.0", False)])
def test_a_label_with_a_secret_and_other_items_are_hidden(
    monkeypatch: pytest.MonkeyPatch, control: Any, core: str, *, is_hidden: bool, hides_loop: bool
) -> None:
    monkeypatch.setattr(in_process, "core", core)
    module = Case(report_mode, spec={"secret_returns": ()}).module()
    made = action(module, {"token": SECRET}, loop=["a", "b"], loop_control=control)
    assert made.run(task_vars={"item": "a"}).get("_ansible_no_log", False) is is_hidden
    assert made._task.no_log is (is_hidden and hides_loop)


def test_an_extended_loop_of_a_module_without_secrets_is_shown() -> None:
    module = ModuleSpec(options={"name": {"type": "str"}}, run=report_mode)
    assert "_ansible_no_log" not in action(module, {}, loop=["a"], loop_control=EXTENDED).run(task_vars={"item": "a"})


def test_an_ansible_error_is_raised_unchanged() -> None:
    made = action(CASES["success"].module(), {}, delegate_to="other")
    made._templar.template = raising(AnsibleError("undefined"))
    with pytest.raises(AnsibleError, match="undefined"):
        made.run(task_vars={})


def test_options_are_pickled_without_secrets() -> None:
    args = {"token": SECRET, "name": f"<{SECRET}>", "hidden": {"a": HIDDEN}, "misspelt": "made-up", "kind": "a"}
    made = action(CASES["success"].module(), args)
    made.run(task_vars={})
    shown = {"token": MASK, "name": "<********>", "hidden": MASK, "misspelt": MASK, "kind": "a"}
    assert pickle.loads(pickle.dumps(made._task.args)) == shown
    assert made._task.args == args


class Text(str):
    """A string of another type, like Ansible's tagged strings."""

    __slots__ = ("tag",)


class Number(int):
    """A number of another type."""


@pytest.mark.parametrize(
    ("value", "bare"),
    [
        (Text("é"), "é"),
        (Number(7), 7),
        (True, True),
        (None, None),
        (1.5, 1.5),
        (b"x", b"x"),
        ((Text("a"), [Number(1)]), ["a", [1]]),
        ({Text("a"): {Text("b"): (Number(1),)}}, {"a": {"b": [1]}}),
    ],
)
def test_options_have_builtin_types(value: Any, bare: Any) -> None:
    def types(found: Any) -> Any:
        if isinstance(found, dict):
            return {(name, type(name)): types(entry) for name, entry in found.items()}
        return [types(entry) for entry in found] if isinstance(found, list) else type(found)

    assert plain_value(value) == bare
    assert types(plain_value(value)) == types(bare)
