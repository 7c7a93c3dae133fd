"use strict";
// A peer's page: takes in what /events tells of the running group, and lets diagram.js draw it up to now.

const SPAN = 15e6, ORDER_SPAN = 120; // of the view at the beginning: microseconds, or events
const SILENT_AFTER = 5000, AGAIN_AFTER = 2000; // milliseconds
const NEW_FOR = 5e6; // microseconds
const FRAME = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 100;

let group = null, mine = {locks: {}, said: []}, news = null; // as they came last; news: a run that is not drawn yet
let base = null; // microseconds since 1970 at 0 of the picture
let skew = null; // what to add to this page's clock for that of the peer, microseconds
let heardAt = null, gone = false; // milliseconds of this page's clock
let moved = false; // the peer is back, and its page has another address
let groupAt = 0;
let source = null, sourceAt = 0;

const lately = () => gone ? heardAt : performance.now(); // nothing is known of what came after
const since = millis => lately() - groupAt + millis;
const now = () => lately() * 1e3 + skew - base;

const said = millis => lengthOf(Math.max(0, Math.round(millis / 100) * 1e5)); // tenths of a second: it counts while it is looked at

function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function put(node, text, kind = "") {
  if (node.textContent !== text) node.textContent = text;
  if (node.className !== kind) node.className = kind;
}

// The connection.

function connect() {
  if (source) source.close();
  source = new EventSource("events");
  sourceAt = performance.now();
  source.onerror = event => {
    if (event.target.readyState === EventSource.CLOSED) fetch(".").then(answer => moved = answer.status === 404, () => {});
  };
  source.addEventListener("run", event => { heard(); takeRun(JSON.parse(event.data)); });
  source.addEventListener("group", event => { heard(); takeGroup(JSON.parse(event.data)); });
  source.addEventListener("mine", event => { heard(); mine = JSON.parse(event.data); showLocks(); showSaid(); });
}

function heard() {
  heardAt = performance.now();
  moved = false;
  if (gone) {
    gone = false;
    document.body.classList.remove("gone");
  }
}

function watch() {
  const quiet = performance.now() - (heardAt ?? sourceAt);
  if (!gone && quiet > SILENT_AFTER || !gone && heardAt !== null && source.readyState !== EventSource.OPEN && quiet > 1000) {
    gone = heardAt !== null;
    document.body.classList.toggle("gone", gone);
  }
  if (source.readyState === EventSource.CLOSED && performance.now() - sourceAt > AGAIN_AFTER) connect();
  const who = group ? "peer " + group.peer : "the peer";
  put(byId("state"), moved ? `${who} was restarted and has printed a new address of this page; open that one` : heardAt === null ? "connecting ..." : gone ? `${who} has not answered for ${said(performance.now() - heardAt)}; this is how it was then. `
    + "The page goes on by itself once it is back" : group ? `${group.peers.filter(peer => troubleOf(peer) === "").length} of `
    + `${group.peers.length} peers answer` : "", gone || moved ? "trouble" : "");
}

// The group and its locks.

/** As the page was just opened, a peer that is linked has not told its events yet: no trouble until that takes long. */
const isNew = peer => peer.linked && peer.unheard && group.now - peer.silent < NEW_FOR;
const troubleOf = peer => peer.trouble || (isNew(peer) ? "" : "silent" in peer ? "its events do not come: " + peer.reason : peer.linked === false ? "no link" : "");

function takeGroup(data) {
  group = data;
  groupAt = performance.now();
  const at = group.now - groupAt * 1e3;
  skew = skew === null || Math.abs(at - skew) > 1e6 ? at : Math.max(skew, at); // what came quickest is nearest
  base ??= group.now;
  silence();
  document.title = `After You: peer ${group.peer}`;
  put(byId("title"), `After You: peer ${group.peer} at ${group.endpoint}`);
  put(byId("whose"), `peer ${group.peer}`);
  byId("standing").replaceChildren(element("div", group.group), ...group.standing.map(line =>
    element("div", line, /^no majority|suspect/.test(line) ? "trouble" : "")));
  byId("peers").replaceChildren(...group.peers.map(peer => {
    const row = document.createElement("tr"), own = peer.id === group.peer, trouble = troubleOf(peer);
    row.append(element("td", peer.id ? "peer " + peer.id : "?"), element("td", peer.endpoint),
      element("td", own ? "this peer" : trouble || "linked", trouble ? "trouble" : "dim"));
    return row;
  }));
  showLocks();
  start();
}

function silence() {
  silent.clear();
  if (group) group.peers.forEach(peer => {
    const line = run.peers.indexOf(peer.id);
    if ("silent" in peer && !isNew(peer) && line >= 0) silent.set(line, peer.silent - base);
  });
  heardUntil = new Map();
}

const rows = new Map(); // by lock: the row stays, and with it the focus on its button

function lineOf(name) {
  const made = {tr: document.createElement("tr"), cells: [], button: document.createElement("button"), more: document.createElement("tr"), who: element("div", "")};
  const under = document.createElement("td");
  under.colSpan = 6;
  under.append(made.who);
  made.more.append(under);
  made.more.className = "more";
  for (let i = 0; i < 6; i++) {
    made.cells.push(document.createElement("td"));
    made.tr.append(made.cells[i]);
  }
  made.cells[0].textContent = name;
  made.cells[1].append(made.button);
  made.button.onclick = () => press(made.button.textContent, name);
  rows.set(name, made);
  return made;
}

const behind = part => (part.about ? ", " + part.about : "") + (part.behind > 0 ? ` and ${part.behind} more there` : "");

