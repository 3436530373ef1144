// Copyright (c) 2026, Rezonate
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The data, the values computed from them, and the state of the view.

const REPORT = JSON.parse(byId("report").textContent);
const SEVERITIES = ["critical", "high", "medium", "low", "unknown"];
const STATUSES = ["findings", "failed", "unknown", "clean"];
const SEVERITY_SIGNS = { critical: "\u25b2", high: "\u25c6", medium: "\u25a0", low: "\u25cf", unknown: "?" };
const STATUS_SIGNS = { findings: "!", failed: "\u2715", unknown: "?", clean: "\u2713" };
const STATUS_WORDS = { findings: "With findings", failed: "Failed", unknown: "Unknown", clean: "Clean" };
const METHOD_WORDS = { oauth: "OAuth", api_service_integration: "API service integration", api_token: "API token" };
const CREDENTIAL_WORDS = { api_token: "API token", oauth_client: "OAuth client", own_credentials: "the app itself" };

const hostOf = (url) => (url || "").replace(/^[a-z]+:\/\//, "") || "unknown org";

/** Several orgs can have one tenant id, below different domains: those get their host beside it. */
const namesakes = new Map();
for (const { tenant } of REPORT.tenants) namesakes.set(tenant, (namesakes.get(tenant) || 0) + 1);
function displayName({ tenant, org_url: url }) {
  const isPlain = namesakes.get(tenant) === 1 || hostOf(url) === `${tenant.toLowerCase()}.okta.com`;
  return isPlain ? tenant : `${tenant} (${hostOf(url)})`;
}

const TENANTS = REPORT.tenants.map((data, index) => {
  const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0]));
  for (const finding of data.findings) counts[finding.severity] += 1;
  const ages = data.keys.map((key) => key.age_days).filter((age) => age !== null);
  const searched = [data.tenant, data.org_url, data.app?.label, data.app?.id, ...data.findings.map((finding) => finding.id)];
  return {
    index,
    data,
    name: displayName(data),
    counts,
    oldest: ages.length ? Math.max(...ages) : null,
    searched: searched.filter(Boolean).join("\n").toLowerCase(),
    scopes: statesOf(data.scopes.wanted, data.scopes.granted),
    usable: data.coverage && data.coverage.filter((scope) => scope.status === "usable").length,
  };
});

// Where no audit tried that, a column for it would be empty.
const SHOWS_COVERAGE = TENANTS.some((tenant) => tenant.usable !== null);

/** The state of each desired or granted scope or role: granted, missing, surplus or, if it could not be read, unknown. */
function statesOf(wanted, granted) {
  const states = new Map();
  for (const name of wanted) states.set(name, granted === null ? "unknown" : "missing");
  for (const name of granted || []) states.set(name, states.has(name) ? "granted" : "surplus");
  return states;
}

const view = {
  severities: new Set(),
  statuses: new Set(),
  text: "",
  sort: "findings",
  turned: false,
  page: 0,
  matrixPage: 0,
  onlyDifferences: false,
  open: new Set(),
  matching: TENANTS,
};

const compareNames = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;
const byName = (one, other) => compareNames(one.name, other.name);

/** Largest first, or with a turn of -1 last; what is missing goes last whichever way round. */
const bySize = (value) => (one, other, turn) => {
  const [size, otherSize] = [value(one), value(other)];
  if (size === null || otherSize === null) return (size === null) - (otherSize === null);
  return turn * (otherSize - size);
};

const turned = (compare) => (one, other, turn) => turn * compare(one, other);

function worstFirst(one, other) {
  for (const severity of SEVERITIES) {
    const difference = other.counts[severity] - one.counts[severity];
    if (difference) return difference;
  }
  return STATUSES.indexOf(one.data.status) - STATUSES.indexOf(other.data.status);
}

const ORDERS = {
  tenant: turned(byName),
  status: turned((one, other) => STATUSES.indexOf(one.data.status) - STATUSES.indexOf(other.data.status)),
  findings: turned(worstFirst),
  oldest: bySize((tenant) => tenant.oldest),
  usable: bySize((tenant) => tenant.usable),
  method: turned((one, other) => compareNames(one.data.method || "~", other.data.method || "~")),
  audited: bySize((tenant) => Date.parse(tenant.data.audited_at) || null),
};
// What begins with the largest, and so is descending until it is turned round.
const LARGEST_FIRST = new Set(["findings", "oldest", "usable", "audited"]);

function matches(tenant) {
  const { severities, statuses, text } = view;
  return (
    (!statuses.size || statuses.has(tenant.data.status)) &&
    (!severities.size || [...severities].some((severity) => tenant.counts[severity])) &&
    (!text || tenant.searched.includes(text.toLowerCase()))
  );
}

function select() {
  const order = ORDERS[view.sort];
  const turn = view.turned ? -1 : 1;
  view.matching = TENANTS.filter(matches).sort((one, other) => order(one, other, turn) || byName(one, other));
}

const isFiltered = () => Boolean(view.severities.size || view.statuses.size || view.text);
const having = (test) => TENANTS.filter(test).length;
const findingsOf = (severity) => TENANTS.reduce((sum, tenant) => sum + tenant.counts[severity], 0);

/** The badge of a severity: a sign, a word, a colour. */
function severityBadge(severity, count) {
  const text = count === undefined ? capital(severity) : `${number(count)} ${severity}`;
  return make(`span.badge.${severity}`, null, sign(SEVERITY_SIGNS[severity]), text);
}

function statusBadge(status) {
  return make(`span.state.is-${status}`, null, sign(STATUS_SIGNS[status]), STATUS_WORDS[status]);
}
