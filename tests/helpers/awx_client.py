# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the stub of the controller's API, which sends requests without HTTP."""

from __future__ import annotations

from typing import Any

from controller import Controller
from controller.server import TOKEN

RRULE = "DTSTART:20260101T020000Z RRULE:FREQ=DAILY;INTERVAL=1"
QUESTION = {"question_name": "Why?", "variable": "why", "type": "text", "required": True, "default": "because"}
CHOICE = {
    "question_name": "Sure?",
    "variable": "sure",
    "type": "multiplechoice",
    "choices": ["no", "yes"],
    "default": "no",
    "required": True,
}
EMAIL = {
    "host": "smtp.example",
    "port": 25,
    "sender": "awx@corp.example",
    "recipients": ["oncall@corp.example"],
    "username": "",
    "password": "",
    "use_tls": True,
    "use_ssl": False,
}
FIELD = {"id": "word", "label": "Word", "type": "string", "secret": True}


def request(controller: Controller, method: str, path: str, body: Any = None, token: str = TOKEN) -> tuple[int, Any]:
    """Send a request; a refused one raises RefusedError."""
    return controller.answer(method, f"/api/v2/{path}", body, token)


def post(controller: Controller, path: str, **body: Any) -> dict[str, Any]:
    """Send a POST request as a module does."""
    return dict(request(controller, "POST", f"{path}/", body)[1] or {})


def patch(controller: Controller, kind: str, number: int, **body: Any) -> dict[str, Any]:
    return dict(request(controller, "PATCH", f"{kind}/{number}/", body)[1])


def delete(controller: Controller, kind: str, number: int) -> int:
    return request(controller, "DELETE", f"{kind}/{number}/")[0]


def found(controller: Controller, query: str) -> dict[str, Any]:
    return dict(request(controller, "GET", query)[1])


def typed(controller: Controller, **injectors: Any) -> dict[str, Any]:
    """Create a credential type."""
    inputs = {"fields": [FIELD, {"id": "name", "label": "Name", "type": "string"}]}
    return post(controller, "credential_types", name="Ours", kind="cloud", managed=False, inputs=inputs, injectors=injectors)


def project(controller: Controller) -> int:
    """Create a project and wait for its first update."""
    organization = post(controller, "organizations", name="Rezonate")["id"]
    made = post(controller, "projects", name="P", organization=organization, scm_type="git")
    found(controller, f"project_updates/{made['summary_fields']['current_update']['id']}/")
    return int(made["id"])


def template(controller: Controller, **more: Any) -> dict[str, Any]:
    """Create a job template, with its organization, its project and its inventory."""
    source = project(controller)
    inventory = post(controller, "inventories", name="I", organization=controller.objects.one("organizations", "Rezonate")["id"])["id"]
    job = {"name": "J", "project": source, "inventory": inventory, "playbook": "audit_rezonate.yml", "job_type": "run"}
    return post(controller, "job_templates", **{**job, **more})


def surveyed(controller: Controller, *questions: dict[str, Any]) -> int:
    """Create a job template with a survey."""
    job = template(controller, survey_enabled=True)["id"]
    post(controller, f"job_templates/{job}/survey_spec", name="", description="", spec=list(questions))
    return int(job)
