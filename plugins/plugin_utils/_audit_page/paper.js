// Copyright (c) 2026, Rezonate
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// On paper nothing opens: each matching tenant is written out before the page is printed, and goes again after that.

function writePaper() {
  select();
  const isSingle = TENANTS.length === 1;
  const troubled = view.matching.filter((tenant) => isSingle || tenant.data.status !== "clean");
  const clean = view.matching.filter((tenant) => !troubled.includes(tenant));
  const share = `${number(view.matching.length)} of ${counted(TENANTS.length, "tenant")}`;
  const filtered = isFiltered() ? make("p.note", null, `Filtered: ${filtersInWords()}; ${share}.`) : null;
  replace(byId("paper-body"), filtered, troubled.map(paperTenant), clean.length ? paperClean(clean) : null);
  byId("paper").hidden = false;
}

function paperTenant(tenant) {
  const title = make("h3", null, stranger(tenant.name), " ", statusBadge(tenant.data.status));
  return make("article", null, title, detail(tenant, { onPaper: true }));
}

function paperClean(tenants) {
  const names = make(
    "ul.run-on",
    null,
    tenants.map((tenant) => make("li", null, stranger(tenant.name))),
  );
  return make("article.clean", null, make("h3", null, `Clean (${number(tenants.length)})`), names);
}

function filtersInWords() {
  const parts = [];
  if (view.severities.size) parts.push(`severity ${listed([...view.severities])}`);
  if (view.statuses.size) parts.push(`status ${listed([...view.statuses])}`);
  if (view.text) parts.push(`text \u201c${visible(view.text)}\u201d`);
  return parts.join(", ");
}

function clearPaper() {
  byId("paper").hidden = true;
  replace(byId("paper-body"));
}
