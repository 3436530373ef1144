# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of an API service integration, without HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._okta.request_recovery import parse_timestamp
from ansible_collections.rezonate.okta.plugins.module_utils._resources.api_service_integration_plan import (
    DesiredIntegration,
    Integration,
    MakeSecret,
    Ownership,
    RemoveSecret,
    Secret,
    check_type,
    choose,
    creation,
    integration_from,
    is_from_earlier_run,
    lacks_secret,
    needs_secrets,
    plan_integration,
    secret_from,
)
from helpers.acceptance import accepts
from helpers.fake_okta import SERVICE_ID, raw_secret, raw_service
from hypothesis import given
from hypothesis import strategies as st

KIND = "rezonate_security"
SCOPES = ("okta.logs.read", "okta.users.read")
MANAGED = integration_from(raw_service())
# raw_secret(N) is created at 19:5N:57
BETWEEN = parse_timestamp("2026-01-06T19:51:30Z")


def holding(*numbers: int, ownership: Ownership = Ownership.KNOWN, inactive: tuple[int, ...] = ()) -> Integration:
    secrets = (secret_from(raw_secret(number, status="INACTIVE" if number in inactive else "ACTIVE")) for number in numbers)
    return replace(MANAGED, secrets=tuple(secrets), ownership=ownership)


def known(**desired: Any) -> DesiredIntegration:
    return DesiredIntegration(id=SERVICE_ID, **desired)


def hashed(number: int, **desired: Any) -> DesiredIntegration:
    return known(secret_hash=f"made-up-hash-{number}", **desired)


def steps(current: Integration | None, desired: DesiredIntegration) -> list[str]:
    return [step.text for step in plan_integration(current, desired).steps]


@pytest.mark.parametrize(
    ("current", "desired", "expected"),
    [
        (None, DesiredIntegration("absent", type=KIND), []),
        (MANAGED, DesiredIntegration("absent", type=KIND), ["delete"]),
        (MANAGED, known(state="absent", scopes=("okta.apps.read",)), ["delete"]),
        (None, DesiredIntegration(type=KIND, scopes=SCOPES), ["create"]),
        (None, known(type=KIND, scopes=SCOPES, recreate=True, new_secret=True), ["create"]),
        (MANAGED, known(), []),
        (MANAGED, known(scopes=SCOPES[::-1], replace=True), []),
        (MANAGED, known(scopes=SCOPES[:1], replace=True, new_secret=True), ["delete", "create"]),
        (
            replace(MANAGED, ownership=Ownership.EARLIER_RUN),
            DesiredIntegration(type=KIND, scopes=SCOPES[:1], replace=True),
            ["delete", "create"],
        ),
    ],
)
def test_a_plan_creates_retains_and_deletes(current: Integration | None, desired: DesiredIntegration, expected: list[str]) -> None:
    assert steps(current, desired) == expected


@pytest.mark.parametrize(
    ("current", "desired", "expected"),
    [
        (holding(1), known(inspect=True), []),
        (holding(1), hashed(1), []),
        (holding(1, 2), hashed(1), []),
        (holding(1, inactive=(1,)), hashed(1), ["activate secret ocs1"]),
        (holding(), hashed(1), ["make secret"]),
        (holding(1), known(new_secret=True), ["make secret"]),
        (holding(1), hashed(1, new_secret=True), ["make secret"]),
        (holding(1), hashed(9, new_secret=True), ["make secret"]),
        (holding(1), hashed(9, take_over=True), ["make secret"]),
        (holding(1, 2), hashed(2, exclusive_secrets=True), ["remove secret ocs1"]),
        (holding(1, 2), hashed(1, exclusive_secrets=True), ["remove secret ocs2"]),
        (holding(1), hashed(9, take_over=True, exclusive_secrets=True), ["make secret"]),
        (holding(1, 2), hashed(1, exclusive_secrets=True, new_secret=True), ["remove secret ocs2", "make secret"]),
        (holding(1, 2, inactive=(1,)), hashed(1, exclusive_secrets=True), ["activate secret ocs1", "remove secret ocs2"]),
        (holding(1, 2), hashed(1, new_secret=True, since=BETWEEN), ["remove secret ocs2", "make secret"]),
        (holding(2, 3), known(new_secret=True, since=BETWEEN), ["remove secret ocs3", "make secret"]),
        (holding(2, 3, inactive=(2,)), known(new_secret=True, since=BETWEEN), ["remove secret ocs2", "make secret"]),
    ],
)
def test_a_plan_manages_secrets_and_creates_one_last(current: Integration, desired: DesiredIntegration, expected: list[str]) -> None:
    assert needs_secrets(current, desired)
    assert steps(current, desired) == expected


