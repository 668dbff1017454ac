// Opens the note that a citation or a term points to beside the words.
// Without this file a citation leads to the list of sources, and the list leads back.

const NOTES = 'a[href^="#source-"], a[href^="#term-"]';
const GAP = 6; // pixels between the words and the note

const box = document.getElementById("note");
let opener;

document.addEventListener("click", (event) => {
  if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a");
  if (link?.matches(NOTES) && !box.contains(link) && box.showPopover) open(event, link);
  else if (box.contains(link)) box.hidePopover();
});

// The browser closes the note at Escape and at a click elsewhere; the reader goes on where they were.
box.addEventListener("toggle", (event) => {
  if (event.newState === "closed" && box.contains(document.activeElement)) opener?.focus();
});

// Nor may it hide what the Tab key reaches next.
box.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !box.contains(event.relatedTarget)) box.hidePopover();
});

function open(event, link) {
  const note = document.getElementById(link.hash.slice(1));
  if (!note) return;
  event.preventDefault();
  opener = link;
  const body = box.querySelector("div");
  body.replaceChildren(...[...note.cloneNode(true).childNodes]);
  body.querySelector(".back")?.remove();
  for (const part of body.querySelectorAll("[id]")) part.removeAttribute("id");
  // Of the words quoted from a source, those that belong to what the reader is looking at.
  const told = link.closest('[data-rests], [id^="s-"], [id^="f-"], [id^="d-"]');
  const here = told?.dataset.rests?.split(" ") ?? [told?.id];
  for (const quoted of body.querySelectorAll("[data-for]")) {
    if (!quoted.dataset.for.split(" ").some((id) => here.includes(id))) quoted.remove();
  }
  box.ariaLabel = link.ariaLabel ?? link.textContent.trim();
  box.querySelector(":scope > p a").href = link.hash;
  // Beside its opener in the document too, so that the Tab key goes from one to the other.
  (link.closest("sup") ?? link).after(box);
  box.showPopover();
  place(link.getBoundingClientRect());
  box.focus();
}

function place(words) {
  const { width, height } = box.getBoundingClientRect();
  const below = words.bottom + GAP + height < innerHeight || words.top < height + GAP;
  box.style.left = `${Math.max(GAP, Math.min(words.left, document.documentElement.clientWidth - width - GAP))}px`;
  box.style.top = `${scrollY + (below ? words.bottom + GAP : words.top - GAP - height)}px`;
}
