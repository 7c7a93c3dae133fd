// Draws a run into #picture and tells what is pointed at: of a run that is over (diagram.html), or of one that goes
// on (web/live.html). A place is the number of an event in the merged order, a value where it is drawn along.

const TOP = 30, BAR = 18, LANE = BAR + 4;
const MOST_LANES = 6; // a lock has one of its own at each peer; of more locks than that, those of one peer lie in lanes as they come
const MOST_SHAPES = 2000; // more of a kind in view would be a carpet
const KINDS = ["request", "permission", "refused", "token"];
const ENDS = {EXIT: "", CANCEL: ", withdrawn", LOST: ", LOST", VOID: ", void", CUT: ", until the peer was killed", OPEN: " when the logs end"};
const byId = id => document.getElementById(id);
const picture = byId("picture");

let run = {peers: [], locks: [], times: [], where: [], files: [], turns: [], arrows: [], marks: []}; // as DiagramData.java writes it
let turns = [], arrows = [], marks = [];
let lanes = 1, ROW = 70, LEFT = 70; // as many locks as are shown need
let mode = "time", lock = -1, chosen = null, from = 0, to = 1, width;
let indexes; // of the present mode

// Of a run that goes on:
let present = null; // microseconds now, on the scale of run.times
let following = false; // the present stays at the right edge
let wholly = false; // and the beginning at the left
const silent = new Map(); // by peer that tells nothing any more: since when, on the same scale

/** Takes in a run; what was chosen stays so. */
function load(data) {
  const filter = lock < 0 ? null : run.locks[lock], before = chosen && {lock: run.locks[chosen.lock], stamp: chosen.stamp};
  run = data;
  if (filter !== null && !run.locks.includes(filter)) run.locks.push(filter);
  turns = run.turns.map(([peer, lock, lane, stamp, asked, entered, ended, end, fence, number, bad, how]) =>
    ({peer, lock, lane, stamp, asked, entered, ended, end, fence, number, bad, how}));
  const told = new Set();
  arrows = run.arrows.map(([kind, lock, stamp, from, to, sent, received]) => {
    const key = [kind, lock, stamp, from, to].join(), again = told.has(key);
    told.add(key);
    return {kind, lock, stamp, from, to, sent, received, again};
  });
  marks = run.marks.map(([peer, lock, stamp, place, text]) => ({peer, lock, stamp, place, text}));
  lock = filter === null ? -1 : run.locks.indexOf(filter);
  chosen = before && turns.find(turn => run.locks[turn.lock] === before.lock && turn.stamp === before.stamp) || null;
  const names = ["all", ...run.locks];
  if (byId("lock").options.length !== names.length || names.some((name, i) => byId("lock").options[i].text !== name)) {
    byId("lock").replaceChildren(...names.map((name, i) => new Option(name, i - 1)));
  }
  byId("lock").value = lock;
  const entered = turns.filter(turn => turn.entered >= 0).sort((a, b) => a.entered - b.entered);
  turns.filter(turn => turn.end === "OPEN").forEach(turn => turn.next = entered.find(other => other.lock === turn.lock
    && (!turn.how || other.how !== turn.how) && other.entered > Math.max(turn.asked, turn.entered))?.entered);
  prepare();
}

const value = place => mode === "time" ? run.times[place] : place;
const goesOn = turn => present !== null && turn.end === "OPEN";
const last = () => run.times.length - 1;

let heardUntil = new Map(); // by peer, as below; until the run, the mode or the silence is another

/** Where the peer was heard last, as the picture is drawn along; Infinity for one that still tells what it does. */
function lastHeard(peer) {
  if (!heardUntil.has(peer)) {
    heardUntil.set(peer, present === null ? run.last && run.last[peer] < last() ? value(run.last[peer]) : Infinity
      : !silent.has(peer) ? Infinity : mode === "time" ? silent.get(peer) : run.times.filter(time => time <= silent.get(peer)).length - 1);
  }
  return heardUntil.get(peer);
}

