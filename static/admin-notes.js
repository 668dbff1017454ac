// Sends the open form to the server shortly after each change and shows what it says: what
// readers will see beside a field, what is amiss, what is still missing, which entries are near.

const WAIT = 500; // milliseconds without a change
const AIMS = { title: ["characters", 80], summary: ["words", 60], quotation: ["words", 40], text: ["words", 40] };

const desk = document.querySelector("[data-entry-notes]");
if (desk) watch(desk.closest("form"));

function watch(form) {
  let timer, request;

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  }

  async function ask() {
    request?.abort();
    request = new AbortController();
    try {
      const body = new FormData(form);
      const answer = await fetch(address(form), { method: "POST", body, signal: request.signal });
      if (!answer.ok) return;
      show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") console.warn(error); // the next change asks again
    }
  }

  for (const type of ["input", "change", "w-formset:added", "w-formset:removed"]) form.addEventListener(type, soon);
  form.addEventListener("input", ({ target }) => count(target));
  form.addEventListener("w-formset:added", ({ target }) => countAll(target));
  countAll(form);
  ask();
}

/** A new entry saves itself while it is written, and then has an id. */
function address(form) {
  const saved = /\/pages\/(\d+)\/edit\//.exec(form.action);
  return saved ? desk.dataset.notesOf.replace("/0/", `/${saved[1]}/`) : desk.dataset.entryNotes;
}

// How long

function countAll(root) {
  for (const field of root.querySelectorAll("#id_title, #id_summary, [name$='-quotation'], [name^='statements-'][name$='-text']")) count(field);
}

function count(field) {
  const aim = AIMS[field.name?.split("-").pop()];
  if (!aim || field.name.startsWith("source_notes")) return;
  const [unit, limit] = aim;
  const text = field.value.trim();
  const n = unit === "words" ? words(text) : [...text].length;
  const counter = beside(field, "entry-counter");
  counter.textContent = text ? desk.dataset[unit].replace("{n}", n).replace("{limit}", limit) : "";
  counter.classList.toggle("entry-counter--over", n > limit);
}

/** How many words a text has: two kanji or kana are one, as the server counts them. */
function words(text) {
  let unspaced = 0;
  const spaced = text.replace(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/gu, () => (unspaced++, " "));
  return spaced.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length + Math.ceil(unspaced / 2);
}

// Beside the fields

function beside(field, name) {
  const place = field.closest("[data-field]");
  let element = place.querySelector(`:scope > .${name}`);
  if (!element) {
    element = document.createElement("div");
    element.className = name;
    element.setAttribute("aria-live", name === "entry-notes" ? "polite" : "off");
    place.append(element);
  }
  return element;
}

function show({ notes, problems, extent, similar, suggestions, support, ids }) {
  desk.hidden = false;
  for (const [name, id] of Object.entries(ids)) document.getElementsByName(name)[0].value ||= id;
  showSupport(support);
  reveal("#id_date_extent", extent);
  const told = Map.groupBy(notes, (note) => note.at);
  for (const [at, here] of told) {
    const field = document.getElementById(at);
    if (field) write(beside(field, "entry-notes"), here, field);
  }
  for (const element of document.querySelectorAll(".entry-notes")) {
    const field = element.closest("[data-field]").querySelector("[id^=id_]");
    if (!told.has(field?.id)) write(element, []);
  }
  showProblems(problems);
  showSimilar(similar);
  showSuggestions(suggestions);
}

/** Only what changed is written, so a screen reader hears only that. */
function write(element, notes, field) {
  const wanted = notes.map(({ tone, text }) => `${tone} ${text}`).join("\n");
  if ((element.dataset.written ?? "") === wanted) return;
  element.dataset.written = wanted;
  element.replaceChildren(
    ...notes.map(({ tone, text, offers }) => {
      const line = document.createElement("p");
      line.className = `entry-note entry-note--${tone}`;
      line.textContent = text;
      line.append(...offers.flatMap((offer) => [" ", button(offer, field)]));
      return line;
    }),
  );
}

