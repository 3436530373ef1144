// Copyright (c) 2026, Rezonate
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tenants by scopes. A page of rows at a time, since a thousand tenants make fifty thousand cells.

const MATRIX_ROWS = 50;
const NOT_WANTED = "\u00b7";

const drawMatrix = whenIdle(() => {
  const rows = view.onlyDifferences ? view.matching.filter((tenant) => differences(tenant).length) : view.matching;
  const columns = columnsOf(rows);
  const pages = Math.max(1, Math.ceil(rows.length / MATRIX_ROWS));
  view.matrixPage = Math.min(view.matrixPage, pages - 1);
  const shown = rows.slice(view.matrixPage * MATRIX_ROWS, (view.matrixPage + 1) * MATRIX_ROWS);
  const body = byId("matrix-body");
  const scrolled = body.querySelector(".scroll")?.scrollLeft || 0;
  const focused = body.contains(document.activeElement) && nameOf(document.activeElement);
  replace(
    body,
    matrixControls(),
    shown.length && columns.length ? matrixTable(shown, columns) : make("p.none", null, noMatrix()),
    pager("the matrix", view.matrixPage, pages, turnMatrix),
  );
  const scroll = body.querySelector(".scroll");
  if (scroll) scroll.scrollLeft = scrolled;
  // However often it is drawn anew: who stands in it stays where they were.
  if (focused) body.querySelector(focused)?.focus({ preventScroll: true });
});

/** A selector of what can have the focus in the matrix's own parts; none for a tenant's link. */
const nameOf = ({ id, dataset }) => (id && `#${id}`) || (dataset.step && `[data-step=${dataset.step}]`);

function noMatrix() {
  return view.onlyDifferences ? "No tenant shown above has drift." : "No scopes of the tenants shown above are known.";
}

const differences = (tenant) => [...tenant.scopes].filter(([, state]) => state !== "granted");

/** The scopes of some tenants, with how many of them differ; those that are desired nowhere come first. */
function columnsOf(rows) {
  const columns = new Map();
  for (const tenant of rows) {
    for (const [scope, state] of tenant.scopes) {
      if (!columns.has(scope)) columns.set(scope, { scope, granted: 0, missing: 0, surplus: 0, unknown: 0 });
      columns.get(scope)[state] += 1;
    }
  }
  const isWanted = (column) => column.granted + column.missing + column.unknown > 0;
  return [...columns.values()]
    .filter((column) => !view.onlyDifferences || column.missing || column.surplus || column.unknown)
    .sort((one, other) => isWanted(one) - isWanted(other) || compareNames(one.scope, other.scope));
}

function matrixControls() {
  const states = ["granted", "missing", "surplus", "unknown"];
  const legend = states.map((state) => make("li", null, sign(STATE_SIGNS[state], `cell.of-${state}`), state));
  legend.push(make("li", null, sign(NOT_WANTED, "cell"), "neither desired nor granted"));
  const box = make("input", { type: "checkbox", id: "only-differences", checked: view.onlyDifferences, change: onlyDifferences });
  const choice = make("label.choice", null, box, "Only drift");
  return make("div.controls", null, choice, make("ul.legend", { "aria-label": "Signs" }, legend));
}

function onlyDifferences(event) {
  view.onlyDifferences = event.target.checked;
  view.matrixPage = 0;
  drawMatrix();
}

function turnMatrix(page) {
  view.matrixPage = page;
  drawMatrix();
  byId("matrix").scrollIntoView();
  say(`Matrix, page ${page + 1}`);
}

function matrixTable(rows, columns) {
  const names = columns.map(({ scope }) => make("th.scope", { scope: "col" }, make("span.turned", null, stranger(scope))));
  const top = make("tr", null, make("th.corner", { scope: "col" }, "Tenant"), names);
  const sums = make("tr", null, make("th", { scope: "row" }, "Tenants with drift"), columns.map(sumCell));
  const lines = rows.map((tenant) => {
    const name = make(
      "th",
      { scope: "row" },
      link(tenant.name, () => goTo(tenant)),
    );
    return make(
      "tr",
      null,
      name,
      columns.map(({ scope }) => stateCell(tenant.scopes.get(scope))),
    );
  });
  const table = make(
    "table.matrix",
    null,
    make("caption.unseen", null, "Granted scopes by tenant, compared with the desired scopes"),
    make("thead", null, top),
    make("tbody", null, lines),
    make("tfoot", null, sums),
  );
  return make("div.scroll", { tabindex: "0", role: "region", "aria-label": "Tenants and scopes, scrolls" }, table);
}

function sumCell({ missing, surplus, unknown }) {
  const differ = missing + surplus + unknown;
  const says = [
    [missing, "missing"],
    [surplus, "surplus"],
    [unknown, "unknown"],
  ].filter(([count]) => count);
  const title = says.map(([count, state]) => `${number(count)} ${state}`).join(", ");
  return make("td", { title: title || null }, differ ? number(differ) : none());
}

function stateCell(state) {
  if (!state) return make("td.cell", null, sign(NOT_WANTED, "dot"), unseen("not desired"));
  return make(`td.cell.of-${state}`, null, sign(STATE_SIGNS[state], "mark"), unseen(state));
}