/** What has no end is drawn up to now, or to the last that was heard of its peer. */
function until(turn) {
  if (turn.end !== "OPEN") return value(turn.ended);
  return Math.max(value(turn.entered < 0 ? turn.asked : turn.entered), Math.min(lastHeard(turn.peer), goesOn(turn) && mode === "time" ? present : value(turn.ended)));
}

/** How far it may have gone on unheard: to the next entry of that lock. */
const perhapsUntil = turn => turn.next !== undefined ? value(turn.next) : goesOn(turn) && mode === "time" ? present : value(last());

const endTime = turn => mode === "time" ? until(turn) : turn.end !== "OPEN" ? run.times[turn.ended]
  : goesOn(turn) && lastHeard(turn.peer) === Infinity ? Math.max(present, run.times[turn.ended]) : run.times[until(turn)];

/** Room for a lane for each lock that is shown, and for its name. */
function layOut() {
  const locks = lock < 0 ? run.locks.length : 1, most = width < 600 ? 8 : 14;
  lanes = locks <= MOST_LANES ? Math.max(1, locks) : MOST_LANES;
  ROW = Math.max(70, lanes * LANE + 30);
  LEFT = 70 + (named() ? 10 + 7 * Math.min(most, Math.max(...run.locks.map(name => name.length))) : 0);
}
const named = () => lock < 0 && run.locks.length > 1 && run.locks.length <= MOST_LANES;
const cut = (text, most) => text.length > most ? text.slice(0, most - 2) + ".." : text;

const row = peer => TOP + ROW * peer + ROW / 2;
const laneAt = (peer, lane) => row(peer) + (lane - (lanes - 1) / 2) * LANE;
/** Where what concerns the lock is drawn at the peer. */
const line = (peer, item) => lanes === 1 || item.lock < 0 ? row(peer) : named() ? laneAt(peer, item.lock) : item.lane === undefined ? row(peer)
  : laneAt(peer, item.lane);
const under = mark => mark.lock < 0 && lanes > 1 ? laneAt(mark.peer, lanes - 1) + 20 : line(mark.peer, mark) + (lanes === 1 ? 16 : BAR / 2);
const colour = item => run.locks.length > 1 && item.lock >= 0 ? " lock" + item.lock % MOST_LANES : "";
const x = v => LEFT + (v - from) / (to - from) * (width - LEFT);
const shown = item => lock < 0 || item.lock < 0 || item.lock === lock;

/** Items by where they begin, with how far those up to each reach: finds what is in view without looking at all. */
function index(items, begin, end) {
  const order = items.map(item => ({item, begin: begin(item), end: end(item)})).sort((a, b) => a.begin - b.begin);
  let most = -Infinity;
  const reach = order.map(entry => most = Math.max(most, entry.end));
  return {order, reach};
}

function inView({order, reach}) {
  let low = 0, high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reach[middle] < from) low = middle + 1; else high = middle;
  }
  const found = [];
  for (let i = low; i < order.length && order[i].begin <= to; i++) {
    if (order[i].end >= from && shown(order[i].item)) found.push(order[i].item);
  }
  return found;
}

function prepare() {
  heardUntil = new Map();
  const sent = a => value(a.sent < 0 ? a.received : a.sent), received = a => value(a.received < 0 ? a.sent : a.received);
  indexes = {
    turns: index(turns, turn => value(turn.asked), turn => goesOn(turn) ? Infinity : value(turn.ended)),
    arrows: index(arrows, a => Math.min(sent(a), received(a)), a => Math.max(sent(a), received(a))),
    marks: index(marks, mark => value(mark.place), mark => value(mark.place)),
  };
}

