// Copyright (c) 2026, Rezonate
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Making elements. Texts become text nodes, here and nowhere else; the page's policy (trusted types) forbids all other ways.

const byId = (id) => document.getElementById(id);

// What changes how a text looks without being seen: controls, directions, invisible spaces. Joiners, which scripts need, stay.
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** A text of a stranger's, with what can't be seen in it written out. */
function visible(text) {
  return String(text).replace(UNSEEN, (char) => {
    const code = char.codePointAt(0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  });
}

/**
 * Make an element.
 * @param {string} tag "tag.class.class"
 * @param {object} properties attributes; functions are listeners, false and null leave an attribute out
 * @param {...(Node|string|null)} children
 */
function make(tag, properties, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties || {})) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** A stranger's text, kept from changing the direction of what stands around it. */
const stranger = (text, tag = "bdi") => make(tag, null, visible(text));

/** What only a screen reader says. */
const unseen = (text) => make("span.unseen", null, text);

/** A sign that only the eye needs. */
const sign = (text, kind = "sign") => make(`span.${kind}`, { "aria-hidden": "true" }, text);

function replace(element, ...children) {
  element.replaceChildren(...children.flat().filter(Boolean));
}

/** Have a screen reader say something. */
function say(text) {
  const place = byId("said");
  place.textContent = place.textContent === text ? `${text}\u00a0` : text;
}

const number = (value) => value.toLocaleString("en");
const counted = (count, noun, plural = `${noun}s`) => `${number(count)} ${count === 1 ? noun : plural}`;
const listed = (texts) => new Intl.ListFormat("en").format(texts);

/** A time for people, in UTC; what is no time is shown as it is. */
function time(text, withHour = false) {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) return stranger(text);
  const iso = moment.toISOString();
  const shown = moment.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  return make("time", { datetime: iso, title: iso }, withHour ? `${shown}, ${iso.slice(11, 16)} UTC` : shown);
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const words = (text) => text.replaceAll("_", " ");

/** Copy a text, offline too; falls back to the old way where the page isn't trusted with the clipboard. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement;
    const area = make("textarea.unseen", { readonly: true, "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus();
    return done;
  }
}

/** A button that copies the text of an element; where nothing may be copied it selects it. */
function copyButton(source, what) {
  const label = make("span", null, "Copy");
  const pressed = async () => {
    const done = await copy(source.textContent);
    if (!done) getSelection().selectAllChildren(source);
    label.textContent = done ? "Copied" : "Selected";
    say(done ? `Copied ${what}` : `Selected ${what}: copy it with the keyboard`);
    setTimeout(() => (label.textContent = "Copy"), 2000);
  };
  return make("button.quiet.copy", { type: "button", click: pressed }, label, unseen(` ${what}`));
}

/** A button that looks like a link, for it leads somewhere in this page. */
function link(text, click, says) {
  return make("button.link", { type: "button", title: visible(text), click }, stranger(text), says ? unseen(says) : null);
}

/** Buttons to turn pages of a long table. */
function pager(what, page, pages, turn) {
  if (pages < 2) return null;
  const step = (text, target, off) => {
    // Off it keeps the focus, which a disabled button would lose.
    const properties = { "aria-disabled": off ? "true" : null, "data-step": text, click: () => !off && turn(target, text) };
    return make("button.quiet", { type: "button", ...properties }, text);
  };
  return make(
    "nav.pager",
    { "aria-label": `Pages of ${what}` },
    step("First", 0, page === 0),
    step("Previous", page - 1, page === 0),
    make("span", null, `Page ${number(page + 1)} of ${number(pages)}`),
    step("Next", page + 1, page === pages - 1),
    step("Last", pages - 1, page === pages - 1),
  );
}

/** Do something when nothing more urgent is to be done, but soon (200 ms) on a busy machine too; once for however many calls. */
function whenIdle(work) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    const soon = window.requestIdleCallback || ((callback) => setTimeout(callback));
    soon(
      () => {
        waiting = false;
        work();
      },
      { timeout: 200 },
    );
  };
}
