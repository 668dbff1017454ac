// Opens the tools of a statement or of the entry: copies its link, its words or a reference, leads to the form for errors.
// What is copied stands on the page "Cite". Without this file "#" is a link, and that page has everything.

const GAP = 6; // pixels between the words and the tools
const SHOWN = 2000; // milliseconds that a button says what it did

const tools = document.getElementById("tools");
const touch = matchMedia("(hover: none)");
const [cite, report] = [tools.querySelector("[data-cite]"), tools.querySelector("[data-report]")];
let forms;

document.addEventListener("click", (event) => {
  if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || !tools.showPopover) return;
  if (tools.contains(event.target)) return;
  const link = event.target.closest("a, button");
  const said = event.target.closest(".said");
  if (link?.matches(".anchor, .citing")) {
    event.preventDefault();
    if (link.hash) history.replaceState(null, "", link.hash); // the address of the page leads there, too
    open(link, link.closest(".said"));
  } else if (!link && said && touch.matches && getSelection().isCollapsed) open(said.querySelector(".anchor"), said);
});

tools.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  try {
    await navigator.clipboard.writeText((await forms)[button.dataset.form]);
  } catch {
    location.assign(cite.href); // no permission, no secure connection or no network: there it can be selected
    return;
  }
  const label = button.textContent;
  button.textContent = tools.querySelector("[role=status]").textContent = tools.dataset.copied;
  setTimeout(() => (button.textContent = label), SHOWN);
});

tools.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !tools.contains(event.relatedTarget)) tools.hidePopover();
});

async function open(link, said) {
  const query = said ? `&statement=${said.id.slice(2)}` : "";
  cite.href = cite.dataset.cite + query;
  report.href = report.dataset.report + query;
  const [reference, quote] = [tools.querySelector(".cite"), tools.querySelector("[data-form=quote]")];
  reference.textContent = tools.querySelector("[role=status]").textContent = "";
  quote.hidden = !said;
  // Beside its opener in the document too, so that the Tab key goes from one to the other.
  link.after(tools);
  tools.showPopover();
  tools.querySelector("button").focus({ preventScroll: true });
  const { href } = cite;
  forms = read(href);
  const place = () => put((said ?? link).getBoundingClientRect());
  place();
  try {
    const { text } = await forms;
    if (cite.href === href) reference.textContent = text;
    place();
  } catch {
    // The buttons lead to the page.
  }
}

/** The forms on a page "Cite", by their names. */
async function read(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(response.statusText);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return Object.fromEntries([...page.querySelectorAll("[data-form]")].map((one) => [one.dataset.form, one.textContent]));
}

function put(words) {
  const { width, height } = tools.getBoundingClientRect();
  const below = words.bottom + GAP + height < innerHeight || words.top < height + GAP;
  tools.style.left = `${Math.max(GAP, Math.min(words.left, document.documentElement.clientWidth - width - GAP))}px`;
  tools.style.top = `${scrollY + (below ? words.bottom + GAP : words.top - GAP - height)}px`;
}

// Who follows a link to a statement that has gone is told so.
const gone = document.getElementById("gone");
if (gone && /^#[sl]-\w+$/.test(location.hash) && !document.getElementById(location.hash.slice(1))) {
  const note = gone.content.cloneNode(true);
  note.querySelector("a").href = `${gone.dataset.cite}?statement=${location.hash.slice(3)}`;
  document.querySelector("article > header").append(note);
}