const escaped = text => String(text).replace(/[&<>"]/g, c => "&#" + c.charCodeAt(0) + ";");
const ofChosen = item => item.lock === chosen.lock && item.stamp === chosen.stamp;
const faded = item => chosen && !ofChosen(item) && !item.bad ? " faded" : "";

/** A length of time as Durations.say writes it: 0.43 ms, 302 ms, 2.15 s, 1 min 30 s, 2 h 5 min. */
function lengthOf(micros) {
  if (micros < 0) return "-" + lengthOf(-micros);
  const three = n => Number(n.toFixed(n < 9.995 ? 2 : n < 99.95 ? 1 : 0));
  if (micros < 999500) return three(micros / 1e3) + " ms";
  if (micros < 59.95e6) return three(micros / 1e6) + " s";
  const seconds = Math.round(micros / 1e6), two = (many, unit, more, smaller) => many + unit + (more ? " " + more + smaller : "");
  return seconds < 3600 ? two(Math.floor(seconds / 60), " min", seconds % 60, " s")
    : two(Math.floor(seconds / 3600), " h", Math.floor(seconds / 60) % 60, " min");
}
const between = (a, b) => lengthOf(run.times[b] - run.times[a]);
const where = place => run.files[run.where[2 * place]] + ":" + run.where[2 * place + 1];

/** The time of day. */
function clock(v, step) {
  const micros = Math.round(run.start + v), time = new Date(Math.floor(micros / 1e3)), two = number => String(number).padStart(2, "0");
  const digits = Math.max(0, 6 - Math.floor(Math.log10(step)));
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
    + (digits ? "." + String(micros % 1e6).padStart(6, "0").slice(0, digits) : "");
}

function grid() {
  const most = Math.max(2, Math.min(8, (width - LEFT) / 90)); // as many labels as there is room for
  const ten = Math.pow(10, Math.floor(Math.log10((to - from) / most)));
  const step = ten * [1, 2, 5, 10].find(n => ten * n * most >= to - from);
  let out = "";
  for (let v = Math.ceil(from / step) * step; v <= to; v += step) {
    out += `<path class="grid" d="M${x(v)} ${TOP}V${TOP + ROW * run.peers.length}"/><text x="${x(v) + 2}" y="16">`
      + (mode === "order" ? Math.round(v) : present !== null ? clock(v, step) : step < 1e6 ? (v / 1e3).toFixed(Math.max(0, 3 - Math.floor(Math.log10(step)))) + " ms" : v / 1e6 + " s") + "</text>";
  }
  return out;
}

const pen = document.createElement("canvas").getContext("2d"), widths = new Map(); // of labels
function widthOf(text) {
  if (!widths.has(text)) {
    if (widths.size > 5000) widths.clear();
    pen.font = "12px " + getComputedStyle(document.body).fontFamily;
    widths.set(text, pen.measureText(text).width);
  }
  return widths.get(text);
}

const withMode = turn => turn.stamp + (turn.how ? " " + turn.how : ""); // such as 4@2 shared

function bar(kind, turn, begin, end, taken) {
  const left = Math.max(LEFT, x(begin)), right = Math.min(width, x(end));
  if (right < LEFT || left > width) return "";
  const key = kind + turn.peer + "," + turn.lane + "," + Math.round(left / 2);
  if (right - left < 2 && taken && taken.has(key)) return ""; // another one is as good in these two pixels
  if (taken) taken.add(turn.bad ? "" : key);
  const y = line(turn.peer, turn) - BAR / 2, room = right - left - 6, of = kind.split(" ")[0];
  const label = [...(run.locks.length > 1 && lock < 0 ? [cut(run.locks[turn.lock], 24) + " " + withMode(turn)] : []), withMode(turn), turn.stamp].find(text => text.length * 5 < room && widthOf(text) < room);
  return `<rect class="${kind}${of === "wait" ? "" : colour(turn)}${faded(turn)}" x="${left}" y="${y}" width="${Math.max(1, right - left)}" height="${BAR}"/>`
    + (label && of !== "unheard" ? `<text class="of-${of}" x="${left + 3}" y="${y + 13}">${escaped(label)}</text>` : "");
}

function arrow(a) {
  const kind = KINDS[a.kind] + faded(a);
  if (a.sent < 0 || a.received < 0) { // only one end is in the logs
    const peer = a.sent < 0 ? a.to : a.from, other = a.sent < 0 ? a.from : a.to;
    const at = x(value(a.sent < 0 ? a.received : a.sent)), y = line(peer, a);
    return `<path class="arrow lost ${kind}" d="M${at} ${y}l${a.sent < 0 ? -10 : 10} ${other < peer ? -22 : 22}"/>`;
  }
  return `<path class="arrow ${kind}" marker-end="url(#head)" d="M${x(value(a.sent))} ${line(a.from, a)}L${x(value(a.received))} ${line(a.to, a)}"/>`;
}

let visible = {turns: [], arrows: [], marks: []};
let crowded = false;

function draw() {
  const started = performance.now();
  width = picture.clientWidth;
  layOut();
  const height = TOP + ROW * run.peers.length + 6;
  visible = {turns: inView(indexes.turns), arrows: inView(indexes.arrows), marks: inView(indexes.marks)};
  const crowd = visible.arrows.length > MOST_SHAPES;
  const taken = visible.turns.length + visible.marks.length > MOST_SHAPES ? new Set() : null;
  let out = `<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">`
    + `<path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker></defs>` + grid();
  run.peers.forEach((peer, i) => {
    const quiet = Math.min(width, Math.max(LEFT, x(lastHeard(i))));
    for (let lane = 0; lane < lanes; lane++) {
      const y = laneAt(i, lane);
      out += `<path class="peer" d="M${LEFT} ${y}H${quiet}"/>` + (quiet < width ? `<path class="quiet" d="M${quiet} ${y}H${width}"/>` : "");
    }
    if (i > 0 && lanes > 1) out += `<path class="between" d="M0 ${TOP + ROW * i}H${width}"/>`;
  });
  if (present !== null && mode === "time" && present < to && present > from) out += `<path class="now" d="M${x(present)} ${TOP}V${height}"/>`;
  for (const turn of visible.turns) {
    out += bar("wait", turn, value(turn.asked), turn.entered < 0 ? until(turn) : value(turn.entered), taken);
    if (turn.entered >= 0) out += bar(turn.bad ? "hold bad" : "hold", turn, value(turn.entered), until(turn), taken);
    if (turn.entered >= 0 && turn.end === "OPEN" && lastHeard(turn.peer) < perhapsUntil(turn)) out += bar("unheard", turn, until(turn), perhapsUntil(turn), taken);
  }
  if (crowd) visible.arrows = chosen ? visible.arrows.filter(ofChosen) : [];
  for (const a of visible.arrows) out += arrow(a);
  for (const mark of visible.marks) {
    const at = Math.round(x(value(mark.place))), key = "mark" + mark.peer + "," + at + "," + under(mark);
    if (taken && taken.has(key)) continue;
    if (taken) taken.add(key);
    out += `<path class="mark" d="M${at} ${under(mark) - 4}l4 4-4 4-4-4z"/>`;
  }
  out += `<rect class="margin" y="${TOP}" width="${LEFT}" height="${height}"/>`;
  run.peers.forEach((peer, i) => {
    out += `<text x="10" y="${row(i) + 4}">peer ${peer}</text>`;
    if (named()) run.locks.forEach((name, lane) => out += `<rect class="swatch lock${lane}" x="66" y="${laneAt(i, lane) - 6}" width="3" height="12"/>`
      + `<text class="lock" x="73" y="${laneAt(i, lane) + 4}">${escaped(cut(name, width < 600 ? 8 : 14))}</text>`);
  });
  picture.style.height = height + "px";
  picture.innerHTML = out;
  if (crowd !== crowded) byId("note").textContent = crowd ? "too many messages in view: zoom in to see them" : "";
  crowded = crowd;
  document.body.dataset.drawMillis = performance.now() - started;
}

let pending = false;
function redraw() {
  if (!pending) {
    pending = true;
    requestAnimationFrame(() => { pending = false; draw(); });
  }
}

function look(a, b) {
  const least = mode === "time" ? 20 : 4;
  from = a;
  to = Math.max(b, a + least);
  redraw();
}

function zoom(factor, at) {
  if (following) at = to;
  wholly = false;
  look(at - (at - from) * factor, at + (to - at) * factor);
}

/** Moves the view, and lets the present go on without it. */
function pan(by) {
  following = wholly = false;
  look(from + by, to + by);
}

function whole() {
  wholly = true;
  let low = Infinity, high = -Infinity;
  for (let place = 0; place < run.times.length; place++) {
    low = Math.min(low, value(place));
    high = Math.max(high, value(place));
  }
  if (present !== null && mode === "time") high = Math.max(high, present);
  const margin = (high - low) * .01 + 1;
  if (low <= high) look(low - margin, high + margin);
}

/** Looks at a request and what is around it. */
function show(turn) {
  following = wholly = false;
  choose(turn);
  const a = value(turn.asked), b = until(turn), margin = (b - a) * .5 + (mode === "time" ? 50 : 5);
  look(a - margin, b + margin);
}

/** The next or previous request that is shown. */
function step(by) {
  const all = turns.filter(shown).sort((a, b) => a.asked - b.asked);
  const turn = all[chosen ? all.indexOf(chosen) + by : by > 0 ? 0 : all.length - 1];
  if (turn) show(turn);
}

function describe(turn) {
  const end = endTime(turn);
  const entered = turn.entered < 0 ? end : run.times[turn.entered];
  return (turn.number ? "entry " + turn.number + ": " : "") + `peer ${run.peers[turn.peer]} [${run.locks[turn.lock]}] ${withMode(turn)}`
    + `, waited ${lengthOf(entered - run.times[turn.asked])}` + (turn.entered < 0 ? "" : `, inside ${lengthOf(end - entered)}, fence ${turn.fence}`)
    + (turn.end !== "OPEN" ? ENDS[turn.end] : (turn.entered < 0 ? ", still waiting" : ", still inside") + (lastHeard(turn.peer) < Infinity ? " when last heard" : goesOn(turn) ? "" : ENDS.OPEN)) + `\n${where(turn.asked)} to ${where(turn.ended)}`;
}

function describeArrow(a) {
  const ends = a.sent < 0 ? `no log shows its sending; ${where(a.received)}`
    : a.received < 0 ? `no log shows its arrival; ${where(a.sent)}`
    : `${between(a.sent, a.received)} on the way; ${where(a.sent)} to ${where(a.received)}`;
  return `${a.kind === 3 ? "" : KINDS[a.kind].toUpperCase() + " "}${a.stamp}${a.again ? " again" : ""} [${run.locks[a.lock]}] from ${run.peers[a.from]} to ${run.peers[a.to]}, ${ends}`;
}

function choose(turn) {
  chosen = turn;
  const story = byId("story");
  story.textContent = turn ? describe(turn) : "";
  if (turn) {
    const list = document.createElement("ol");
    const steps = arrows.filter(a => ofChosen(a) && (a.sent < 0 ? a.received : a.sent) >= turn.asked
      && (goesOn(turn) || (a.sent < 0 ? a.received : a.sent) <= turn.ended)).map(a => [a.sent < 0 ? a.received : a.sent, describeArrow(a)]);
    marks.filter(mark => ofChosen(mark) && mark.place >= turn.asked && (goesOn(turn) || mark.place <= turn.ended))
      .forEach(mark => steps.push([mark.place, `${mark.text}; ${where(mark.place)}`]));
    steps.sort((a, b) => a[0] - b[0]).forEach(([place, text]) => {
      const item = document.createElement("li");
      item.textContent = "+" + between(turn.asked, place) + "  " + text;
      list.append(item);
    });
    story.append(list);
  }
  redraw();
}

/** What is under the pointer: a mark, a bar, or the nearest arrow. */
function pick(px, py) {
  const mark = visible.marks.find(m => Math.abs(x(value(m.place)) - px) < 5 && Math.abs(under(m) - py) < 6);
  if (mark) return {text: mark.text + "\n" + where(mark.place)};
  const turn = visible.turns.filter(t => Math.abs(line(t.peer, t) - py) <= BAR / 2
    && x(value(t.asked)) - 2 <= px && px <= x(until(t)) + 2).sort((a, b) => b.asked - a.asked)[0];
  if (turn) return {text: describe(turn), turn};
  let best = null, nearest = 6;
  for (const a of visible.arrows) {
    if (a.sent < 0 || a.received < 0) continue;
    const x1 = x(value(a.sent)), y1 = line(a.from, a), dx = x(value(a.received)) - x1, dy = line(a.to, a) - y1;
    const t = Math.max(0, Math.min(1, ((px - x1) * dx + (py - y1) * dy) / (dx * dx + dy * dy)));
    const distance = Math.hypot(px - x1 - t * dx, py - y1 - t * dy);
    if (distance < nearest) { nearest = distance; best = a; }
  }
  return best && {text: describeArrow(best)};
}

function pointed(event) {
  const box = picture.getBoundingClientRect();
  return {px: event.clientX - box.left, py: event.clientY - box.top, v: from + (event.clientX - box.left - LEFT) / (width - LEFT) * (to - from)};
}

let drag = null, dragged = false; // a click follows a drag, too
picture.addEventListener("wheel", event => {
  event.preventDefault();
  zoom(Math.exp(event.deltaY / 400), pointed(event).v);
}, {passive: false});
picture.addEventListener("pointerdown", event => {
  drag = {x: event.clientX, from};
  dragged = false;
});
addEventListener("pointerup", () => drag = null);
picture.addEventListener("pointermove", event => {
  const tip = byId("tip");
  if (drag) {
    dragged = dragged || Math.abs(event.clientX - drag.x) > 3;
    if (dragged) pan(drag.from - (event.clientX - drag.x) / (width - LEFT) * (to - from) - from);
    tip.style.display = "none";
    return;
  }
  const {px, py} = pointed(event), found = pick(px, py);
  tip.style.display = found ? "block" : "none";
  if (found) {
    tip.textContent = found.text;
    tip.style.left = Math.max(4, Math.min(event.pageX + 12, innerWidth - 470)) + "px";
    tip.style.top = event.pageY + 14 + "px";
  }
});
picture.addEventListener("pointerleave", () => byId("tip").style.display = "none");
picture.addEventListener("click", event => {
  if (dragged) return;
  const {px, py} = pointed(event), found = pick(px, py);
  choose(found && found.turn || null);
});
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || ["INPUT", "SELECT"].includes(event.target.tagName)) return;
  const middle = (from + to) / 2, fifth = (to - from) / 5;
  const action = {"+": () => zoom(.5, middle), "-": () => zoom(2, middle), "0": whole, ArrowLeft: () => pan(-fifth),
    ArrowRight: () => pan(fifth), n: () => step(1), p: () => step(-1), Escape: () => choose(null)}[event.key];
  if (action) action();
});
byId("in").onclick = () => zoom(.5, (from + to) / 2);
byId("out").onclick = () => zoom(2, (from + to) / 2);
byId("all").onclick = whole;
byId("lock").onchange = event => { lock = Number(event.target.value); redraw(); };
byId("mode").onchange = event => { mode = event.target.value; prepare(); whole(); };
byId("find").onchange = event => {
  const wanted = event.target.value.trim();
  const turn = turns.find(t => t.stamp === wanted || t.number && String(t.number) === wanted);
  byId("note").textContent = turn || !wanted ? "" : `no request "${wanted}" here`;
  if (turn) show(turn);
};
addEventListener("resize", redraw);
