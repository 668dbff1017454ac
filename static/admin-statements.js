// The statements of an entry from the keyboard: the next one, two of one, one of each pasted
// paragraph, up and down, and the source of the one above.

const forms = document.getElementById("id_statements-FORMS");
if (forms && document.querySelector("template[data-statement-tools]")) equip();

// An error report leads to the statement, or the sentence of the summary, that it is about.
if (/^#[sl]-\w+$/.test(location.hash)) addEventListener("load", () => setTimeout(lead));

function lead() {
  const id = location.hash.slice(3);
  const statement = document.querySelector(`#id_statements-FORMS [value="${id}"]`);
  if (location.hash.startsWith("#s-")) return statement && textOf(statement.closest("[data-inline-panel-child]")).focus();
  const summary = document.getElementById("id_summary");
  const { text } = JSON.parse(document.querySelector(`[name="support-of-${id}"]`)?.value ?? "{}");
  const at = text ? summary.value.indexOf(text) : -1;
  summary.focus();
  if (at >= 0) summary.setSelectionRange(at, at + text.length);
}

function equip() {
  const keys = document.querySelector("template[data-statement-keys]").content.cloneNode(true);
  forms.before(keys);
  for (const row of rows(forms)) tools(row);
  forms.addEventListener("w-formset:added", ({ target }) => {
    if (target.parentElement !== forms) return;
    tools(target);
    if (!citations(target).length) addCitation(target);
    textOf(target).focus();
  });
  forms.addEventListener("keydown", pressed);
  forms.addEventListener("paste", pasted);
}

// Rows

function rows(container) {
  return [...container.children].filter((row) => row.matches("[data-inline-panel-child]:not(.deleted)"));
}

function prefix(row) {
  return row.id.replace("inline_child_", "");
}

function field(row, name) {
  return document.getElementById(`id_${prefix(row)}-${name}`);
}

function textOf(row) {
  return field(row, "text");
}

function fill(element, value) {
  element.value = value;
  element.dispatchEvent(new Event("input", { bubbles: true }));
  element.dispatchEvent(new Event("change", { bubbles: true }));
}

function panel(of) {
  const options = { formsetPrefix: `id_${of}`, emptyChildFormPrefix: `${of}-__prefix__`, canOrder: true };
  return new window.InlinePanel(options, false); // the page has its own, which has bound the controls
}

/** A new statement below another, with a citation to fill in. */
function addBelow(row) {
  const statements = panel("statements");
  statements.addForm();
  const added = forms.lastElementChild;
  if (row !== added.previousElementSibling) {
    row.after(added);
    statements.updateOrderValues();
    statements.updateControlStates();
  }
  textOf(added).focus();
  return added;
}

// Citations

function citations(row) {
  return rows(document.getElementById(`id_${prefix(row)}-citations-FORMS`));
}

function addCitation(row) {
  panel(`${prefix(row)}-citations`).addForm();
  return citations(row).at(-1);
}

function source(citation) {
  return document.getElementById(`id_${prefix(citation)}-source-chooser`).widget;
}

/** Cite in `row` what `citation` cites; in which words only if `whole`. */
function cite(row, citation, whole) {
  const chooser = source(citation);
  const state = chooser.getState();
  if (!state?.id) return;
  state[chooser.titleStateKey] ??= state.title; // as the page was sent it is called title
  const blank = citations(row).find((each) => !source(each).getState()?.id);
  const target = blank ?? addCitation(row);
  source(target).setState(state);
  field(target, "source").dispatchEvent(new Event("change", { bubbles: true }));
  if (whole) for (const name of ["quotation", "locator", "language", "translation"]) fill(field(target, name), field(citation, name).value);
}

function citeAgain(row) {
  const here = rows(forms);
  const above = here.slice(0, here.indexOf(row)).reverse();
  const chosen = above.flatMap((each) => citations(each).filter((one) => source(one).getState()?.id).slice(-1))[0];
  const known = citations(row).map((each) => source(each).getState()?.id);
  if (chosen && !known.includes(source(chosen).getState().id)) cite(row, chosen, false);
}

// Two of one, one of each

function split(row) {
  const text = textOf(row);
  const at = text.selectionStart;
  const [head, tail] = [text.value.slice(0, at).trim(), text.value.slice(at).trim()];
  fill(text, head);
  becomes(addBelow(row), tail, row, true);
}

/** Let `added` say `words` on the evidence of `row`. */
function becomes(added, words, row, whole) {
  fill(textOf(added), words);
  fill(field(added, "nature"), field(row, "nature").value);
  for (const citation of citations(row)) cite(added, citation, whole);
  textOf(added).focus();
  textOf(added).setSelectionRange(0, 0);
}

function paragraphs(text) {
  return text.split(/\s*\n\s*/).filter(Boolean);
}

function pasted(event) {
  const row = event.target.closest("#id_statements-FORMS > [data-inline-panel-child]");
  const number = paragraphs(event.clipboardData?.getData("text/plain") ?? "").length;
  if (event.target !== textOf(row) || number < 2) return;
  setTimeout(() => offer(row)); // when the words are in the field
}

function offer(row) {
  const number = paragraphs(textOf(row).value).length;
  const box = row.querySelector("[data-offer]");
  for (const part of box.querySelectorAll("[data-text]")) part.textContent = part.dataset.text.replace("{n}", number);
  box.hidden = false;
  box.querySelector("[data-offer-take]").focus();
}

function divide(row) {
  const [first, ...others] = paragraphs(textOf(row).value);
  fill(textOf(row), first);
  for (const words of others.reverse()) becomes(addBelow(row), words, row, false);
}

// Buttons and keys

function tools(row) {
  const tools = document.querySelector("template[data-statement-tools]").content.cloneNode(true).firstElementChild;
  const leave = () => {
    tools.querySelector("[data-offer]").hidden = true;
  };
  tools.querySelector("[data-split]").addEventListener("click", () => split(row));
  tools.querySelector("[data-cite-again]").addEventListener("click", () => citeAgain(row));
  tools.querySelector("[data-offer-take]").addEventListener("click", () => {
    leave();
    divide(row);
  });
  tools.querySelector("[data-offer-leave]").addEventListener("click", () => {
    leave();
    textOf(row).focus();
  });
  textOf(row).closest("[data-field]").append(tools);
}

function pressed(event) {
  const row = event.target.closest("#id_statements-FORMS > [data-inline-panel-child]");
  if (!row) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    addBelow(row);
  } else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    event.preventDefault();
    const way = event.key === "ArrowUp" ? "up" : "down";
    row.querySelector(`[data-inline-panel-child-move-${way}]`).click();
    event.target.focus();
  }
}