const how = part => part.how ? " " + part.how : "";

function waiter(part) {
  return part.stamp ? `peer ${part.peer} with ${part.stamp}${how(part)} for ${said(since(part.millis))}` + (part.missing.length ? `, waiting for `
    + `permission from ${part.missing.join(", ")}` : "") + (part.who ? `, requested by ${part.who}` : "") + behind(part) : `peer ${part.peer}: ${1 + part.behind} queued there` + (part.about ? ", " + part.about : "");
}

/** Whoever does not answer, and whose permission is waited for, may be inside. */
function maybeInside(lock) {
  const silent = (group ? group.peers : []).filter(peer => troubleOf(peer) !== "").map(peer => peer.id);
  return silent.filter(id => lock.queue.some(part => part.missing.includes(id)));
}

function showLocks() {
  const known = new Map((group ? group.locks : []).map(lock => [lock.name, lock]));
  const names = [...new Set([...known.keys(), ...Object.keys(mine.locks)])].sort();
  for (const [name, old] of rows) {
    if (!names.includes(name)) { old.tr.remove(); old.more.remove(); rows.delete(name); }
  }
  names.forEach((name, at) => {
    const lock = known.get(name) || {holders: [], queue: []}, {tr, cells, button, more, who} = rows.get(name) || lineOf(name);
    const perhaps = maybeInside(lock);
    put(cells[2], lock.holders.map(part => "peer " + part.peer + how(part)).join(", ") || (perhaps.length ? "perhaps peer " + perhaps.join(", ") : "-"),
      lock.holders.length ? "inside" : perhaps.length ? "perhaps" : "");
    put(cells[3], lock.holders.map(part => said(since(part.millis))).join(", ") || "-");
    put(cells[4], lock.holders.map(part => part.fence).join(", ") || "-");
    put(who, lock.holders.filter(part => part.who).map(part => `held by ${part.who}; ${part.back}`).join(", "));
    more.hidden = who.textContent === "";
    const waiting = [...lock.holders.filter(part => part.behind > 0).map(part => `peer ${part.peer}: ${part.behind} queued there`), ...lock.queue.map(waiter)];
    put(cells[5], waiting.join("; ") || "-", waiting.length ? "" : "nobody");
    put(button, mine.locks[name] === "held" ? "release" : mine.locks[name] ? "cancel" : "request");
    button.setAttribute("aria-label", `${button.textContent} ${name}`);
    button.hidden = name.startsWith(".");
    if (byId("locks").children[2 * at] !== tr) byId("locks").insertBefore(tr, byId("locks").children[2 * at] || null);
    if (tr.nextSibling !== more) tr.after(more);
  });
  byId("none").hidden = names.length > 0;
}

/** What stands there stays, so that it is read out once. */
function showSaid() {
  const list = byId("said"), lines = mine.said.map(line => ({bad: line.bad, text: new Date(line.at).toTimeString().slice(0, 8) + " " + line.text}));
  while (list.firstChild && list.firstChild.textContent !== lines[0]?.text) list.firstChild.remove();
  lines.slice(list.children.length).forEach(line => list.append(element("li", line.text, line.bad ? "trouble" : "")));
}

async function press(button, name) {
  let problem = "";
  try {
    const answer = await fetch(button, {method: "POST", body: name});
    if (!answer.ok) problem = (await answer.text()).trim();
  } catch (unreachable) {
    problem = `${button}: the peer does not answer`;
  }
  byId("answer").textContent = problem;
}

byId("ask").onsubmit = event => {
  event.preventDefault();
  press("request", byId("name").value.trim() || "default");
};

// The picture.

function takeRun(data) {
  news = data;
  if (following || !run.times.length) takeNews();
}

function takeNews() {
  if (!news) return;
  base ??= news.start;
  const data = news, by = data.start - base;
  news = null;
  data.times = data.times.map(time => time + by);
  data.start = base;
  load(data);
  silence();
  choose(chosen);
}

let started = false;
function start() {
  if (started) return;
  started = true;
  present = now();
  prepare(); // what goes on reaches up to now from here on, also where nothing happens any more
  follow();
  tick();
}

/** The view goes along with the present again. */
function follow() {
  following = true;
  takeNews();
  if (!(to - from > 2)) {
    from = 0;
    to = mode === "time" ? SPAN : ORDER_SPAN;
  }
}

function tick() {
  if (following) {
    const span = to - from;
    present = now();
    if (news) takeNews();
    if (wholly && run.times.length) {
      whole();
    } else {
      to = mode === "time" ? present + span * .02 : run.times.length + 1;
      from = to - span;
      redraw();
    }
  }
  const late = !following && group ? now() - present : 0;
  put(byId("follow"), following ? "pause" : "follow");
  put(byId("note"), following ? (crowded ? "too many messages in view: zoom in to see them" : "") : `paused ${said(late / 1e3)} ago`);
  watch();
  setTimeout(tick, Math.max(FRAME, 8 * Number(document.body.dataset.drawMillis || 0)));
}
setInterval(showLocks, 500); // it tells for how long

byId("follow").onclick = () => following ? following = false : follow();
byId("mode").onchange = event => {
  mode = event.target.value;
  prepare();
  whole();
  if (following) {
    wholly = false;
    from = 0;
    to = mode === "time" ? SPAN : ORDER_SPAN;
  }
};
addEventListener("keydown", event => {
  if (event.key === " " && !["INPUT", "SELECT", "BUTTON"].includes(event.target.tagName)) {
    event.preventDefault();
    byId("follow").click();
  }
});
load(run);
connect();