@pytest.mark.parametrize(
    ("current", "desired", "expected"),
    [
        (holding(2, ownership=Ownership.EARLIER_RUN), {"since": BETWEEN}, ["make secret"]),
        (holding(2, 3, ownership=Ownership.EARLIER_RUN), {"since": BETWEEN}, ["remove secret ocs3", "make secret"]),
        (
            holding(2, 3, ownership=Ownership.EARLIER_RUN),
            {"since": BETWEEN, "secret_hash": "made-up-hash-9"},
            ["remove secret ocs3", "make secret"],
        ),
        (holding(2, 3, ownership=Ownership.EARLIER_RUN), {"since": BETWEEN, "secret_hash": "made-up-hash-3"}, []),
        (holding(1, ownership=Ownership.FOREIGN), {"take_over": True}, ["make secret"]),
        (holding(1, 2, ownership=Ownership.FOREIGN), {"take_over": True, "since": BETWEEN}, ["remove secret ocs2", "make secret"]),
    ],
)
def test_an_integration_with_a_lost_secret_gets_another(current: Integration, desired: dict[str, Any], expected: list[str]) -> None:
    assert steps(current, DesiredIntegration(type=KIND, scopes=SCOPES, **desired)) == expected


@st.composite
def holdings(draw: st.DrawFn) -> tuple[Integration, DesiredIntegration]:
    """Generate an integration with at most two secrets, and a desired new secret; most integrations have two."""
    numbers = draw(st.permutations(range(1, 6)))[: draw(st.sampled_from([2, 2, 2, 1, 0]))]
    stored = draw(st.sampled_from([*numbers, 5]))
    inactive = draw(st.lists(st.sampled_from(numbers), max_size=2)) if numbers else []
    current = holding(*numbers, ownership=draw(st.sampled_from(Ownership)), inactive=tuple(inactive))
    return current, hashed(stored, new_secret=True, since=draw(st.sampled_from([BETWEEN, BETWEEN, None])), take_over=draw(st.booleans()))


@accepts(0.2)
@given(holdings())
def test_stored_and_older_secrets_are_never_removed_for_a_new_one(integrations: tuple[Integration, DesiredIntegration]) -> bool:
    current, desired = integrations
    try:
        plan = plan_integration(current, desired)
    except StateError:
        return False
    removed = [step.secret for step in plan.steps if isinstance(step, RemoveSecret)]
    assert all(secret.hash != desired.secret_hash and is_from_earlier_run(secret.created, desired) for secret in removed)
    assert plan.steps[-1] == MakeSecret()
    assert plan.after
    assert len(plan.after.secrets or ()) <= 2
    return bool(removed)


def test_two_existing_secrets_are_a_failure_that_lists_them() -> None:
    with pytest.raises(StateError) as caught:
        plan_integration(holding(1, 2, inactive=(1,)), hashed(2, new_secret=True, since=parse_timestamp("2026-01-06T19:53:30Z")))
    assert str(caught.value) == (
        f"The API service integration {SERVICE_ID} holds 2 secrets, Okta's maximum, and none is known to be lost: "
        "ocs1 (inactive, made 2026-01-06T19:51:57.000Z), ocs2 (active, made 2026-01-06T19:52:57.000Z). Nothing was changed. "
        "Deactivate and delete the one that is not in use (Applications > API Service Integrations), or set "
        "secret_hash to the hash of the one to keep, and exclusive_secrets."
    )


