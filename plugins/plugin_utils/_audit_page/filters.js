// Copyright (c) 2026, Rezonate
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The filters, and the address that remembers them: #severity=critical,high&status=failed&q=emea&tenant=acme

const AMONG = { severity: [SEVERITIES, "severities"], status: [STATUSES, "statuses"] };

function drawFilters() {
  const search = make("input", { type: "search", id: "search", autocomplete: "off", spellcheck: "false", input: typed });
  const choices = (name, legend, entries) =>
    make(
      "fieldset",
      null,
      make("legend", null, legend),
      entries.map(([value, shown]) => make("label.choice", null, make("input", { type: "checkbox", name, value, change: chosen }), shown)),
    );
  const filters = byId("filters");
  filters.addEventListener("submit", (event) => event.preventDefault());
  replace(
    filters,
    make("div.search", null, make("label", { for: "search" }, "Tenant, app or finding"), search),
    choices(
      "severity",
      "Severity",
      SEVERITIES.map((severity) => [severity, severityBadge(severity)]),
    ),
    choices(
      "status",
      "Status",
      STATUSES.map((status) => [status, statusBadge(status)]),
    ),
    make("button.quiet", { type: "button", id: "reset", click: showAll }, "Show all"),
  );
}

let typing;
function typed() {
  clearTimeout(typing);
  typing = setTimeout(() => {
    view.text = byId("search").value.trim();
    changed();
  }, 120);
}

function chosen(event) {
  const set = view[AMONG[event.target.name][1]];
  if (event.target.checked) set.add(event.target.value);
  else set.delete(event.target.value);
  changed();
}

/** Filter by a text and nothing else. */
function filterBy(text) {
  Object.assign(view, { text, severities: new Set(), statuses: new Set() });
  showFilters();
  changed();
}

function showAll() {
  filterBy("");
  // The button is gone now, and the focus would be with it.
  byId("search").focus();
}

/** What the reader looks at has changed: everything is drawn again, from its first page. */
function changed() {
  view.page = view.matrixPage = 0;
  remember();
  draw();
}

/** Bring the controls in line with what is looked at. */
function showFilters() {
  byId("search").value = view.text;
  for (const box of document.querySelectorAll("#filters input[type=checkbox]")) {
    box.checked = view[AMONG[box.name][1]].has(box.value);
  }
}

function drawCount() {
  const [shown, all] = [view.matching.length, TENANTS.length];
  const text = isFiltered() ? `${number(shown)} of ${counted(all, "tenant")} ${shown === 1 ? "matches" : "match"}` : counted(all, "tenant");
  const count = byId("count");
  if (count.textContent !== text) count.textContent = text;
  byId("reset").hidden = !isFiltered();
}

/** Write into the address what is looked at, so that the link can be sent on. */
function remember() {
  const parts = new URLSearchParams();
  for (const [name, [known, set]] of Object.entries(AMONG)) {
    if (view[set].size) parts.set(name, known.filter((value) => view[set].has(value)).join(","));
  }
  if (view.text) parts.set("q", view.text);
  for (const index of view.open) parts.append("tenant", TENANTS[index].name);
  const hash = parts.toString().replaceAll("%2C", ",");
  // Some viewers of attachments forbid this; the page works without it.
  try {
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  } catch {
    return;
  }
}

/** Do what the address says; give the tenant to go to, if it names one. */
function recall() {
  const hash = location.hash.slice(1);
  if (!hash.includes("=")) return null;
  const parts = new URLSearchParams(hash);
  for (const [name, [known, set]] of Object.entries(AMONG)) {
    const named = (parts.get(name) || "").split(",");
    view[set] = new Set(known.filter((value) => named.includes(value)));
  }
  view.text = parts.get("q") || "";
  const names = parts.getAll("tenant");
  // A name of the address may be the tenant id, which several orgs can share, or an org's URL.
  const named = names.map((name) => {
    const exact = TENANTS.filter((tenant) => tenant.name === name);
    return exact.length ? exact : TENANTS.filter(({ data }) => data.tenant === name || data.org_url === name);
  });
  const found = TENANTS.filter((tenant) => named.some((tenants) => tenants.includes(tenant)));
  view.open = new Set(found.map((tenant) => tenant.index));
  if (named.some((tenants) => !tenants.length)) say("The tenant that the address names is not in this report");
  return found[0] || null;
}
