// All that the page shows without this is in its HTML; this filters it, answers "why", and draws lines.
// Texts of the facts become text nodes and nothing else.
"use strict";
(() => {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const byId = (id) => document.getElementById(id);
  const buttons = facts.cards.map((_, number) => byId(`card-${number}`));
  const rows = new Map([...document.querySelectorAll("#table tr[data-card]")].map((row) => [Number(row.dataset.card), row]));
  const rooms = [...document.querySelectorAll(".room")];
  const seers = [...document.querySelectorAll(".sees")];
  const MOST_EDGES = 12; // more conflicts than these are drawn for the chosen card alone
  const ARC = 32; // pixels that a line goes out to the left between cards one over the other
  const MOST_PLAIN = 60; // a room with more cards that nothing is special about shows them when asked to
  let chosen = null; // number of the card that is explained
  let seer = null; // number of the room whose view is lit
  let cameFrom = null; // where the focus goes when the answer is closed

  // An element with text and elements in it; a class of "" is none.
  function make(tag, classes, ...content) {
    const made = document.createElement(tag);
    if (classes) made.className = classes;
    made.append(...content);
    return made;
  }

  const label = (card) => `${card.name} ${card.version}`;
  const hue = (room) => [...rooms[room].classList].find((name) => name !== "room");
  const counted = (number, one, several) => `${number} ${number === 1 ? one : several}`;

  // --- what is shown -------------------------------------------------------------------------------------------

  const haystacks = facts.cards.map((card) =>
    [card.name, card.version, ...(card.imports ?? []), ...(card.aliases ?? [])].join(" ").toLowerCase());

  function matches(number, words, room) {
    const card = facts.cards[number];
    return words.every((word) => haystacks[number].includes(word))
      && (!byId("several").checked || card.several)
      && (!byId("direct").checked || card.asked !== undefined)
      && (room === "" || card.room === Number(room));
  }

  function filter() {
    let found = 0;
    const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const room = byId("room").value;
    for (const number of facts.cards.keys()) {
      const is = matches(number, words, room);
      buttons[number].parentElement.hidden = !is;
      rows.get(number).hidden = !is;
      found += is;
    }
    const folds = found === facts.cards.length; // what was looked for is shown, all of it
    for (const { folder: { more, plain, unfolded } } of folders) {
      more.hidden = !folds;
      for (const item of plain) item.classList.toggle("folded", folds && !unfolded);
    }
    for (const room of rooms) room.hidden = !room.querySelector(".cards > li:not([hidden])");
    byId("nothing").hidden = found > 0;
    const all = counted(facts.cards.length, "distribution", "distributions");
    say(found === facts.cards.length ? all : `${found} of ${all}`);
    keepOneStop();
    draw();
  }

  const isPlain = ({ asked, several }, number) =>
    !asked && !several && !facts.conflicts.some(({ cards }) => cards.includes(number));

  // What a large room holds besides the cards that say something, behind a button.
  const folders = rooms.flatMap((room, index) => {
    const numbers = [...facts.cards.keys()].filter((number) => facts.cards[number].room === index);
    const plain = numbers.filter((number) => isPlain(facts.cards[number], number))
      .map((number) => buttons[number].parentElement);
    if (plain.length <= MOST_PLAIN) return [];
    const more = make("button", "more");
    more.type = "button";
    const folder = { more, plain, unfolded: false };
    const turn = (unfolded) => {
      folder.unfolded = unfolded;
      more.setAttribute("aria-expanded", unfolded);
      more.textContent = unfolded ? "Show fewer" : `Show ${plain.length} more`;
    };
    more.addEventListener("click", () => {
      turn(!folder.unfolded);
      filter();
    });
    turn(false);
    room.append(more);
    return [{ folder, unfold: () => turn(true) }];
  });

  // The one live region of the page.
  function say(text) {
    byId("found").textContent = text;
  }

  function show(table) {
    byId("as-table").setAttribute("aria-pressed", table);
    byId("table").hidden = !table;
    byId("environments").hidden = table;
    draw();
  }

  // --- what a room sees ----------------------------------------------------------------------------------------

  function see(room) {
    seer = seer === room ? null : room;
    const elsewhere = new Set(seer === null ? [] : facts.rooms[seer].sees);
    document.body.classList.toggle("seeing", seer !== null);
    buttons.forEach((button, number) => {
      const own = facts.cards[number].room === seer;
      button.classList.toggle("seen", own || elsewhere.has(number));
      button.classList.toggle("elsewhere", elsewhere.has(number));
    });
    for (const button of seers) button.setAttribute("aria-pressed", Number(button.dataset.room) === seer);
    if (seer === null) return filter();
    const { name, cards } = facts.rooms[seer];
    say(`${name} sees ${cards} of its own and ${elsewhere.size} elsewhere`);
    draw();
  }

  // --- why a card is there -------------------------------------------------------------------------------------

  function jump(number, text = label(facts.cards[number])) {
    const link = make("a", `jump ${hue(facts.cards[number].room)}`, text);
    link.href = `#card-${number}`;
    link.dataset.card = number;
    return link;
  }

  const list = (classes, items) => make("ul", classes, ...items.map((item) => make("li", "", ...[item].flat())));

  function* answered(card) {
    if (card.others) {
      yield ["Other copies", list("flow", card.others.map((other) =>
        jump(other, `${facts.cards[other].version} in ${facts.rooms[facts.cards[other].room].name}`)))];
    }
    const ways = (card.chains ?? []).map((chain) => make("div", "way",
      make("span", "from", `${facts.project} requires ${chain.from}`),
      ...chain.cards.flatMap((number, place) => (place ? [" → ", jump(number)] : [jump(number)]))));
    if (card.more) ways.push(make("span", "note", `and ${counted(card.more, "other requirement", "others")} of the project`));
    if (ways.length) yield ["Required by the project through", list("", ways)];
    const chosenBy = [...(card.overridden ?? [])];
    if (chosenBy.length) yield ["In this version because", list("", chosenBy)];
    const isolated = [...(card.isolated ? ["[tool.mvenv] isolate says so"] : []), ...(card.follows ?? [])];
    if (isolated.length) yield ["Isolated because", list("", isolated)];
    if (card.cuts) {
      yield ["Apart because", list("", card.cuts.map((cut) =>
        [cut.text, ...(cut.reasons ?? []).map((reason) => make("div", "note", reason))]))];
    }
    if (card.apart) {
      yield [card.over ? "Apart because" : "Apart because its group is, for another reason",
        list("", card.apart.map((each) =>
          [each.reason, ...each.requirements.map((text) => make("div", "note", text))]))];
    }
    yield ["Seen by", make("p", "", card.seen)];
    if (card.tied) {
      yield ["Not by the application's own code", make("p", "note",
        `${card.tied.join(", ")} brings it as near as others bring another version: require it yourself to see one`)];
    }
    if (card.requires) yield ["Requires", list("flow", card.requires.map((number) => jump(number)))];
    if (card.by) yield ["Required by", list("flow", card.by.map((number) => jump(number)))];
    if (card.imports) yield ["Imported as", make("p", "", make("code", "", card.imports.join(", ")))];
  }

  function choose(number, { focus = false } = {}) {
    unchoose();
    chosen = number;
    const card = facts.cards[number];
    const room = facts.rooms[card.room];
    buttons[number].setAttribute("aria-current", "true");
    for (const { cards } of card.chains ?? []) {
      for (const each of cards) if (each !== number) buttons[each].classList.add("on-way");
    }
    for (const each of opposed(number)) buttons[each].classList.add("opposed");
    const heading = make("h2", "", label(card));
    heading.tabIndex = -1;
    const close = make("button", "close", "Close");
    close.type = "button";
    close.addEventListener("click", () => leave());
    byId("answer").replaceChildren(
      make("header", "", heading, close),
      make("p", "note", `in ${room.name}, `, make("code", "", room.path)),
      ...[...answered(card)].flatMap(([title, content]) => [make("h3", "", title), content]));
    byId("answer").hidden = false;
    byId("legend").hidden = true;
    byId("why").scrollTop = 0;
    keepOneStop(buttons[number]);
    history.replaceState(null, "", `#card-${number}`);
    if (focus) heading.focus({ preventScroll: true });
    else say(`${label(card)} is explained`);
    draw();
  }

  function unchoose() {
    for (const each of document.querySelectorAll(".on-way, .opposed")) each.classList.remove("on-way", "opposed");
    if (chosen !== null) buttons[chosen].removeAttribute("aria-current");
    chosen = null;
  }

  // Close the answer; the focus goes back to where it came from.
  function leave() {
    unchoose();
    byId("answer").hidden = true;
    byId("legend").hidden = false;
    history.replaceState(null, "", location.pathname + location.search);
    cameFrom?.focus();
    draw();
  }

  function opposed(number) {
    return facts.conflicts.filter(({ cards }) => cards.includes(number)).flatMap(({ cards }) => cards)
      .filter((each) => each !== number);
  }

  // Bring a card that may be hidden by a filter, or shown in the table, into view.
  function reveal(number) {
    const item = buttons[number].parentElement;
    if (item.classList.contains("folded")) {
      folders.find(({ folder }) => folder.plain.includes(item)).unfold();
      filter();
    }
    if (item.hidden) {
      byId("find").value = byId("room").value = "";
      byId("several").checked = byId("direct").checked = false;
      filter();
    }
    if (byId("table").hidden) buttons[number].scrollIntoView({ block: "nearest" });
  }

  // --- lines ---------------------------------------------------------------------------------------------------

  function svg(tag, attributes, text = "") {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  }

  // Between the sides of two boxes that lie beside each other; of boxes one over the other, in an arc on the left.
  function curve(one, other) {
    const [left, right] = one.left <= other.left ? [one, other] : [other, one];
    const beside = left.right < right.left;
    const [x1, x2] = [beside ? left.right : left.left, right.left];
    const [y1, y2] = [left, right].map((box) => (box.top + box.bottom) / 2);
    const middle = beside ? (x1 + x2) / 2 : Math.min(x1, x2) - ARC;
    const x = beside ? middle : (x1 + x2) / 8 + middle * 0.75; // where a cubic curve is at its half
    return { path: `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}`, x, y: (y1 + y2) / 2 };
  }

  function draw() {
    const edges = byId("edges");
    const origin = edges.getBoundingClientRect();
    const box = (number) => {
      const found = buttons[number].getBoundingClientRect();
      if (!found.width) return null; // filtered out
      const [x, y] = [origin.left, origin.top];
      return { left: found.left - x, right: found.right - x, top: found.top - y, bottom: found.bottom - y };
    };
    const drawn = [];
    const line = (kind, one, other, number, reason) => {
      const [from, to] = [box(one), box(other)];
      if (!from || !to) return;
      const { path, x, y } = curve(from, to);
      drawn.push(svg("path", { class: kind, d: path }));
      if (number) drawn.push(svg("circle", { cx: x, cy: y, r: 9 }), svg("text", { x, y }, number));
    };
    facts.conflicts.forEach(({ cards: [first, ...rest] }, number) => {
      const concerned = chosen === first || rest.includes(chosen);
      if (!(concerned || (chosen === null && seer === null && facts.conflicts.length <= MOST_EDGES))) return;
      for (const other of new Set(rest)) if (other !== first) line("conflict", first, other, number + 1);
    });
    const ways = new Map(); // each step once, however many ways it is on
    for (const { cards } of chosen === null ? [] : facts.cards[chosen].chains ?? []) {
      cards.slice(1).forEach((other, place) => ways.set(`${cards[place]} ${other}`, [cards[place], other]));
    }
    for (const [one, other] of ways.values()) line("way", one, other);
    edges.replaceChildren(...drawn);
  }

  // --- keys ----------------------------------------------------------------------------------------------------

  const shown = () => buttons.filter((button) => !button.closest("[hidden], .folded"));

  // Of the cards of a room one is on the way of the Tab key; the arrows lead to the others.
  function keepOneStop(preferred = document.activeElement) {
    for (const room of rooms) {
      const cards = [...room.querySelectorAll(".cards > li:not([hidden], .folded) > .card")];
      const stop = cards.includes(preferred) ? preferred : cards.find((card) => card.tabIndex === 0) ?? cards[0];
      for (const card of cards) card.tabIndex = card === stop ? 0 : -1;
    }
  }

  // The card next to one: left and right in reading order, up and down by where they are.
  function neighbour(card, key) {
    const cards = shown();
    const place = cards.indexOf(card);
    if (key === "ArrowRight") return cards[place + 1];
    if (key === "ArrowLeft") return cards[place - 1];
    if (key === "Home") return cards[0];
    if (key === "End") return cards.at(-1);
    const here = card.getBoundingClientRect();
    const way = key === "ArrowDown" ? 1 : -1;
    let best = null;
    for (const other of cards) {
      const there = other.getBoundingClientRect();
      const down = way * (there.top - here.top);
      if (down < here.height / 2) continue;
      const cost = down + Math.abs(there.left - here.left) * 2;
      if (best === null || cost < best.cost) best = { cost, other };
    }
    return best?.other;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const card = event.target.closest("button.card");
    if (event.key === "Escape") {
      if (chosen !== null) leave();
      else if (seer !== null) see(seer);
      else return;
    } else if (event.key === "/" && !event.target.matches("input, select")) {
      byId("find").focus();
    } else if (event.key === "Enter" && event.target === byId("find")) {
      const first = shown()[0];
      if (!first) return;
      cameFrom = byId("find");
      choose(Number(first.dataset.card), { focus: true });
    } else if (card && /^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) {
      const next = neighbour(card, event.key);
      if (next) {
        keepOneStop(next);
        next.focus();
      }
    } else return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const source = event.target.closest("[data-card]:is(button, a)");
    const seeing = event.target.closest(".sees");
    if (seeing) see(Number(seeing.dataset.room));
    if (!source) return;
    event.preventDefault();
    const number = Number(source.dataset.card);
    if (!byId("answer").contains(source)) cameFrom = source;
    // A click that a key or a screen reader has made has no count; then the focus goes with it.
    choose(number, { focus: event.detail === 0 });
    if (source.matches("a")) reveal(number);
  });

  for (const id of ["find", "several", "direct", "room"]) byId(id).addEventListener("input", filter);
  byId("as-table").addEventListener("click", () => show(byId("table").hidden));
  new ResizeObserver(draw).observe(byId("main"));
  byId("controls").hidden = false;
  show(false);
  filter();
  const linked = /^#card-(\d+)$/.exec(location.hash);
  if (linked && buttons[linked[1]]) {
    choose(Number(linked[1]));
    reveal(Number(linked[1]));
  }
})();
