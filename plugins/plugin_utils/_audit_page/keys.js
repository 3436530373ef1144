// Copyright (c) 2026, Rezonate
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How old the keys are: bars, in a table that says the same in figures; and the oldest.

const AGES = [
  [30, "Up to 30 days"],
  [90, "31 to 90 days"],
  [180, "91 to 180 days"],
  [365, "181 to 365 days"],
  [730, "1 to 2 years"],
  [Infinity, "Over 2 years"],
];
const OLDEST = 8;

function drawKeys() {
  const keys = view.matching.flatMap((tenant) => tenant.data.keys.map((key) => ({ tenant, key })));
  const known = keys.filter(({ key }) => key.age_days !== null);
  const body = byId("keys-body");
  if (!keys.length) return replace(body, make("p.none", null, "No keys of the tenants shown above are known."));
  known.sort((one, other) => other.key.age_days - one.key.age_days);
  const note = keys.length > 1 ? make("p.note", null, keysSentence(keys, known)) : null;
  return replace(body, note, make("div.panels", null, agesPanel(keys), oldestPanel(known.slice(0, OLDEST))));
}

function keysSentence(keys, known) {
  const strangers = keys.filter(({ key }) => key.ours === false).length;
  const middle = known.length ? known[Math.floor(known.length / 2)].key.age_days : null;
  const parts = [counted(keys.length, "key")];
  if (known.length > 2) parts.push(`half of them ${counted(middle, "day")} or older`);
  if (known.length > 1) parts.push(`the oldest ${counted(known[0].key.age_days, "day")}`);
  const where = isFiltered() ? " Only the tenants that match the filters are counted." : "";
  return `${parts.join(", ")}.${strangers ? ` ${number(strangers)} not registered by Rezonate.` : ""}${where}`;
}

function agesPanel(keys) {
  const groups = AGES.map(([, title]) => ({ title, ours: 0, others: 0 }));
  const unknown = { title: "Age unknown", ours: 0, others: 0 };
  for (const { key } of keys) {
    const group = key.age_days === null ? unknown : groups[AGES.findIndex(([most]) => key.age_days <= most)];
    group[key.ours === false ? "others" : "ours"] += 1;
  }
  const shown = unknown.ours + unknown.others ? [...groups, unknown] : groups;
  const most = Math.max(1, ...shown.map(({ ours, others }) => ours + others));
  const rows = shown.map(({ title, ours, others }) =>
    make(
      "tr",
      null,
      make("th", { scope: "row" }, title),
      make("td.track.wide", null, stacked(ours / most, others / most)),
      make("td.number", null, number(ours)),
      make("td.number", null, number(others)),
    ),
  );
  return make(
    "div.panel",
    null,
    make(
      "table.plain.ages",
      null,
      make("caption", null, "Keys by age"),
      head(["Age"], ["Chart", "track", true], ["Managed", "number"], ["Unmanaged", "number"]),
      make("tbody", null, rows),
    ),
    make("p.legend", { "aria-hidden": "true" }, make("span.swatch.ours"), "managed", make("span.swatch.others"), "unmanaged"),
  );
}

function stacked(ours, others) {
  const part = (share, kind) => {
    const fill = make(`span.fill.${kind}`);
    fill.style.width = `${100 * share}%`;
    return share ? fill : null;
  };
  return make("span.bar.stack", { "aria-hidden": "true" }, part(ours, "ours"), part(others, "others"));
}

function oldestPanel(oldest) {
  const rows = oldest.map(({ tenant, key }) =>
    make(
      "tr",
      null,
      make(
        "th",
        { scope: "row" },
        link(tenant.name, () => goTo(tenant), ": open"),
      ),
      make("td.kid", null, make("code", { title: visible(key.kid || "") }, stranger(key.kid || "without an id"))),
      make("td", null, owner(key.ours) || "unknown"),
      make("td.number", null, counted(key.age_days, "day")),
    ),
  );
  return make(
    "div.panel",
    null,
    make(
      "table.plain.oldest",
      null,
      make("caption", null, "The oldest keys"),
      head(["Tenant"], ["Key id", "kid"], ["Managed"], ["Age", "number"]),
      make("tbody", null, rows),
    ),
  );
}
