// The translators' desk from the keyboard: the next segment and the one before, a word that is offered, saving or
// reviewing and on to the next (timeline/admin/translating/desk.py). What is typed saves itself as in an entry's form.

const form = document.querySelector("form.segments");
const rows = [...form.querySelectorAll("[data-segment]")];
const boxOf = (row) => row.querySelector("textarea");
const rowOf = (element) => element.closest("[data-segment]");
const note = document.querySelector("[data-kept-note]");

function go(from, by) {
  const place = rows.indexOf(from) + by;
  if (rows[place]) boxOf(rows[place]).focus();
}

/** Put a word in where the cursor is; the browser can take it back with Ctrl Z. */
function take(button) {
  const box = boxOf(rowOf(button));
  box.focus();
  const [start, end] = [box.selectionStart, box.selectionEnd];
  box.setRangeText(button.textContent.trim(), start, end, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

form.addEventListener("click", ({ target }) => {
  const offer = target.closest("[data-offer]");
  if (offer) take(offer);
});

form.addEventListener("keydown", (event) => {
  const row = rowOf(event.target);
  if (!row || event.isComposing) return; // Enter and digits choose among what an input method offers
  const digit = event.altKey && /^Digit([1-9])$/.exec(event.code);
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") row.querySelector("[data-next]")?.click();
  else if (event.altKey && event.key === "ArrowDown") go(row, 1);
  else if (event.altKey && event.key === "ArrowUp") go(row, -1);
  else if (digit && row.querySelectorAll("[data-offer]")[digit[1] - 1]) {
    take(row.querySelectorAll("[data-offer]")[digit[1] - 1]);
  } else return;
  event.preventDefault();
});

form.addEventListener("input", ({ target }) => {
  const row = target.matches("textarea") && rowOf(target);
  if (!row) return;
  const next = row.querySelector("[data-next]");
  next.hidden = false;
  if (next.dataset.typed) next.textContent = next.dataset.typed;
  row.querySelector("[data-slip]")?.setAttribute("open", "");
});

document.addEventListener("w-autosave:success", ({ detail }) => {
  if (detail.response?.kept_at) note.textContent = note.dataset.words.replace("{time}", detail.response.kept_at);
});

// The segment that waits; where an address names one, the browser itself goes there.
const here = !location.hash && form.querySelector("textarea[autofocus]");
if (here) here.focus();
