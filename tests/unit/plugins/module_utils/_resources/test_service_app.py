# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service apps in Okta: the exact calls and waits."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, InputError, NoResponseError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer, Request
from ansible_collections.rezonate.okta.plugins.module_utils._resources.resource import converge
from ansible_collections.rezonate.okta.plugins.module_utils._resources.service_app import (
    ServiceApp,
    list_keys,
    list_service_apps,
    manage_service_app,
)
from ansible_collections.rezonate.okta.plugins.module_utils._resources.service_app_plan import DesiredApp, desired_keys
from helpers.fake_okta import APP_ID, Clock, FakeOkta, client, forbidden, params, raw_app, raw_key, refusal, rsa_key, three_pages

APPS = "/api/v1/apps"
ONE = f"{APPS}/{APP_ID}"
KEYS = f"{ONE}/credentials/jwks"
SEARCH = f"GET {APPS}?q=Rezonate&limit=200"
READ, POST, PUT, DELETE = f"GET {ONE}", f"POST {APPS}", f"PUT {ONE}", f"DELETE {ONE}"
PROBE = f"GET {APPS}?limit=1"
SHOWN = (PROBE, [{"id": "0oasaasure0000000001", "name": "saasure"}])
ME = ("GET /api/v1/users/me", {"id": "00u1", "profile": {"login": "owner@acme.example"}})
ROLES = "GET /api/v1/users/00u1/roles"
ORG_ADMIN = ((PROBE, []), ME, (ROLES, [{"type": "ORG_ADMIN"}]))
CUSTOM_ADMIN = ((PROBE, []), ME, (ROLES, [{"type": "CUSTOM"}]))
LOST = NoResponseError("POST /api/v1/apps: no complete answer in time.", maybe_done=True)
NOT_FOUND = refusal(404, "E0000007", "Not found")
OLDER = "2026-01-06T19:50:56.000Z"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module against scripted responses; returns the outcome and the stand-in for Okta."""

    def run_module(*script: tuple[str, Any], check: bool = False, call: Any = None, **options: Any) -> tuple[Outcome, FakeOkta]:
        okta = FakeOkta(*script)
        monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
        defaults: dict[str, Any] = dict.fromkeys(("id", "app_dpop", "network_zones", "requested_at", "absent_keys"))
        defaults |= dict.fromkeys(("recreate", "exclusive_keys", "take_over", "only_add"), False)
        jwks = [rsa_key(1).public_jwk()]
        given = params(**{"state": "present", "label": "Rezonate", "jwks": jwks, **defaults, **options})
        outcome = manage_service_app(Call(given, check, **(call or {})))
        assert okta.left == []
        return outcome, okta

    return run_module


@pytest.fixture
def clock() -> Clock:
    return Clock()


def resource(okta: FakeOkta, clock: Clock, state: str = "present", **how: Any) -> ServiceApp:
    desired = DesiredApp(state=state, label="Rezonate", keys=desired_keys([rsa_key(1).public_jwk()]))
    return ServiceApp(client(okta), desired, clock=clock, sleep=clock.sleep, **how)


def made(okta: FakeOkta, clock: Clock, **how: Any) -> Outcome:
    outcome = converge(resource(okta, clock, **how), check_mode=False)
    assert okta.left == []
    return outcome


def test_creation_searches_before_and_after(module: Any) -> None:
    outcome, okta = module((SEARCH, []), SHOWN, (POST, raw_app()), (SEARCH, [raw_app()]))
    (sent,) = okta.bodies[0]["settings"]["oauthClient"]["jwks"]["keys"]
    assert {**sent, "alg": "RS256"} == rsa_key(1).public_jwk()
    assert "alg" not in sent
    assert (outcome.changed, outcome.values["created"], outcome.values["changes"]) == (True, True, ["create"])
    assert outcome.values["app"]["id"] == APP_ID
    assert (outcome.before, outcome.after["label"]) == ({}, "Rezonate")


def test_the_parallel_task_of_the_second_search_gets_the_new_app(clock: Clock) -> None:
    done: list[Any] = []
    okta = FakeOkta((SEARCH, []), (POST, raw_app()), (SEARCH, [raw_app()]))
    converge(resource(okta, clock).while_searching(done.append), check_mode=False)
    assert [app["id"] for app in done] == [APP_ID]


def test_without_a_new_app_no_parallel_task_runs(clock: Clock) -> None:
    done: list[Any] = []
    converge(resource(FakeOkta((SEARCH, [raw_app()])), clock).while_searching(done.append), check_mode=False)
    converge(resource(FakeOkta((SEARCH, [])), clock).while_searching(done.append), check_mode=True)
    assert done == []


def test_a_repetition_only_reads(module: Any) -> None:
    outcome, okta = module((SEARCH, [raw_app()]), exclusive_keys=True, app_dpop=False, network_zones=[])
    assert okta.calls == [SEARCH]
    assert (outcome.changed, outcome.values["created"], outcome.values["changes"]) == (False, False, [])
    assert outcome.before == outcome.after


def test_check_mode_of_a_creation_only_reads(module: Any) -> None:
    outcome, okta = module((SEARCH, []), SHOWN, check=True)
    assert okta.writes == []
    app = outcome.values["app"]
    assert (outcome.changed, outcome.values["created"], app["id"], app["created"]) == (True, True, None, None)
    assert outcome.after == {
        "label": "Rezonate",
        "status": "ACTIVE",
        "dpop": False,
        "network_zones": [],
        "keys": ["made-up-kid-1 (active)"],
    }


CHANGES: dict[str, Any] = {
    "label": "New",
    "app_dpop": True,
    "network_zones": ["nzo2", "nzo1"],
    "id": APP_ID,
    "exclusive_keys": True,
    "jwks": [rsa_key(3).public_jwk(), rsa_key(1).public_jwk()],
}
CHANGED = raw_app(
    label="New",
    keys=(1, 3),
    settings={"dpop_bound_access_tokens": True, "network": {"connection": "ZONE", "include": ["nzo1", "nzo2"]}},
)
CHANGE_CALLS = [
    (READ, raw_app(keys=(1, 2))),
    (f"POST {KEYS}", raw_key(3)),
    (f"POST {KEYS}/pks2/lifecycle/deactivate", 200),
    (f"DELETE {KEYS}/pks2", 204),
    (READ, raw_app(keys=(1, 3))),
    (PUT, CHANGED),
]


def test_a_change_adds_before_it_removes_and_replaces_last(module: Any) -> None:
    outcome, okta = module(*CHANGE_CALLS, **CHANGES)
    assert outcome.values["changes"] == ["add key made-up-kid-3", "remove key made-up-kid-2", "replace label, dpop, network_zones"]
    key, app = okta.bodies
    assert key == {"status": "ACTIVE", **rsa_key(3).public_jwk()}
    assert (app["label"], [jwk["kid"] for jwk in app["settings"]["oauthClient"]["jwks"]["keys"]]) == (
        "New",
        ["made-up-kid-1", "made-up-kid-3"],
    )
    assert outcome.before["keys"] == ["made-up-kid-1 (active)", "made-up-kid-2 (active)"]


def test_check_mode_predicts_a_change(module: Any) -> None:
    real, _okta = module(*CHANGE_CALLS, **CHANGES)
    predicted, okta = module(CHANGE_CALLS[0], check=True, **CHANGES)
    assert okta.writes == []
    assert (predicted.changed, predicted.before, predicted.after) == (real.changed, real.before, real.after)
    assert predicted.values["changes"] == real.values["changes"]


def test_an_inactive_key_is_deleted_at_once(module: Any) -> None:
    app = raw_app(settings={"jwks": {"keys": [raw_key(1), raw_key(2, status="INACTIVE")]}})
    module((SEARCH, [app]), (f"DELETE {KEYS}/pks2", 204), exclusive_keys=True)


def test_an_inactive_desired_key_is_activated(module: Any) -> None:
    app = raw_app(settings={"jwks": {"keys": [raw_key(1, status="INACTIVE")]}})
    outcome, _okta = module((SEARCH, [app]), (f"POST {KEYS}/pks1/lifecycle/activate", 200))
    assert outcome.values["app"]["jwks"][0]["status"] == "ACTIVE"


@pytest.mark.parametrize(("state", "status", "verb"), [("inactive", "ACTIVE", "deactivate"), ("present", "INACTIVE", "activate")])
def test_a_life_cycle_change_is_one_call(module: Any, state: str, status: str, verb: str) -> None:
    outcome, _okta = module((SEARCH, [raw_app(status=status)]), (f"POST {ONE}/lifecycle/{verb}", 200), state=state)
    assert (outcome.changed, outcome.values["app"]["status"]) == (True, "INACTIVE" if state == "inactive" else "ACTIVE")


def test_absent_deactivates_then_deletes(module: Any) -> None:
    script = ((SEARCH, [raw_app()]), (f"POST {ONE}/lifecycle/deactivate", 200), (DELETE, 204))
    outcome, _okta = module(*script, state="absent", jwks=None)
    assert (outcome.changed, outcome.values["app"], outcome.after) == (True, None, {})
    predicted, okta = module(script[0], state="absent", jwks=None, check=True)
    assert (predicted, okta.writes) == (outcome, [])


@pytest.mark.parametrize(("how", "script"), [({"id": APP_ID}, [(READ, NOT_FOUND)]), ({"recreate": True}, [(SEARCH, []), SHOWN])])
def test_absent_again_only_reads(module: Any, how: dict[str, Any], script: list[Any]) -> None:
    outcome, _okta = module(*script, state="absent", **how)
    assert not outcome.changed


def test_an_app_of_another_kind_with_the_label_is_ignored(module: Any) -> None:
    others = [raw_app(name="bookmark"), raw_app(label="Rezonate 2"), raw_app(label="rezonate")]
    outcome, _okta = module((SEARCH, others), SHOWN, check=True)
    assert outcome.values["created"]


def test_the_search_reads_the_last_page(module: Any) -> None:
    others = [raw_app(label="Rezonate 2", id=f"0oa{number}") for number in range(5)]
    outcome, _okta = module(*three_pages(f"{APPS}?q=Rezonate&limit=200", [*others, raw_app()], "&"))
    assert not outcome.changed


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_missing_permission_is_an_okta_error(module: Any, at: int) -> None:
    script = [(SEARCH, []), SHOWN, (POST, raw_app())][: at + 1]
    script[at] = (script[at][0], forbidden())
    with pytest.raises(ApiError, match=r"lacks an admin role for this; onboarding needs a super admin\.$"):
        module(*script)


def test_a_full_org_is_an_error_of_okta_s(module: Any) -> None:
    cause = "Cannot create application instance. Maximum number of instances has been reached."
    with pytest.raises(ApiError, match=rf"^Couldn't create the app 'Rezonate' \(POST {APPS}\): Okta answered 400 E0000001 .*: {cause}"):
        module((SEARCH, []), SHOWN, (POST, refusal(400, "E0000001", "Api validation failed", cause)))


def test_an_id_without_an_app_is_an_error_without_recreate(module: Any) -> None:
    with pytest.raises(InputError, match="this org has no app with that id"):
        module((READ, NOT_FOUND), id=APP_ID)
    with pytest.raises(InputError, match="this org has no app with that id"):
        module((READ, NOT_FOUND), id=APP_ID, recreate=True, label=None)


def test_an_id_of_something_else_is_refused(module: Any) -> None:
    with pytest.raises(InputError, match=rf"^id: the app {APP_ID} \('Rezonate'\) isn't a service app\.$"):
        module((READ, raw_app(name="bookmark")), id=APP_ID)


def test_an_app_in_use_is_refused(module: Any) -> None:
    with pytest.raises(StateError, match=r"has none of the given keys but other credentials.*\(added 2026-01-06"):
        module((SEARCH, [raw_app(keys=(2,))]), (f"GET {KEYS}", [raw_key(2, created="2026-01-06T19:50:58.000Z")]), exclusive_keys=True)


def test_an_app_in_use_is_refused_without_the_times_of_its_keys(module: Any) -> None:
    with pytest.raises(StateError, match=r"has none of the given keys but other credentials.*\(added at an unknown time"):
        module((SEARCH, [raw_app(keys=(2,))]), (f"GET {KEYS}", forbidden()), exclusive_keys=True)


def test_an_app_that_is_deleted_during_a_change_is_an_error(module: Any) -> None:
    with pytest.raises(StateError, match=rf"^The app {APP_ID} was deleted while it was being changed; run again\.$"):
        module((SEARCH, [raw_app()]), (READ, NOT_FOUND), app_dpop=True)


def test_a_key_that_exists_after_a_refusal_is_success(module: Any) -> None:
    script = ((SEARCH, [raw_app(keys=(1,))]), (f"POST {KEYS}", refusal(400)), (READ, raw_app(keys=(1, 3))))
    outcome, _okta = module(*script, jwks=CHANGES["jwks"])
    assert outcome.values["app"]["jwks"][1]["id"] == "pks3"


def test_a_key_that_okta_refuses_is_an_error(module: Any) -> None:
    script = ((SEARCH, [raw_app(keys=(1,))]), (f"POST {KEYS}", refusal(400)), (READ, raw_app(keys=(1,))))
    with pytest.raises(ApiError, match="Couldn't register the key made-up-kid-3"):
        module(*script, jwks=CHANGES["jwks"])


ZONES = [{"id": f"nzo{number}", "name": f"Zone {number}"} for number in range(6)]


def test_zones_are_found_by_name_on_any_page(module: Any) -> None:
    app = raw_app(settings={"network": {"connection": "ZONE", "include": ["nzo5", "nzo0"]}})
    outcome, _okta = module(*three_pages("/api/v1/zones", ZONES), (SEARCH, [app]), network_zones=["Zone 5", "nzo0"])
    assert not outcome.changed


def test_an_unknown_zone_is_named(module: Any) -> None:
    with pytest.raises(InputError, match=r"^network_zones: this org has no network zone Office, nzo9\.$"):
        module(("GET /api/v1/zones", ZONES), network_zones=["Office", "Zone 1", "nzo9"])


def test_after_a_lost_response_the_app_is_searched(clock: Clock) -> None:
    okta = FakeOkta((SEARCH, []), (POST, LOST), (SEARCH, []), (SEARCH, [raw_app()]), (SEARCH, [raw_app()]))
    outcome = made(okta, clock)
    assert (outcome.values["app"]["id"], okta.writes, clock.slept) == (APP_ID, [POST], [5.0])


def test_an_app_that_was_not_created_is_requested_again(clock: Clock) -> None:
    okta = FakeOkta((SEARCH, []), (POST, LOST), *[(SEARCH, [])] * 13, (POST, raw_app()), (SEARCH, []))
    assert made(okta, clock).values["created"]
    assert (okta.writes, sum(clock.slept)) == ([POST, POST], 60.0)


def test_an_app_without_a_desired_key_isn_t_the_requested_one(clock: Clock) -> None:
    other = raw_app(id="0oastranger", keys=(2,), created="2099-01-01T00:00:00.000Z")
    okta = FakeOkta((SEARCH, []), (POST, LOST), *[(SEARCH, [other])] * 13, (POST, raw_app()), (SEARCH, [other]))
    assert made(okta, clock).values["app"]["id"] == APP_ID


def test_a_second_lost_response_is_an_error(clock: Clock) -> None:
    okta = FakeOkta((SEARCH, []), (POST, LOST), *[(SEARCH, [])] * 13, (POST, LOST))
    with pytest.raises(NoResponseError, match=r"^POST /api/v1/apps: no complete answer in time"):
        made(okta, clock)


def test_after_an_unsent_request_nothing_is_searched(clock: Clock) -> None:
    okta = FakeOkta((SEARCH, []), (POST, NoResponseError("no connection")))
    with pytest.raises(NoResponseError, match="no connection"):
        made(okta, clock)


@pytest.mark.parametrize("answer", [{}, {"id": None}, {"id": 7}])
def test_after_a_response_without_an_id_the_app_is_searched(clock: Clock, answer: dict[str, Any]) -> None:
    okta = FakeOkta((SEARCH, []), (POST, answer), (SEARCH, [raw_app()]), (SEARCH, []))
    assert made(okta, clock).values["app"]["id"] == APP_ID


def test_an_app_that_was_requested_earlier_is_waited_for(clock: Clock) -> None:
    okta = FakeOkta((SEARCH, []), (SEARCH, []), (SEARCH, [raw_app()]))
    outcome = made(okta, clock, recovery_deadline=clock.now + 60)
    assert (outcome.changed, clock.slept) == (False, [5.0, 5.0])


def test_the_wait_ends_exactly_at_the_deadline(clock: Clock) -> None:
    okta = FakeOkta(*[(SEARCH, [])] * 4, (POST, raw_app()), (SEARCH, []))
    assert made(okta, clock, recovery_deadline=clock.now + 12).values["created"]
    assert clock.slept == [5.0, 5.0, 2.0]


def test_the_final_search_begins_after_the_deadline(clock: Clock) -> None:
    class Slow(FakeOkta):
        def send(self, request: Request) -> Answer:
            clock.now += 30
            return super().send(request)

    okta = Slow((SEARCH, []), (SEARCH, [raw_app()]))
    assert made(okta, clock, recovery_deadline=clock.now + 20).values["app"]["id"] == APP_ID


def test_an_existing_id_requires_no_wait(clock: Clock) -> None:
    assert not made(FakeOkta((READ, raw_app())), clock, app_id=APP_ID, recovery_deadline=clock.now + 60, recreate=True).changed


def test_a_deleted_app_is_recreated_after_a_minute_of_searching(clock: Clock) -> None:
    new = raw_app(id="0oanew")
    okta = FakeOkta((READ, NOT_FOUND), *[(SEARCH, [raw_app()])] * 13, (POST, new), (SEARCH, [new, raw_app()]))
    outcome = made(okta, clock, app_id=APP_ID, recreate=True)
    assert (outcome.values["app"]["id"], sum(clock.slept)) == ("0oanew", 60.0)


def test_a_deleted_app_that_an_earlier_run_recreated_is_found(clock: Clock) -> None:
    okta = FakeOkta((READ, NOT_FOUND), (SEARCH, []), (SEARCH, [raw_app(id="0oanew")]))
    assert not made(okta, clock, app_id=APP_ID, recreate=True).changed


@pytest.mark.parametrize(("other_id", "created"), [("0oazzz", OLDER), ("0oa000", "2026-01-06T19:50:57.000Z")])
def test_the_younger_of_two_apps_is_deleted(clock: Clock, other_id: str, created: str) -> None:
    other = raw_app(id=other_id, created=created)
    deletion = [(SEARCH, [raw_app(), other]), (f"POST {ONE}/lifecycle/deactivate", 200), (DELETE, 204)]
    okta = FakeOkta((SEARCH, []), (POST, raw_app()), *deletion)
    with pytest.raises(
        StateError, match=rf"^Another app with the label 'Rezonate' \({other_id}\) .* the app of this run \({APP_ID}\) was deleted\."
    ):
        made(okta, clock)
    assert okta.left == []


def test_the_older_of_two_apps_is_retained(clock: Clock) -> None:
    other = raw_app(id="0oa000", created="2026-01-06T19:50:58.000Z")
    assert made(FakeOkta((SEARCH, []), (POST, raw_app()), (SEARCH, [other, raw_app()])), clock).values["created"]


def test_concurrent_runs_leave_one_app() -> None:
    """Each run finds the app of the other run, with the same time: one deletes its own app, and the other waits for that."""
    assert [create_concurrently(mine, (f"GET {APPS}/0oa2", NOT_FOUND)) for mine in TWO_APPS] == ["retained", "deleted"]


def test_the_app_of_the_earlier_run_is_retained_if_both_have_the_same_time() -> None:
    """The other run searched before this app existed, so it deletes nothing."""
    assert create_concurrently(TWO_APPS[0], *[(f"GET {APPS}/0oa2", TWO_APPS[1])] * 13) == "deleted"


TWO_APPS = [raw_app(id="0oa1", created=OLDER), raw_app(id="0oa2", created=OLDER)]


def create_concurrently(mine: dict[str, Any], *reads: tuple[str, Any]) -> str:
    """Create one of the two apps; return whether it is retained."""
    deletion = [(f"POST {APPS}/{mine['id']}/lifecycle/deactivate", 200), (f"DELETE {APPS}/{mine['id']}", 204)]
    clock = Clock()
    okta = FakeOkta((SEARCH, []), (POST, mine), (SEARCH, TWO_APPS), *(reads if mine is TWO_APPS[0] else ()), *deletion)
    try:
        converge(resource(okta, clock), check_mode=False)
    except StateError:
        assert okta.left == []
        return "deleted"
    return "retained"


def test_an_app_that_is_assumed_to_be_missing_is_created_without_a_search(module: Any) -> None:
    outcome, _okta = module((POST, raw_app()), (SEARCH, [raw_app()]), assume_missing=True)
    assert (outcome.values["created"], outcome.values["app"]["id"]) == (True, APP_ID)


def test_an_app_with_an_id_is_read_whatever_is_assumed(module: Any) -> None:
    assert not module((READ, raw_app()), id=APP_ID, assume_missing=True)[0].changed


def test_an_assumption_predicts_a_creation_without_a_call(module: Any) -> None:
    assert module(assume_missing=True, check=True)[0].changed


def test_an_invalid_time_is_refused(module: Any) -> None:
    with pytest.raises(InputError, match=r"^requested_at 'yesterday' is no time: give it like 2026-01-31T12:00:00Z\.$"):
        module(requested_at="yesterday")


@pytest.mark.parametrize(
    ("options", "call", "answer", "ids"),
    [
        ({"id": APP_ID, "label": None}, READ, raw_app(), [APP_ID]),
        ({"id": APP_ID, "label": None}, READ, NOT_FOUND, []),
        ({"id": None, "label": "Rezonate"}, SEARCH, [raw_app(), raw_app(label="Rezonate 2")], [APP_ID]),
        (
            {"id": None, "label": None},
            f"GET {APPS}?limit=200",
            [raw_app(), raw_app(name="x"), raw_app(label="y", id="0oa2")],
            [APP_ID, "0oa2"],
        ),
    ],
)
def test_info_returns_apps(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], call: str, answer: Any, ids: list[str]) -> None:
    okta = FakeOkta((call, answer))
    monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
    outcome = list_service_apps(Call(params(**options)))
    assert [app["id"] for app in outcome.values["apps"]] == ids
    assert (outcome.changed, okta.left) == (False, [])


def test_info_reads_the_last_page(monkeypatch: pytest.MonkeyPatch) -> None:
    apps = [raw_app(id=f"0oa{number}") for number in range(6)]
    okta = FakeOkta(*three_pages(f"{APPS}?limit=200", apps, "&"))
    monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
    assert len(list_service_apps(Call(params(id=None, label=None))).values["apps"]) == 6


@pytest.mark.parametrize("wrap", [lambda keys: keys, lambda keys: {"jwks": {"keys": keys}}], ids=["array", "key set"])
def test_keys_are_listed_in_either_form(wrap: Any) -> None:
    okta = FakeOkta((f"GET {KEYS}", wrap([raw_key(1), "odd", raw_key(2)])))
    assert [key.created for key in list_keys(client(okta), APP_ID)] == ["2026-01-06T19:50:58.000Z"] * 2


@pytest.mark.parametrize("answer", [{}, {"jwks": []}, {"jwks": {"keys": None}}])
def test_a_list_of_keys_in_another_form_counts_as_empty(answer: Any) -> None:
    assert list_keys(client(FakeOkta((f"GET {KEYS}", answer))), APP_ID) == ()


@pytest.mark.parametrize("options", [{}, {"state": "inactive"}, {"state": "absent"}, {"check": True}, {"state": "absent", "check": True}])
def test_an_empty_list_of_a_caller_who_sees_no_apps_is_refused(module: Any, options: dict[str, Any]) -> None:
    with pytest.raises(StateError, match="who holds ORG_ADMIN: a role that sees all apps is missing"):
        module((SEARCH, []), *ORG_ADMIN, **options)


def test_an_empty_list_of_unknown_visibility_is_a_warning(module: Any) -> None:
    warnings: list[str] = []
    script = ((SEARCH, []), *CUSTOM_ADMIN, (POST, raw_app()), (SEARCH, [raw_app()]))
    assert module(*script, call={"warn": warnings.append})[0].changed
    assert not module(*script[:4], call={"warn": warnings.append}, state="absent")[0].changed
    assert [text.startswith("Okta lists no apps for the caller") for text in warnings] == [True, True]


def test_a_caller_that_is_known_to_see_all_apps_makes_no_additional_call(module: Any) -> None:
    script = ((SEARCH, []), (POST, raw_app()), (SEARCH, [raw_app()]))
    assert module(*script, call={"caller_sees_all": True})[0].values["created"]


def test_a_deleted_app_isn_t_recreated_if_the_list_may_be_hidden(clock: Clock) -> None:
    def refuse() -> None:
        raise StateError("nothing is shown")

    okta = FakeOkta((READ, NOT_FOUND), *[(SEARCH, [])] * 13)
    with pytest.raises(StateError, match="nothing is shown"):
        converge(resource(okta, clock, app_id=APP_ID, recreate=True).checking_missing(refuse), check_mode=False)
    assert okta.left == []


def informed(monkeypatch: pytest.MonkeyPatch, *script: tuple[str, Any], **call: Any) -> list[Any]:
    okta = FakeOkta(*script)
    monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
    apps = list_service_apps(Call(params(id=None, label="Rezonate"), **call)).values["apps"]
    assert okta.left == []
    return list(apps)


def test_info_gives_an_empty_list_only_to_a_caller_who_sees_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    assert informed(monkeypatch, (SEARCH, []), SHOWN) == []
    assert informed(monkeypatch, (SEARCH, []), caller_sees_all=True) == []
    assert informed(monkeypatch, (SEARCH, []), *CUSTOM_ADMIN, warn=warnings.append) == []
    assert len(warnings) == 1
    with pytest.raises(StateError, match="it is unknown whether"):
        informed(monkeypatch, (SEARCH, []), *ORG_ADMIN)
