// Copyright (c) 2026, Rezonate
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The table of tenants: sorted by the buttons in its head, a page at a time, each row opens.

const ROWS = 100;
const COLUMNS = [
  ["tenant", "Tenant"],
  ["status", "Status"],
  ["findings", "Findings"],
  ["oldest", "Oldest key"],
  ...(SHOWS_COVERAGE ? [["usable", "Usable scopes"]] : []),
  ["method", "Method"],
  ["audited", "Audited"],
];

function drawTenants() {
  const pages = Math.max(1, Math.ceil(view.matching.length / ROWS));
  view.page = Math.min(view.page, pages - 1);
  const rows = view.matching.slice(view.page * ROWS, (view.page + 1) * ROWS).flatMap(rowsOf);
  const body = make("tbody", null, rows.length ? rows : noRows());
  const table = make("table.tenants", null, make("caption.unseen", null, "Tenants; each row can be opened"), sortedHead(), body);
  replace(byId("tenants-body"), table, pager("tenants", view.page, pages, turnPage));
}

function noRows() {
  const text = TENANTS.length ? "No tenant matches these filters." : "There is no tenant in this report.";
  return make("tr", null, make("td.none", { colspan: COLUMNS.length }, text));
}

const ARROWS = { ascending: "\u25b2", descending: "\u25bc", none: "\u25b7" };

function sortedHead() {
  const cells = COLUMNS.map(([name, title]) => {
    const isSorted = view.sort === name;
    const direction = LARGEST_FIRST.has(name) === view.turned ? "ascending" : "descending";
    const arrow = sign(isSorted ? ARROWS[direction] : ARROWS.none, "arrow");
    const button = make("button.sort", { type: "button", "data-sort": name, click: () => sortBy(name) }, title, arrow);
    return make(`th.col-${name}`, { scope: "col", "aria-sort": isSorted ? direction : "none" }, button);
  });
  return make("thead", null, make("tr", null, cells));
}

function sortBy(name) {
  view.turned = view.sort === name && !view.turned;
  view.sort = name;
  view.page = view.matrixPage = 0;
  draw();
  document.querySelector(`[data-sort=${name}]`).focus();
}

function turnPage(page, step) {
  view.page = page;
  drawTenants();
  byId("tenants-body").querySelector(`[data-step=${step}]`).focus({ preventScroll: true });
  byId("tenants").scrollIntoView();
  say(`Tenants, page ${page + 1}`);
}

function rowsOf(tenant) {
  const isOpen = view.open.has(tenant.index);
  const { data, counts } = tenant;
  const button = make(
    "button.opener",
    {
      type: "button",
      id: `tenant-${tenant.index}`,
      "aria-expanded": String(isOpen),
      "aria-controls": `detail-${tenant.index}`,
      click: () => toggle(tenant),
    },
    sign("\u203a", "chevron"),
    stranger(tenant.name),
  );
  const found = SEVERITIES.filter((severity) => counts[severity]);
  const row = make(
    "tr.row",
    null,
    make("th", { scope: "row" }, button),
    make("td", null, statusBadge(data.status)),
    make("td.chips", null, found.length ? found.map((severity) => severityBadge(severity, counts[severity])) : none()),
    make("td.number.col-oldest", null, tenant.oldest === null ? none() : counted(tenant.oldest, "day")),
    SHOWS_COVERAGE ? make("td.number.col-usable", null, tenant.usable === null ? none() : usableShare(tenant)) : null,
    make("td.col-method", null, data.method ? METHOD_WORDS[data.method] : none()),
    make("td.col-audited", null, data.audited_at ? time(data.audited_at) : none()),
  );
  return [row, detailRow(tenant, isOpen)];
}

const usableShare = ({ usable, data }) => `${number(usable)} of ${number(data.coverage.length)}`;
const none = () => [sign("\u2013", "muted"), unseen("none")];

function detailRow(tenant, isOpen) {
  const cell = make("td", { colspan: COLUMNS.length }, isOpen ? detail(tenant) : null);
  const closes = (event) => {
    if (event.key !== "Escape") return;
    toggle(tenant);
    byId(`tenant-${tenant.index}`).focus();
  };
  return make("tr.detail", { id: `detail-${tenant.index}`, hidden: !isOpen, keydown: closes }, cell);
}

function toggle(tenant) {
  const isOpen = !view.open.has(tenant.index);
  if (isOpen) view.open.add(tenant.index);
  else view.open.delete(tenant.index);
  const row = byId(`detail-${tenant.index}`);
  // Created when the row is opened: a thousand of them would take seconds.
  replace(row.firstChild, ...(isOpen ? detail(tenant) : []));
  row.hidden = !isOpen;
  byId(`tenant-${tenant.index}`).setAttribute("aria-expanded", String(isOpen));
  remember();
}

/** Open a tenant and go there, past the filters if need be. */
function goTo(tenant) {
  if (!matches(tenant)) {
    Object.assign(view, { text: "", severities: new Set(), statuses: new Set() });
    showFilters();
  }
  select();
  view.open.add(tenant.index);
  view.page = Math.floor(view.matching.indexOf(tenant) / ROWS);
  remember();
  draw();
  const button = byId(`tenant-${tenant.index}`);
  button.scrollIntoView();
  button.focus({ preventScroll: true });
}