/** Puts what is offered into the field. */
function button(offer, field) {
  const one = document.createElement("button");
  Object.assign(one, { type: "button", className: "button button-small button-secondary", textContent: offer });
  one.addEventListener("click", () => {
    field.value = offer;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  return one;
}

/** A question shows only where the answer matters; what was answered stays in the form. */
function reveal(field, matters) {
  document.querySelector(field).closest(".w-panel__wrapper").hidden = !matters;
}

// What the summary rests on

const supports = document.querySelector("[data-support]");

/** New boxes for the sentences that stand in the form now; what was opened stays open, and the focus where it was. */
function showSupport(markup) {
  if (supports.dataset.written === markup) return;
  supports.dataset.written = markup;
  const focused = supports.contains(document.activeElement) ? document.activeElement : null;
  const open = [...supports.querySelectorAll("details[open]")].map(sentenceOf);
  supports.innerHTML = markup;
  for (const details of supports.querySelectorAll("details")) details.open = open.includes(sentenceOf(details));
  if (!focused) return;
  const again = [...supports.querySelectorAll("input")].find(({ name, value }) => name === focused.name && value === focused.value);
  again?.focus();
}

function sentenceOf(details) {
  return details.closest("fieldset").querySelector("input").name;
}

// What is missing

function showProblems(problems) {
  const heading = desk.querySelector("[data-problem-count]");
  const { none, one, more } = heading.dataset;
  const text = [none, one][problems.length] ?? more.replace("{n}", problems.length);
  if (heading.textContent !== text) heading.textContent = text;
  desk.querySelector("[data-problem-list]").replaceChildren(
    ...problems.map(({ panel, message }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#id_${panel}`;
      link.textContent = message;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        visit(panel);
      });
      item.append(link);
      return item;
    }),
  );
}

function visit(name) {
  const element = document.querySelector(`#id_${name}-FORMS, #id_${name}, [name="${name}"]`);
  if (!element) return;
  const tab = element.closest("[role=tabpanel]");
  if (tab?.hidden) document.querySelector(`[role=tab][href="#${tab.id}"]`)?.click();
  const field = element.matches("[id$=-FORMS]") ? element.querySelector("textarea, input:not([type=hidden])") : element;
  const place = element.closest("[data-panel]") ?? element;
  place.scrollIntoView({ block: "start" });
  (field ?? place.querySelector("button"))?.focus({ preventScroll: true });
}

// Which other entries

function showSimilar(others) {
  desk.querySelector("[data-similar]").hidden = !others.length;
  desk.querySelector("[data-similar-list]").replaceChildren(
    ...others.map(({ title, date, url, why }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      Object.assign(link, { href: url, target: "_blank", textContent: title });
      item.append(link, ` ${date} · ${why}`);
      return item;
    }),
  );
}

function showSuggestions(others) {
  const rows = document.getElementById("id_follows-FORMS");
  let box = rows.parentElement.querySelector(".entry-suggestions");
  if (!box) {
    rows.after(document.querySelector("template[data-suggestions]").content.cloneNode(true));
    box = rows.parentElement.querySelector(".entry-suggestions");
  }
  box.hidden = !others.length;
  box.querySelector("ul").replaceChildren(
    ...others.map((other) => {
      const item = document.querySelector("template[data-suggestion]").content.cloneNode(true).firstElementChild;
      const [button, date, link, why] = item.children;
      date.textContent = other.date;
      Object.assign(link, { href: other.url, textContent: other.title });
      why.textContent = other.why;
      button.setAttribute("aria-label", `${button.textContent}: ${other.title}`);
      button.addEventListener("click", () => {
        follow(other);
        item.remove();
      });
      return item;
    }),
  );
}

function follow({ pk, title, url }) {
  const options = { formsetPrefix: "id_follows", emptyChildFormPrefix: "follows-__prefix__", canOrder: true };
  const panel = new window.InlinePanel(options, false); // the page has its own, which has bound the controls
  panel.addForm();
  const id = `id_follows-${panel.formCount - 1}-earlier`;
  document.getElementById(`${id}-chooser`).widget.setState({ id: pk, title, edit_url: url });
  document.getElementById(id).dispatchEvent(new Event("change", { bubbles: true }));
}