def test_foreign_secrets_are_refused() -> None:
    with pytest.raises(StateError, match=rf"^secret_hash: the API service integration {SERVICE_ID} doesn't hold this secret but others"):
        plan_integration(holding(1, 2), hashed(9, exclusive_secrets=True))


def test_secrets_that_an_earlier_run_lost_are_not_foreign() -> None:
    assert steps(holding(2), hashed(9, since=BETWEEN)) == ["make secret"]
    with pytest.raises(StateError, match="doesn't hold this secret but others"):
        plan_integration(holding(0, 2), hashed(9, since=BETWEEN))


def test_a_lost_secret_can_be_reported_without_creating_another() -> None:
    desired = hashed(9, make_lost_secret=False)
    assert steps(holding(), desired) == []
    assert lacks_secret(holding(), desired)
    assert not lacks_secret(holding(9), desired)
    with pytest.raises(StateError, match="doesn't hold this secret but others"):
        plan_integration(holding(2), hashed(9, since=BETWEEN, make_lost_secret=False))


def test_the_error_lists_missing_and_surplus_scopes() -> None:
    with pytest.raises(StateError) as caught:
        plan_integration(MANAGED, known(scopes=("okta.users.read", "okta.apps.read")))
    assert str(caught.value) == (
        f"scopes: the API service integration {SERVICE_ID} (made 2026-01-06T19:50:57.000Z by 00umadeupuser000001) has other scopes "
        "(missing: okta.apps.read; surplus: okta.logs.read), and Okta can't change them. Nothing was changed. Set scopes to those that "
        "it has, or set its id and replace (rezonate_recreate of the role) to delete it and create another one, "
        "with a new client id and secret."
    )


def test_an_adopted_integration_is_never_deleted() -> None:
    desired = DesiredIntegration(type=KIND, scopes=SCOPES[:1], take_over=True, replace=True)
    with pytest.raises(StateError, match=r"Okta can't change them\. Nothing was changed\."):
        plan_integration(replace(MANAGED, ownership=Ownership.FOREIGN), desired)


