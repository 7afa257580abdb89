
"use strict";
// Shows the rows of the plan in pages. Text of the server or the table goes through textContent alone.
(() => {
  const PAGE = 25; // rows on the screen at once
  const PRINTED = 1000; // rows on paper, at most: some two hundred sheets, which a browser makes in seconds
  const CONTEXT = 90; // characters of unchanged text that stay around what changed
  const LINE = 120; // characters of two values that stand beside each other
  const NAME = 300; // characters from which a name scrolls
  const TALL = 1500; // characters from which a value scrolls in a box of its own
  const DISTANCE = 400; // words that may differ before two texts are shown beside each other
  const WORDS = /\r\n|[\p{L}\p{M}\p{N}_]+|[^\S\r\n]+|[^]/gu;
  const UNSEEN = /\r\n|[\n\t\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
  const UNSEEN_OR_BLANK = /\r\n|[\n\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;
  const KINDS = {
    failed: "cannot be done",
    conflict: "changed by somebody else",
    changed: "changed",
    added: "added",
    emptied: "emptied",
    spacing: "blanks and line breaks alone",
  };
  const NAMES = {
    "\r\n": "\\r\\n", "\n": "\\n", "\r": "\\r", "\t": "\\t",
    "\u061c": "ALM", "\u200e": "LRM", "\u200f": "RLM", "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF",
    "\u202d": "LRO", "\u202e": "RLO", "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI",
  };
  const HARMLESS = "\u061c\u200e\u200f"; // they have a place in right-to-left text, and turn nothing around
  const JOINERS = "\u200c\u200d"; // of letters and emojis

  const $ = (id) => document.getElementById(id);
  const number = (value) => value.toLocaleString("en-US");

  // -- elements ---------------------------------------------------------------------------------

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function mark(char) {
    const code = `U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    return element("bdi", { class: "mark", title: code }, NAMES[char] ?? code);
  }

  // Adds text to an element, what cannot be seen as marks; in text that "went" or "came" line breaks and blanks, too.
  function say(parent, text, changed = "") {
    const hidden = changed && /^[\u200c\u200d]+$/.test(text);
    let from = 0;
    for (const found of text.matchAll(changed ? UNSEEN_OR_BLANK : UNSEEN)) {
      const [char] = found;
      if (JOINERS.includes(char) && !hidden) continue;
      if (!changed && "\n\t".includes(char)) continue;
      parent.append(text.slice(from, found.index));
      if (changed || char !== "\r\n") parent.append(mark(char));
      if ((char.endsWith("\n") && changed !== "went") || HARMLESS.includes(char)) parent.append(char.slice(-1));
      from = found.index + char.length;
    }
    const rest = text.slice(from);
    parent.append(changed && /^ +$/.test(text) ? "\u2423".repeat(text.length) : rest);
    return parent;
  }

  function value(text, tag = "span") {
    if (text === null) return element(tag, { class: "none" }, "none");
    if (text === true) return element(tag, { class: "none" }, "secret");
    return say(element(tag, { class: "value", dir: "auto" }), text);
  }

  // -- words that differ ------------------------------------------------------------------------

  function alike(old, now) {
    const counts = new Map();
    for (const word of old) counts.set(word, (counts.get(word) ?? 0) + 1);
    let common = 0;
    for (const word of now) {
      const left = counts.get(word) ?? 0;
      if (left && word.trim()) common += word.length;
      if (left) counts.set(word, left - 1);
    }
    const length = (words) => words.reduce((sum, word) => sum + (word.trim() ? word.length : 0), 0);
    return common / Math.max(1, length(old), length(now));
  }

  // Myers' shortest edit; null where more than DISTANCE words differ.
  function edits(old, now) {
    const most = Math.min(DISTANCE, old.length + now.length);
    const reach = new Int32Array(2 * most + 3).fill(-1); // how far in the old text, by diagonal
    const trail = [];
    reach[most + 2] = 0;
    for (let d = 0; d <= most; d++) {
      trail.push(reach.slice());
      for (let k = -d; k <= d; k += 2) {
        const at = most + 1 + k;
        let x = isDown(reach, at, k, d) ? reach[at + 1] : reach[at - 1] + 1;
        while (x < old.length && x - k < now.length && old[x] === now[x - k]) x++;
        reach[at] = x;
        if (x >= old.length && x - k >= now.length) return walked(old, now, trail, most + 1);
      }
    }
    return null;
  }

  const isDown = (reach, at, k, d) => k === -d || (k !== d && reach[at - 1] < reach[at + 1]);

  // Walks back from the end of both, through what each step could reach before it.
  function walked(old, now, trail, middle) {
    const steps = [];
    let [x, y] = [old.length, now.length];
    for (let d = trail.length - 1; d >= 0; d--) {
      const k = x - y;
      const down = isDown(trail[d], middle + k, k, d);
      const from = down ? k + 1 : k - 1;
      const startX = trail[d][middle + from];
      const startY = startX - from;
      for (; x > startX && y > startY; x--, y--) steps.push(["same", old[x - 1]]);
      if (d) steps.push(down ? ["came", now[startY]] : ["went", old[startX]]);
      [x, y] = [startX, startY];
    }
    return steps.reverse();
  }

  // Joins steps into stretches {same} and {went, came}; a blank between two changes belongs to them.
  function stretches(steps) {
    const found = [];
    for (const [kind, word] of steps) {
      let last = found.at(-1);
      const isSame = kind === "same";
      if (!last || isSame !== "same" in last) found.push((last = isSame ? { same: "" } : { went: "", came: "" }));
      last[kind] += word;
    }
    const joined = [];
    for (const [at, one] of found.entries()) {
      const before = joined.at(-1);
      if ("same" in one && at && at < found.length - 1 && /^[^\S\r\n]+$/.test(one.same)) {
        before.went += one.same;
        before.came += one.same;
      } else if (before && !("same" in one) && !("same" in before)) {
        before.went += one.went;
        before.came += one.came;
      } else joined.push(one);
    }
    return joined;
  }

  // Returns the stretches of two texts, or null where they have too little in common to be shown as one.
  function compare(old, now) {
    const [ours, theirs] = [old.match(WORDS) ?? [], now.match(WORDS) ?? []];
    const spacing = old.split(/\s+/).join(" ").trim() === now.split(/\s+/).join(" ").trim();
    if (!spacing && (Math.max(ours.length, theirs.length) < 4 || alike(ours, theirs) < 0.4)) return null;
    let start = 0;
    const shorter = Math.min(ours.length, theirs.length);
    while (start < shorter && ours[start] === theirs[start]) start++;
    let end = 0;
    while (end < shorter - start && ours.at(-1 - end) === theirs.at(-1 - end)) end++;
    const steps = edits(ours.slice(start, ours.length - end), theirs.slice(start, theirs.length - end));
    if (!steps) return null;
    const same = (words) => words.map((word) => ["same", word]);
    const found = stretches([...same(ours.slice(0, start)), ...steps, ...same(ours.slice(ours.length - end))]);
    const kept = found.reduce((sum, one) => sum + (one.same ?? "").length, 0);
    return spacing || kept > 0.4 * Math.max(old.length, now.length) ? found : null;
  }

  // -- differences ------------------------------------------------------------------------------

  function boundary(text, at) {
    const blank = text.lastIndexOf(" ", at);
    if (blank > at - CONTEXT / 2) return blank;
    return /[\udc00-\udfff]/.test(text[at]) ? at + 1 : at;
  }

  // Shows unchanged text; of a long one the ends that are beside a change.
  function unchanged(parent, text, isFirst, isLast) {
    const head = isFirst ? 0 : boundary(text, CONTEXT);
    const tail = isLast ? text.length : boundary(text, text.length - CONTEXT);
    if (tail - head < CONTEXT) return say(parent, text);
    say(parent, text.slice(0, head));
    const fold = element("button", { type: "button", class: "fold" }, `\u2026 ${number(tail - head)} characters as before \u2026`);
    fold.addEventListener("click", () => {
      const whole = say(element("span", { tabindex: "-1" }), text.slice(head, tail));
      fold.replaceWith(whole);
      whole.focus();
    });
    parent.append(fold);
    return say(parent, text.slice(tail));
  }

  function difference(old, now) {
    const found = typeof old === "string" && typeof now === "string" ? compare(old, now) : null;
    if (!found) {
      const length = String(old ?? "").length + String(now ?? "").length;
      const arrow = element("span", { class: "arrow", "aria-hidden": "true" }, "\u2192");
      const look = length > LINE ? "pair long" : "pair";
      return boxed(element("div", { class: look }, value(old, "del"), arrow, value(now, "ins")), length);
    }
    const text = element("div", { class: "value text", dir: "auto" });
    let shown = 0;
    for (const [at, one] of found.entries()) {
      if ("same" in one) unchanged(text, one.same, at === 0, at === found.length - 1);
      if (one.went) text.append(say(element("del"), one.went, "went"));
      if (one.came) text.append(say(element("ins"), one.came, "came"));
      shown += (one.went ?? "").length + (one.came ?? "").length + Math.min(2 * CONTEXT, (one.same ?? "").length);
    }
    return boxed(text, shown);
  }

  function boxed(shown, length) {
    if (length < TALL) return shown;
    return element("div", { class: "box", tabindex: "0", role: "group", "aria-label": "A long value" }, shown);
  }

  // -- rows -------------------------------------------------------------------------------------

  const list = $("list");
  const origin = /^https?:\/\/[^/]+$/.test(list.dataset.origin) ? list.dataset.origin : "";
  const { kind: otherKind, noun } = list.dataset;
  const nouns = `${noun[0].toUpperCase()}${noun.slice(1)}s`;

  const kinds = (row) => {
    if (row[3] === "failed") return ["failed"];
    return row[5].length ? row[5].map((change) => change[1]) : [row[3] === "conflict" ? "conflict" : otherKind];
  };
  const fits = (change) => (!wanted.field || change[0] === wanted.field) && (!wanted.kind || change[1] === wanted.kind);

  function change([field, kind, old, now, base], known) {
    const body = element("div", { class: "change" }, element("h4", {}, field));
    if (kind !== "conflict") body.firstChild.append(" ", element("small", {}, KINDS[kind]));
    if (kind === "conflict") {
      const was = known ? value(base) : element("span", { class: "none" }, "not known");
      body.append(element("p", { class: "was" }, "It was: ", was, ". From what it is now to what is wanted:"));
    }
    body.append(difference(old, now));
    return body;
  }

  function entry([line, uuid, name, state, reason, changes, picture]) {
    const title = say(element("h3", { dir: "auto", class: "value" }), name);
    if (name.length > NAME) title.setAttribute("tabindex", "0");
    const about = element("p", { class: "about" });
    if (line !== null) about.append(`Line ${number(line)}${uuid ? " \u00b7 " : ""}`);
    const video = origin && uuid && noun === "video" ? { href: `${origin}/w/${encodeURIComponent(uuid)}`, target: "_blank", rel: "noreferrer noopener" } : null;
    about.append(video ? element("a", video, uuid) : say(element("span"), uuid));
    const made = element("li", { class: state }, title, about);
    if (picture) made.prepend(element("img", { class: "picture", src: picture, alt: "", width: 140, loading: "lazy" }));
    if (state !== "planned") made.append(element("p", { class: "why" }, element("strong", {}, KINDS[state] ?? state), reason ? ": " : "", say(element("span", { dir: "auto", class: "value" }), reason)));
    const shown = changes.filter(fits);
    made.append(...shown.map((one) => change(one, one.length > 4)));
    if (shown.length < changes.length) {
      const more = changes.length - shown.length;
      made.append(element("p", { class: "more" }, `and ${more} other ${more === 1 ? "field" : "fields"} that the filter leaves out`));
    }
    return made;
  }

  const rows = [];
  for (const block of document.querySelectorAll("script.rows")) for (const row of JSON.parse(block.textContent)) rows.push(row);

  // -- filters ----------------------------------------------------------------------------------

  const wanted = { field: "", kind: "", text: "" };
  const haystacks = new Array(rows.length);
  let matching = rows;
  let page = 0;

  const folded = (text) => text.normalize().toLowerCase();

  function haystack(at) {
    const [line, uuid, name, , reason, changes] = rows[at];
    const texts = changes.flatMap((one) => one.slice(2)).filter((text) => typeof text === "string");
    return (haystacks[at] ??= folded([line ?? "", uuid, name, reason, ...texts].join("\n")));
  }

  function isWanted(row, at) {
    const isListed = row[3] !== "failed" && row[5].length; // else it has no fields
    if (isListed ? !row[5].some(fits) : wanted.field || (wanted.kind && kinds(row)[0] !== wanted.kind)) return false;
    return !wanted.text || haystack(at).includes(wanted.text);
  }

  function filter() {
    Object.assign(wanted, { field: $("field").value, kind: $("kind").value, text: folded($("search").value.trim()) });
    matching = wanted.field || wanted.kind || wanted.text ? rows.filter(isWanted) : rows;
    turn(0);
  }

  function choices(select, all, counts, names = {}) {
    select.append(element("option", { value: "" }, all));
    for (const [name, count] of counts) select.append(element("option", { value: name }, `${names[name] ?? name} (${number(count)})`));
  }

  function count(values) {
    const counts = new Map();
    for (const row of rows) for (const name of new Set(values(row))) counts.set(name, (counts.get(name) ?? 0) + 1);
    return [...counts].sort((one, other) => other[1] - one[1]);
  }

  // -- pages ------------------------------------------------------------------------------------

  const pages = () => Math.max(1, Math.ceil(matching.length / PAGE));

  function told(from, to) {
    const of = matching.length === rows.length ? number(rows.length) : `${number(matching.length)} (of ${number(rows.length)})`;
    const range = matching.length ? `${nouns} ${number(from + 1)} to ${number(to)} of ${of}` : `No ${noun} of ${number(rows.length)}`;
    const chosen = [wanted.field && `field ${wanted.field}`, wanted.kind && (KINDS[wanted.kind] ?? wanted.kind), wanted.text && `with \u201c\u2068${$("search").value.trim()}\u2069\u201d`];
    return [range, ...chosen.filter(Boolean)].join(" \u00b7 ");
  }

  function show(from, to) {
    list.start = from + 1;
    list.replaceChildren(...matching.slice(from, to).map(entry));
    $("status").textContent = told(from, Math.min(to, matching.length));
  }

  function turn(to) {
    page = Math.min(Math.max(0, to), pages() - 1);
    show(page * PAGE, (page + 1) * PAGE);
    for (const [id, isEnd] of [["first", page === 0], ["previous", page === 0], ["next", page === pages() - 1], ["last", page === pages() - 1]]) {
      $(id).setAttribute("aria-disabled", isEnd);
    }
  }

  function go(to) {
    turn(to);
    list.scrollIntoView();
  }

  choices($("field"), "all fields", count((row) => row[5].map((one) => one[0])));
  choices($("kind"), "all kinds", count(kinds), KINDS);
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  for (const id of ["field", "kind", "search"]) $(id).addEventListener("input", filter);
  $("reset").addEventListener("click", () => {
    for (const id of ["field", "kind", "search"]) $(id).value = "";
    filter();
  });
  $("print").addEventListener("click", () => print());
  $("first").addEventListener("click", () => go(0));
  $("previous").addEventListener("click", () => go(page - 1));
  $("next").addEventListener("click", () => go(page + 1));
  $("last").addEventListener("click", () => go(pages() - 1));
  for (const link of document.querySelectorAll("a[data-kind]")) {
    link.addEventListener("click", () => {
      $("kind").value = link.dataset.kind;
      filter();
    });
  }
  addEventListener("beforeprint", () => {
    $("groups").open = true;
    show(0, PRINTED);
    const left = matching.length - PRINTED;
    if (left > 0) $("status").append(`. The other ${number(left)} are not on paper: filter the list to print them`);
  });
  addEventListener("afterprint", () => turn(page));

  // The first search needs all texts folded: that is done while nobody waits.
  function prepare(at) {
    const until = performance.now() + 8;
    while (at < rows.length && performance.now() < until) haystack(at++);
    if (at < rows.length) setTimeout(prepare, 0, at);
  }

  turn(0);
  $("filters").hidden = false;
  $("loading").remove();
  setTimeout(prepare, 200, 0);
})();
