// A source in seconds. Pasting an address looks it up at once, and so does Enter in its field.
// Without this, a button does; the server fills the form either way.

const FIELD = "[data-intake] input[name=url]";

function lookUp(field) {
  const button = field.closest("[data-intake]").querySelector("[data-look-up]");
  if (button && field.value.trim()) button.click();
}

document.addEventListener("paste", ({ target }) => {
  if (!target.matches?.(FIELD) || target.value) return;
  setTimeout(() => lookUp(target)); // the field has the address only after this event
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches?.(FIELD)) return;
  event.preventDefault();
  lookUp(event.target);
});

// A day that the page shows goes into its field at once; without this, the server puts it there.
document.addEventListener("click", (event) => {
  const day = event.target.closest?.("[data-intake] [data-day]");
  const field = day?.closest("form").querySelector("[name=published]");
  if (!field) return;
  event.preventDefault();
  field.value = day.dataset.day;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
});

// The chooser sends its form itself and leaves out which button was pressed.
document.addEventListener(
  "submit",
  ({ target, submitter }) => {
    if (!target.matches("form[data-chooser-modal-creation-form]")) return;
    target.querySelector("input[name=look_up]")?.remove();
    if (!submitter?.matches("[data-look-up]")) return;
    const pressed = document.createElement("input");
    Object.assign(pressed, { type: "hidden", name: submitter.name, value: submitter.value });
    target.append(pressed);
  },
  { capture: true },
);

// Whoever opens the tab of a new source has an address to paste.
document.addEventListener("click", ({ target }) => {
  const tab = target.closest?.(".modal [role=tab]");
  if (tab) setTimeout(() => document.querySelector(`.modal .w-tabs__panel:not([hidden]) ${FIELD}`)?.focus());
});

/** What was found. Where it appears, the next thing to look at gets the focus: Enter there saves. */
class IntakeResult extends HTMLElement {
  connectedCallback() {
    setTimeout(() => {
      const form = this.closest("form");
      const next = form?.querySelector(this.dataset.next);
      if (!next) return;
      next.focus({ preventScroll: true });
      this.closest("[data-intake]").scrollIntoView({ block: "start" });
      next.style.scrollMarginBlockEnd = "7rem"; // Wagtail's buttons lie over the end of the page
      next.scrollIntoView({ block: "nearest" });
    }, 50); // after the chooser has shown its tab again
  }
}

customElements.define("intake-result", IntakeResult);

/** A long list, such as that of publishers, as a field to type in; what is typed must be in the list. */
class SearchedSelect extends HTMLElement {
  connectedCallback() {
    const select = this.querySelector("select");
    if (!select || this.querySelector("input")) return;
    const list = Object.assign(document.createElement("datalist"), { id: `${select.id}-names` });
    const named = [...select.options].filter(({ value }) => value);
    list.append(...named.map(({ text }) => new Option("", text)));
    const field = Object.assign(document.createElement("input"), { type: "text", id: select.id, autocomplete: "off" });
    field.setAttribute("list", list.id);
    if (select.hasAttribute("aria-describedby")) field.setAttribute("aria-describedby", select.getAttribute("aria-describedby"));
    field.value = select.value ? select.selectedOptions[0].text : "";
    select.hidden = true;
    select.removeAttribute("id"); // its label is that of the field now
    field.addEventListener("input", () => {
      const typed = field.value.trim().toLowerCase();
      const chosen = named.find(({ text }) => text.toLowerCase() === typed);
      select.value = chosen?.value ?? "";
      field.setCustomValidity(typed && !chosen ? this.dataset.unknown : "");
    });
    field.addEventListener("change", () => field.reportValidity());
    this.prepend(field, list);
  }
}

customElements.define("searched-select", SearchedSelect);
