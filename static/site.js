// Answers a question about the chronology in place. Every answer is a whole page, the very one a
// browser without script would show; this lifts its changed parts into the page the reader is on.
// The form is never replaced, but for a facet whose options are all asked for: focus and half-typed words stay.

const PARTS = ["opening", "river", "applied", "years", "results"];
const HEAD = 'link[rel="canonical"], link[rel="alternate"], meta[name="description"], meta[name="robots"]';
const LINKS = "#river a, .chips a, .head :is(.switch, .order) a, .lost a, #results .note a";
const SLOW = 400; // milliseconds before a wait is shown
const PAUSE = 200; // milliseconds between a tick and the question, for the next tick to join

const byId = (id) => document.getElementById(id);
const form = document.querySelector(".filters");
const list = new URL(form.action).pathname;
let shown = location.pathname + location.search;
let asked = shown;
let request;
let wait;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(typed(), { scroll: true });
});

form.addEventListener("click", (event) => {
  const button = event.target.closest("[formaction]");
  if (!button) return;
  event.preventDefault();
  unfold(button.closest("fieldset"));
});

form.addEventListener("change", () => {
  clearTimeout(wait);
  wait = setTimeout(() => typed() === asked || ask(typed()), PAUSE);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest(LINKS);
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (link.matches(".turn")) {
    event.preventDefault();
    turn(url);
    return;
  }
  if (url.origin !== location.origin || url.pathname !== list || url.pathname + url.search === shown) return;
  event.preventDefault();
  ask(url.pathname + url.search, { focus: true, sync: true });
});

addEventListener("popstate", () => {
  const address = location.pathname + location.search;
  if (address !== shown) ask(address, { push: false, sync: true });
});

/** The address of what the form says, without its empty fields. */
function typed() {
  const pairs = [...new FormData(form)].filter(([, value]) => value.trim());
  return pairs.length ? `${list}?${new URLSearchParams(pairs)}` : list;
}

/** Fetch an answer and show it. Whatever goes wrong becomes an ordinary visit to the address. */
async function ask(address, { push = true, scroll = false, focus = false, sync = false } = {}) {
  clearTimeout(wait);
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  asked = address;
  const busy = setTimeout(() => byId("results").setAttribute("aria-busy", "true"), SLOW);
  try {
    const isWhole = form.querySelector("fieldset > details:not(.sub)");
    const isTable = byId("river").querySelector(".river:not(.brief)");
    const answers = await Promise.all([
      read(address, signal),
      isWhole && read(whole(address), signal),
      isTable && read(overview(address), signal),
    ]);
    if (signal.aborted) return;
    const [answer, options, table] = answers;
    shown = answer.address;
    if (push) history.pushState(null, "", shown);
    show(answer.page, (options || answer).page, sync);
    if (table) byId("river").replaceWith(table.page.getElementById("river"));
    if (focus || scroll) byId("rh").focus({ preventScroll: true });
    if (scroll) byId("results").scrollIntoView();
  } catch {
    if (!signal.aborted) location.assign(address);
  } finally {
    clearTimeout(busy);
    if (!signal.aborted) byId("results")?.removeAttribute("aria-busy");
  }
}

/** A page of ours, and the address it was found at. */
async function read(address, signal) {
  const response = await fetch(address, { signal });
  if (!response.ok) throw new Error(response.statusText);
  const { pathname, search } = new URL(response.url);
  return { page: new DOMParser().parseFromString(await response.text(), "text/html"), address: pathname + search };
}

/** The address of the form with all options, for the question at an address. */
function whole(address) {
  return `/filters/${new URL(address, location).search}`;
}

/** The address of the overview by subject, for the question at an address. */
function overview(address) {
  return `/overview/${new URL(address, location).search}`;
}

/** Show the overview by subject in the place of the strip, or the strip again. */
async function turn(url) {
  try {
    byId("river").replaceWith((await read(url.pathname + url.search)).page.getElementById("river"));
    document.querySelector("#river .turn").focus();
  } catch {
    location.assign(url);
  }
}

/** Put all options of a facet into the form, as ticked as they are now. */
async function unfold(facet) {
  const address = whole(typed());
  try {
    const all = (await read(address)).page.getElementById(facet.id);
    for (const { value, checked } of facet.querySelectorAll("input")) all.querySelector(`[value="${value}"]`).checked = checked;
    facet.replaceWith(all);
    all.querySelector("details:not(.sub) > summary").focus();
  } catch {
    location.assign(`${address}#${facet.id}`);
  }
}

function show(answer, options, sync) {
  for (const id of PARTS) byId(id).replaceWith(answer.getElementById(id));
  document.title = answer.title;
  for (const old of document.head.querySelectorAll(HEAD)) old.remove();
  document.head.append(...answer.head.querySelectorAll(HEAD));
  for (const number of form.querySelectorAll("i[id]")) {
    const now = options.getElementById(number.id);
    if (now) number.replaceWith(now);
  }
  const errors = [...form.querySelectorAll(".err")];
  for (const error of errors) {
    error.textContent = answer.getElementById(error.id).textContent;
    const field = form.elements[error.id.replace("-error", "")];
    if (error.textContent) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  if (sync) follow(answer.querySelector(".filters"));
  byId("announce").textContent = [...errors, byId("rh")].map((part) => part.textContent).join(" ");
}

/** Make the form say what a followed link asks. */
function follow(other) {
  const ticks = new Set([...new FormData(other)].map(String));
  for (const field of [...form.elements].filter((one) => one.matches("input"))) {
    if (field.type === "checkbox") {
      field.checked = ticks.delete(`${field.name},${field.value}`);
      if (field.checked) field.closest("details.f").open = true;
    } else field.value = other.elements[field.name].value;
  }
  // A ticked option that this form does not offer: let the browser show the whole page.
  if ([...ticks].some((tick) => other.querySelector(`[type=checkbox][name="${tick.split(",")[0]}"]`))) location.reload();
}
