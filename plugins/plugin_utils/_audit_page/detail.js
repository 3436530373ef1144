// Copyright (c) 2026, Rezonate
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// All about one tenant: on the screen below its row, on paper below its name.

function detail(tenant, { onPaper = false } = {}) {
  const { data } = tenant;
  const failure = make("strong", null, data.status === "failed" ? "Not audited. " : "Error. ");
  return [
    // On paper the name stands above already.
    onPaper ? null : make("h3.unseen", null, stranger(tenant.name)),
    data.error === null ? null : make("p.error", null, failure, stranger(data.error)),
    findingsBlock(data, onPaper),
    make("div.facts", null, factsBlock(data), scopesBlock(tenant), make("div", null, rolesBlock(data.roles), keysBlock(data.keys))),
  ];
}

const WITHOUT_FINDINGS = {
  clean: "No findings.",
  failed: "The findings are not known.",
  unknown: "No findings, but not everything could be determined.",
};

function findingsBlock(data, onPaper) {
  if (!data.findings.length) return make("p.none", null, WITHOUT_FINDINGS[data.status]);
  return make(
    "ol.list",
    null,
    data.findings.map((finding) => findingItem(finding, onPaper)),
  );
}

function findingItem({ id, severity, message, remedy }, onPaper) {
  const name = make("code.kind", null, stranger(id));
  const item = make("li", null, make("p.head", null, severityBadge(severity), name), message ? make("p", null, stranger(message)) : null);
  if (!remedy) return item;
  const [sentence, command] = partsOf(visible(remedy));
  const before = sentence && command ? make("span.sentence.before", { dir: "auto" }, sentence) : null;
  const source = make(command ? "code.command" : "span.sentence", { dir: "auto" }, command || sentence);
  const button = onPaper ? null : copyButton(source, `the remedy of ${visible(id)}`);
  item.append(make("div.remedy", null, make("span.label", null, "Remedy"), before, source, button));
  return item;
}

/** The sentence and the command of a remedy: only the command is copied, so that it runs when it is pasted. */
function partsOf(text) {
  const start = text.search(/(^|\s)ansible-playbook\s/);
  if (start >= 0) return [text.slice(0, start).trim(), text.slice(start).trim()];
  // A sentence ends with a full stop, a command doesn't.
  return /[^\s.]\.$/.test(text) ? [text, ""] : ["", text];
}

function factsBlock(data) {
  const app = data.app || {};
  const rows = [
    ["Org", data.org_url, stranger],
    ["Host", data.host === data.tenant ? null : data.host, stranger],
    ["Method", data.method, (method) => METHOD_WORDS[method]],
    ["App", data.app, appFact],
    ["App id", app.id, (id) => make("code", null, stranger(id))],
    ["App created", app.created, (created) => time(created)],
    ["Last verified", data.last_proof, (proof) => time(proof, true)],
    ["Audited", data.audited_at, (audited) => time(audited, true)],
    ["Audited as", data.audited_as, (credential) => CREDENTIAL_WORDS[credential]],
  ];
  const fact = ([name, value, show]) => make("div", null, make("dt", null, name), make("dd", null, show(value)));
  const facts = rows.filter(([, value]) => value).map(fact);
  return facts.length ? make("dl", null, facts) : null;
}

function appFact({ label, status }) {
  return [stranger(label || "unnamed"), ...(status ? [", ", stranger(words(status.toLowerCase()))] : [])];
}

function scopesBlock(tenant) {
  const groups = { missing: [], surplus: [], unknown: [], granted: [] };
  for (const [scope, state] of tenant.scopes) groups[state].push(scope);
  const parts = Object.entries(groups)
    .filter(([, scopes]) => scopes.length)
    .map(([state, scopes]) => scopeGroup(state, scopes));
  return block("Scopes", [...(parts.length ? parts : [nothing(tenant.data.scopes.granted)]), coverageGroup(tenant.data.coverage)]);
}

const COVERAGE_WORDS = {
  empty: "nothing is shown",
  refused_by_role: "refused",
  refused_by_scope: "the scope is not granted",
  feature_not_available: "the org does not have it",
  unknown: "not known",
};

/** The scopes that the app can't use with its admin roles, as far as that was tried. */
function coverageGroup(coverage) {
  const beside = (coverage || []).filter(({ status }) => status !== "usable");
  if (!beside.length) return null;
  const items = beside.map(({ scope, status, needs }) => {
    const why = make("span.muted", null, " ", stranger(needs || COVERAGE_WORDS[status]));
    return make("li", null, make("code", null, stranger(scope)), why);
  });
  const title = `Not usable with these roles (${number(beside.length)})`;
  return make("div.coverage", null, make("p.state-title", null, sign(STATE_SIGNS.unknown, "sign.of-unknown"), title), make("ul.names", null, items));
}

const nothing = (found) => make("p.none", null, found === null ? "Not known." : "None.");

const STATE_SIGNS = { granted: "\u2713", missing: "\u2212", surplus: "+", unknown: "?" };

function scopeGroup(state, scopes) {
  const title = [sign(STATE_SIGNS[state], `sign.of-${state}`), `${capital(state)} (${number(scopes.length)})`];
  const names = make(
    "ul.names",
    null,
    scopes.map((scope) => make("li", null, make("code", null, stranger(scope)))),
  );
  // States as desired take no space.
  if (state === "granted") return make("details", null, make("summary", null, title), names);
  return make("div", null, make("p.state-title", null, title), names);
}

function rolesBlock({ wanted, held }) {
  const items = [...statesOf(wanted, held)].map(([role, state]) => {
    const note = state === "granted" ? null : make(`span.of-${state}`, null, ` ${state}`);
    return make("li", null, sign(STATE_SIGNS[state], `sign.of-${state}`), make("code", null, stranger(role)), note);
  });
  return block("Admin roles", [items.length ? make("ul.roles", null, items) : nothing(held)]);
}

function keysBlock(keys) {
  if (!keys.length) return block("Keys", [make("p.none", null, "None known.")]);
  const items = keys.map(({ kid, age_days: days, status, ours }) => {
    const facts = [age(days), status && visible(words(status.toLowerCase())), owner(ours)];
    const name = make("code", null, stranger(kid || "without an id"));
    return make("li", null, name, make("span.muted", null, stranger(facts.filter(Boolean).join(", "))));
  });
  return block("Keys", [make("ul.keys", null, items)]);
}

const age = (days) => (days === null ? "age unknown" : counted(days, "day"));
const owner = (ours) => ({ true: "managed", false: "unmanaged" })[ours] || "";

function block(title, children) {
  return make("div.block", null, make("h4", null, title), children);
}
