// Quotations from our copy of a source: a click selects a sentence, a button puts what is selected
// into the next statement that has none. Without this, words are copied and pasted.

const copy = document.querySelector("[data-copy]");
if (copy) equip();

function equip() {
  document.querySelector("[data-quote-help]").hidden = true;
  document.querySelector("[data-quote-tools]").hidden = false;
  copy.addEventListener("click", selectSentence);
  document.querySelector("[data-quote]").addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection
  document.querySelector("[data-quote]").addEventListener("click", quote);
}

function selected() {
  const selection = getSelection();
  const inside = selection.rangeCount && copy.contains(selection.getRangeAt(0).commonAncestorContainer);
  return inside ? selection.toString().trim().replace(/\s+/g, " ") : "";
}

function selectSentence({ target }) {
  const selection = getSelection();
  const paragraph = target.closest("[data-copy] > p");
  if (!paragraph || !selection.isCollapsed || !selection.rangeCount) return;
  const at = selection.getRangeAt(0).startOffset;
  const node = paragraph.firstChild;
  const segments = new Intl.Segmenter(copy.lang || "en", { granularity: "sentence" }).segment(node.data);
  const { index, segment } = segments.containing(Math.min(at, node.data.length - 1));
  const range = document.createRange();
  range.setStart(node, index);
  range.setEnd(node, index + segment.trimEnd().length);
  selection.removeAllRanges();
  selection.addRange(range);
}

function quote() {
  const words = selected();
  const rows = [...document.querySelectorAll("[data-statement-row]")];
  const row = rows.find((each) => !each.querySelector("[data-quotation]").value.trim());
  if (!words || !row) return;
  const field = row.querySelector("[data-quotation]");
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  row.querySelector("[data-statement]").focus();
}
