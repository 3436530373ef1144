# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's API over HTTPS, in a thread."""

from __future__ import annotations

import copy
import json
import ssl
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import trustme

from .access import JOBS, Access
from .kinds import KINDS
from .launches import Launches
from .links import LINKS
from .objects import Object, Objects, RefusedError

TOKEN = "made-up-controller-token-5e0c1fa9d37b4c62"
_PAGE = 25
_MORE = ("unified_job_templates", "users", "labels", "instance_groups", "workflow_approval_templates")
_NOT_FOUND = {"detail": "Not found."}


@dataclass
class Controller:
    """A running controller.

    Args:
        collection: the path of awx.awx.
        playbooks: the playbooks of the project.
        prefix: the path prefix of its API, which differs between AWX and the Automation Platform.
        product: its product name.
        requests: all requests so far, as (method, path, body).
        configured: its objects; by default those of a new installation.
    """

    collection: Path
    playbooks: Iterable[str]
    prefix: str = "/api/"
    product: str = "AWX"
    version: str = "24.6.1"
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    configured: Objects | None = None

    def __enter__(self) -> Controller:  # noqa: PYI034 - Self is not in Python 3.10
        """Start it."""
        self.objects = copy.deepcopy(self.configured) or Objects(self.collection, self.playbooks)
        self.launches = Launches(self.objects)
        self._access = Access(self.objects)
        self._teams: dict[str, int] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="controller-")
        authority = trustme.CA()
        self.ca_file = str(Path(self._folder.name) / "ca.pem")
        authority.cert_pem.write_to_path(self.ca_file)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
        handler = type("Handler", (_Handler,), {"controller": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"https://localhost:{self._server.server_address[1]}"
        return self

    def __exit__(self, *ended: object) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()

    @property
    def writes(self) -> list[str]:
        """Return the write requests, including failed ones, as `METHOD path`."""
        return [f"{method} {path}" for method, path, _body in self.requests if method != "GET"]

    def token(self, team: str) -> str:
        """Return the token of a user who is a member of a team, and of nothing else."""
        token = f"made-up-team-token-{self.objects.one('teams', team)['id']}-b0c94e7725d1"
        self._teams[token] = self.objects.one("teams", team)["id"]
        return token

    def answer(self, method: str, target: str, body: Any, token: str = TOKEN) -> tuple[int, Any]:
        """Process a request."""
        if token not in (TOKEN, *self._teams):
            raise RefusedError(401, {"detail": "Authentication credentials were not provided."})
        address = urlsplit(target)
        self.requests.append((method, address.path, body))
        root = f"{self.prefix}v2/"
        if not address.path.startswith(root) or not address.path.endswith("/"):
            raise RefusedError(404, {"detail": f"The requested resource could not be found: {target}"})
        kind, *rest = address.path.removeprefix(root).strip("/").split("/")
        team, query = self._teams.get(token), dict(parse_qsl(address.query))
        if team is not None:
            self._access.check(team, method, kind, rest)
        if not rest:
            return self._collection(method, kind, query, body, team)
        if kind in self.objects.updates.records:
            return self._update(method, kind, int(rest[0]), rest[1:])
        if len(rest) == 1:
            return self._object(method, kind, int(rest[0]), body)
        if kind in JOBS or rest[1] == "launch":
            return self._job(method, kind, int(rest[0]), rest[1], {"query": query, "body": body})
        return self._below(method, kind, int(rest[0]), rest[1], body)

    def _collection(self, method: str, kind: str, wanted: Mapping[str, str], body: Any, team: int | None) -> tuple[int, Any]:
        if kind not in (*KINDS, *JOBS, *_MORE):
            raise RefusedError(404, _NOT_FOUND)
        if method == "POST" and kind not in JOBS:
            return 201, self._show(kind, self.objects.create(kind, body))
        if method != "GET":
            raise RefusedError(405, {"detail": f'Method "{method}" not allowed.'})
        found = [one for one in self.objects.all(kind) if _fits({**one, **self._names(kind, one, wanted)}, wanted)]
        found = found if team is None else self._access.readable(team, kind, found)
        return 200, self._page(kind, found, kind, wanted)

    def _job(self, method: str, kind: str, number: int, name: str, request: Mapping[str, Any]) -> tuple[int, Any]:
        """Launch a template, decide an approval, or read what a job printed or started."""
        if name == "launch" and kind in ("job_templates", "workflow_job_templates"):
            if method != "POST":
                return 200, self.launches.form(kind, number)
            made, record, ignored = self.launches.launch(kind, number, request["body"])
            return 201, {made.removesuffix("s"): record["id"], "ignored_fields": ignored, **self._show(made, record)}
        if (method, kind) == ("POST", "workflow_approvals") and name in ("approve", "deny"):
            self.launches.workflows.decide(number, approved=name == "approve")
            return 204, None
        if (method, kind, name) == ("GET", "workflow_jobs", "workflow_nodes"):
            return 200, _listed(self.launches.nodes(number, request["query"], self.prefix))
        if (method, kind, name) == ("GET", "workflow_jobs", "slice_jobs"):
            slices = [one for one in self.objects.all("jobs") if one.get("workflow_job") == number]
            return 200, _listed([self._show("jobs", one) for one in slices])
        if (method, kind, name) == ("GET", "jobs", "stdout"):
            text = self.objects.get(kind, number)["output"]
            return 200, text if request["query"].get("format") == "txt" else {"content": text}
        raise RefusedError(404, _NOT_FOUND)

    def _names(self, kind: str, value: Object, wanted: Mapping[str, str]) -> Object:
        """Return names of referenced objects for filters such as `organization__name`, also over several references."""
        names = {}
        for asked in (name.removesuffix("__in") for name in wanted):
            if asked.endswith("__name"):
                with suppress(KeyError):  # it refers to nothing of that name
                    names[asked] = self._referred(kind, value, asked.split("__"))
        return names

    def _referred(self, kind: str, value: Object, path: Sequence[str]) -> Any:
        field, *rest = path
        if not rest:
            return value.get(field)
        endpoint = KINDS[kind].refers[field]
        return self._referred(endpoint, self.objects.get(endpoint, value[field]), rest) if value.get(field) else None

    def _object(self, method: str, kind: str, number: int, body: Any) -> tuple[int, Any]:
        if method == "PATCH":
            return 200, self._show(kind, self.objects.change(kind, number, body))
        if method == "DELETE":
            self.objects.remove(kind, number)
            return 204, None
        return 200, self._show(kind, self.objects.get(kind, number))

    def _below(self, method: str, kind: str, number: int, name: str, body: Any) -> tuple[int, Any]:
        if name == "survey_spec" and kind in ("job_templates", "workflow_job_templates"):
            if method == "POST":
                self.objects.survey(kind, number, body)
            return 200, self.objects.get(kind, number).get("survey_spec", {})
        if name == "create_approval_template" and kind == "workflow_job_template_nodes" and method == "POST":
            return 201, self._show("workflow_approval_templates", self.objects.approve(number, body))
        if name == "update" and kind in ("projects", "inventory_sources") and method == "POST":
            return self._start_update(kind, number)
        if name == "playbooks" and kind == "projects" and method == "GET":
            self.objects.get(kind, number)
            return 200, sorted(self.objects.updates.playbooks(number))
        if kind == "roles":
            self.objects.held.setdefault("roles", {}).setdefault(number, {"id": number})
        elif name not in (KINDS[kind].lists if kind in KINDS else ()):
            raise RefusedError(404, _NOT_FOUND)
        if method == "POST":
            self.objects.hang(kind, number, name, body)
            return 204, None
        endpoint = name if kind == "roles" else KINDS[kind].lists[name]
        hanging = self.objects.hanging.get((kind, number, name), [])
        return 200, self._page(endpoint, [self.objects.get(endpoint, one) for one in hanging], f"{kind}/{number}/{name}", {})

    def _page(self, kind: str, found: list[Object], path: str, wanted: Mapping[str, str]) -> Mapping[str, Any]:
        first = (int(wanted.get("page", "1")) - 1) * _PAGE
        query = urlencode({"page": first // _PAGE + 2, **{name: value for name, value in wanted.items() if name != "page"}})
        more = f"{self.prefix}v2/{path}/?{query}" if len(found) > first + _PAGE else None
        shown = [self._show(one.get("type", kind) and _kind_of(one, kind), one) for one in found[first : first + _PAGE]]
        return {"count": len(found), "next": more, "previous": None, "results": shown}

    def _show(self, kind: str, value: Object) -> Object:
        address = f"{self.prefix}v2/{kind}/{value['id']}/"
        shown = {**self.objects.hide(kind, value), "type": Objects.type(kind), "url": address}
        roles = KINDS[kind].roles if kind in KINDS else ()
        shown["summary_fields"] = {"object_roles": {name: {"id": value["id"] * 100 + number} for number, name in enumerate(roles)}}
        shown["related"] = {name: f"{address}{name}/" for name in ("survey_spec", "update", "launch", "stdout")}
        if kind == "workflow_job_template_nodes" and value.get("unified_job_template"):
            number = value["unified_job_template"]
            held = [one for one in ("workflow_approval_templates", "job_templates") if number in self.objects.held.get(one, {})]
            shown["related"]["unified_job_template"] = f"{self.prefix}v2/{held[0]}/{number}/"
        if kind == "workflow_job_template_nodes":
            shown.update({link: list(self.objects.following(value["id"], link)) for link in LINKS})
        if kind == "projects":
            current = self.objects.updates.current(value["id"])
            shown["scm_revision"] = self.objects.updates.revisions.get(value["id"], "")
            shown["summary_fields"].update({"current_update": {"id": current}} if current else {})
        return shown

    def _start_update(self, kind: str, number: int) -> tuple[int, Any]:
        """Start an update of a project or an inventory source."""
        updated = self.objects.get(kind, number)
        if kind == "projects":
            return 202, self._show_update(self.objects.updates.start(updated))
        project = self.objects.get("projects", updated["source_project"]) if updated["source_project"] else None
        return 202, self._show_update(self.objects.updates.sync_inventory(updated, project))

    def _update(self, method: str, kind: str, number: int, below: list[str]) -> tuple[int, Any]:
        """Return an update or its output."""
        update = self.objects.updates.read(kind, number)
        if update is None or method != "GET" or below not in ([], ["stdout"]):
            raise RefusedError(404, _NOT_FOUND)
        return 200, {"content": update["output"]} if below else self._show_update(update)

    def _show_update(self, update: Object) -> Object:
        address = f"{self.prefix}v2/{update['type']}s/{update['id']}/"
        shown = {name: value for name, value in update.items() if name != "output"}
        return {**shown, "url": address, "related": {"stdout": f"{address}stdout/"}}


def _listed(found: list[Object]) -> Object:
    return {"count": len(found), "next": None, "previous": None, "results": found}


def _kind_of(value: Object, kind: str) -> str:
    """Return the kind of an object in a mixed list."""
    return f"{value['type']}s" if kind == "unified_job_templates" else kind


def _text(value: Object, name: str) -> str:
    return str("" if value.get(name) is None else value.get(name))


def _fits(value: Object, wanted: Mapping[str, str]) -> bool:
    either = {name: text for name, text in wanted.items() if name.startswith("or__")}
    every = {name: text for name, text in wanted.items() if name not in either and name not in ("page", "page_size")}
    unknown = [name for name in every if name.removesuffix("__in") not in value and not (name == "organization" and "type" in value)]
    if unknown:
        raise RefusedError(400, {"detail": f"{unknown[0]} is not a field to filter by."})
    allowed = {name: text.split(",") if name.endswith("__in") else [text] for name, text in every.items()}
    fits = all(_text(value, name.removesuffix("__in")) in texts for name, texts in allowed.items())
    return fits and (not either or any(str(value.get(name[4:])) == text for name, text in either.items()))


class _Handler(BaseHTTPRequestHandler):
    controller: Controller

    def log_message(self, *said: object) -> None:
        """Log nothing."""

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"null") if length else None
        try:
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            status, answer = self.controller.answer(self.command, self.path, body, token)
        except RefusedError as refused:
            status, answer = refused.status, refused.why
        text = answer.encode() if isinstance(answer, str) else b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("X-API-Product-Name", self.controller.product)
        self.send_header("X-API-Product-Version", self.controller.version)
        self.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_DELETE = _handle  # noqa: N815
