// Copyright (c) 2026, Rezonate
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The headline, the cards, and what is found most.

function drawHeadline() {
  const [troubled, failed, unknown] = ["findings", "failed", "unknown"].map((status) => having((tenant) => tenant.data.status === status));
  replace(byId("headline"), ...headline(troubled));
  replace(byId("lead"), lead(troubled, failed, unknown).join(" "));
  replace(byId("about"), "Report of ", time(REPORT.generated_at, true), ...auditedBetween());
}

/** The sentences below the headline; of a single tenant the headline says it all, unless it is clean. */
function lead(troubled, failed, unknown) {
  if (TENANTS.length && troubled + failed + unknown === 0) return ["Access is exactly as desired: app, keys, scopes and roles."];
  if (TENANTS.length < 2) return [];
  const sentences = [worstSentence()];
  if (failed) sentences.push(`${counted(failed, "tenant")} could not be audited.`);
  if (unknown) sentences.push(`For ${counted(unknown, "tenant")} not everything could be determined.`);
  return sentences.filter(Boolean);
}

function worstSentence() {
  const worst = SEVERITIES.find((severity) => severity !== "unknown" && findingsOf(severity));
  if (!worst) return null;
  const findings = findingsOf(worst);
  const where = having((tenant) => tenant.counts[worst]);
  return `The worst ${findings === 1 ? "is" : "are"} ${worst}: ${counted(findings, "finding")} in ${counted(where, "tenant")}.`;
}

function headline(troubled) {
  if (!TENANTS.length) return ["No tenant was audited"];
  if (TENANTS.length > 1) {
    const all = counted(TENANTS.length, "tenant");
    return [troubled ? `${number(troubled)} of ${all} ${troubled === 1 ? "has" : "have"} findings` : `${all}, no findings`];
  }
  const { data, counts, name } = TENANTS[0];
  const parts = SEVERITIES.filter((severity) => counts[severity]).map((severity) => `${counts[severity]} ${severity}`);
  const rest = { failed: "could not be audited", unknown: "not everything could be determined", clean: "clean" }[data.status];
  const found = `${listed(parts)} ${data.findings.length === 1 ? "finding" : "findings"}`;
  return [stranger(name), parts.length ? `: ${found}` : `: ${rest}`];
}

function auditedBetween() {
  const times = TENANTS.map((tenant) => tenant.data.audited_at)
    .filter(Boolean)
    .sort();
  if (!times.length) return [];
  const [first, last] = [times[0], times.at(-1)];
  // A fleet is made of slices: how old the oldest answer is matters.
  return first.slice(0, 10) === last.slice(0, 10)
    ? [", audited on ", time(first)]
    : [", audited between ", time(first), " and ", time(last)];
}

function drawGlance() {
  const cards = STATUSES.map((status) =>
    card(
      status,
      having((tenant) => tenant.data.status === status),
    ),
  );
  replace(byId("glance-body"), make("ul.cards", null, cards), make("div.panels", null, severityPanel(), kindsPanel()));
}

function card(status, count) {
  const share = TENANTS.length ? Math.round((100 * count) / TENANTS.length) : 0;
  const bar = make("span.bar", { "aria-hidden": "true" }, make(`span.fill.is-${status}`));
  bar.firstChild.style.width = `${TENANTS.length ? (100 * count) / TENANTS.length : 0}%`;
  return make(
    `li.card.is-${status}`,
    null,
    make("span.figure", null, number(count)),
    make("span.what", null, sign(STATUS_SIGNS[status]), STATUS_WORDS[status]),
    make("span.share", null, `${share === 0 && count ? "<1" : share}% of tenants`),
    bar,
  );
}

function severityPanel() {
  const most = Math.max(1, ...SEVERITIES.map(findingsOf));
  const rows = SEVERITIES.map((severity) => {
    const count = findingsOf(severity);
    const where = having((tenant) => tenant.counts[severity]);
    return make(
      "tr",
      null,
      make("th", { scope: "row" }, severityBadge(severity)),
      make("td.number", null, number(count)),
      make("td.track", null, track(count / most, severity)),
      make("td.number", null, number(where)),
    );
  });
  return make(
    "div.panel",
    null,
    make(
      "table.plain",
      null,
      make("caption", null, "Findings by severity"),
      head(["Severity"], ["Findings", "number"], ["Share", "track", true], ["Tenants", "number"]),
      make("tbody", null, rows),
    ),
  );
}

/** A bar that only repeats a figure beside it. */
function track(share, kind) {
  const fill = make(`span.fill.${kind}`);
  fill.style.width = `${100 * share}%`;
  return make("span.bar", { "aria-hidden": "true" }, fill);
}

function head(...columns) {
  const cells = columns.map(([text, kind, hidden]) => make(kind ? `th.${kind}` : "th", { scope: "col" }, hidden ? unseen(text) : text));
  return make("thead", null, make("tr", null, cells));
}

/** The kinds of findings: the worst first, and of one severity by how many tenants have them. */
function kindsPanel() {
  const kinds = new Map();
  for (const tenant of TENANTS) {
    for (const { id, severity } of tenant.data.findings) {
      const kind = kinds.get(id) || { id, severity, tenants: new Set() };
      if (SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(kind.severity)) kind.severity = severity;
      kinds.set(id, { ...kind, tenants: kind.tenants.add(tenant.index) });
    }
  }
  const rankOf = (kind) => SEVERITIES.indexOf(kind.severity);
  const worstKindFirst = (one, other) =>
    rankOf(one) - rankOf(other) || other.tenants.size - one.tenants.size || compareNames(one.id, other.id);
  const most = [...kinds.values()].sort(worstKindFirst).slice(0, 6);
  const rows = most.map(({ id, severity, tenants }) =>
    make(
      "tr",
      null,
      make(
        "th",
        { scope: "row" },
        link(id, () => showKind(id), ": show its tenants"),
      ),
      make("td", null, severityBadge(severity)),
      make("td.number", null, number(tenants.size)),
    ),
  );
  const table = make(
    "table.plain",
    null,
    make("caption", null, "What is found most"),
    head(["Finding"], ["Severity"], ["Tenants", "number"]),
    make("tbody", null, rows),
  );
  return make("div.panel", null, rows.length ? table : make("p.none", null, sign("\u2713"), "Nothing was found."));
}

function showKind(id) {
  filterBy(id);
  const section = byId("tenants");
  section.scrollIntoView();
  section.focus({ preventScroll: true });
}