@pytest.mark.parametrize(
    ("current", "desired", "sentence"),
    [
        (None, known(type=KIND, scopes=SCOPES), "id: this org has no API service integration with that id."),
        (None, known(recreate=True, scopes=SCOPES), "type is missing: set it to the integration's key"),
        (None, DesiredIntegration(type=KIND), "scopes is missing: set at least one scope"),
        (MANAGED, known(type="other"), f"id: the API service integration {SERVICE_ID} is of the type '{KIND}', not 'other'."),
        (MANAGED, known(type="other", state="absent"), f"id: the API service integration {SERVICE_ID} is of the type"),
    ],
)
def test_the_error_names_a_missing_or_invalid_option(current: Integration | None, desired: DesiredIntegration, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        plan_integration(current, desired)
    assert str(caught.value).startswith(sentence)


OLD = replace(MANAGED, id="0oaold", created_at="2026-01-06T19:51:00.000Z")
NEW = replace(MANAGED, id="0oanew", created_at="2026-01-06T19:52:00.000Z")
NEWER = replace(MANAGED, id="0oanewer", created_at="2026-01-06T19:53:00.000Z")


@pytest.mark.parametrize(
    ("found", "desired", "expected"),
    [
        ([], {}, None),
        ([OLD, NEW], {"since": BETWEEN}, ("0oanew", Ownership.EARLIER_RUN)),
        ([OLD], {"since": BETWEEN, "take_over": True}, ("0oaold", Ownership.FOREIGN)),
        ([OLD], {"take_over": True}, ("0oaold", Ownership.FOREIGN)),
        ([OLD], {"state": "absent"}, ("0oaold", Ownership.FOREIGN)),
        ([OLD, NEW], {"state": "absent", "since": BETWEEN}, ("0oanew", Ownership.EARLIER_RUN)),
        ([OLD], {"state": "absent", "since": BETWEEN}, None),
    ],
)
def test_the_choice_among_integrations_of_a_type(found: list[Integration], desired: dict[str, Any], expected: Any) -> None:
    chosen = choose(found, DesiredIntegration(type=KIND, **desired))
    assert (chosen and (chosen.id, chosen.ownership)) == expected


@pytest.mark.parametrize(
    ("found", "desired", "ids"),
    [
        ([NEW, OLD], {}, ["0oanew", "0oaold"]),
        ([OLD, NEW], {"take_over": True}, ["0oanew", "0oaold"]),
        ([OLD, NEW, NEWER], {"since": BETWEEN}, ["0oanew", "0oanewer"]),
        ([OLD, NEW], {"state": "absent"}, ["0oanew", "0oaold"]),
    ],
)
def test_several_are_listed_and_none_is_chosen(found: list[Integration], desired: dict[str, Any], ids: list[str]) -> None:
    with pytest.raises(StateError) as caught:
        choose(found, DesiredIntegration(type=KIND, **desired))
    listed = str(caught.value).partition(f"several API service integrations of the type '{KIND}': ")[2].split(". Nothing")[0]
    assert [part.split(" ")[0] for part in listed.split(", ")] == ids


@pytest.mark.parametrize("since", [None, BETWEEN])
def test_an_unmanaged_integration_is_refused(since: float | None) -> None:
    with pytest.raises(StateError, match=r"unmanaged API service integration.* may be in use: 0oaold \(made .*set take_over\.$"):
        choose([OLD], DesiredIntegration(type=KIND, since=since))


@pytest.mark.parametrize(
    ("created", "expected"),
    [("2026-01-06T19:51:20Z", True), ("2026-01-06T19:51:19Z", False), ("2027-01-06T00:00:00.000Z", True), ("soon", False), (None, False)],
)
def test_an_earlier_run_is_recognized_by_the_time_of_creation(created: str | None, expected: bool) -> None:
    assert is_from_earlier_run(created, DesiredIntegration(since=BETWEEN)) == expected
    assert not is_from_earlier_run(created, DesiredIntegration())


def test_secrets_are_read_only_where_they_matter() -> None:
    other_scopes = known(scopes=("okta.apps.read",), new_secret=True, replace=True)
    unread = [known(), known(scopes=SCOPES, replace=True, take_over=True), known(state="absent", inspect=True), other_scopes]
    assert [desired for desired in unread if needs_secrets(MANAGED, desired)] == []
    assert needs_secrets(replace(MANAGED, ownership=Ownership.EARLIER_RUN), DesiredIntegration(type=KIND))


@pytest.mark.parametrize("given", ["Rezonate Security", "a/b", "ä", " "])
def test_a_name_is_refused_as_a_catalogue_key(given: str) -> None:
    with pytest.raises(InputError, match=r"^type: .* isn't a valid key of Okta's catalogue, such as"):
        check_type(given)


def test_a_catalogue_key_is_accepted_unchanged() -> None:
    assert [check_type(given) for given in ("rezonate_security", "Acme-2.0", "", None)] == ["rezonate_security", "Acme-2.0", None, None]


def test_invalid_members_of_responses_count_as_unset() -> None:
    assert integration_from({"grantedScopes": "x", "id": 7}) == Integration("", ())
    assert secret_from({"status": None, "client_secret": "x"}) == Secret(None)


def test_the_facts_contain_no_secret_and_the_creation_all_required_members() -> None:
    facts = holding(1).facts()
    assert facts["secrets"] == [
        {
            "id": "ocs1",
            "status": "ACTIVE",
            "secret_hash": "made-up-hash-1",
            "created": "2026-01-06T19:51:57.000Z",
            "last_updated": "2026-01-06T19:51:58.000Z",
        }
    ]
    assert MANAGED.facts()["secrets"] is None
    assert creation(MANAGED) == {"type": KIND, "grantedScopes": list(SCOPES)}
