// Small manners around htmx. Without this file, and without htmx, everything still works.

const SLOW = 400; // milliseconds before a wait is shown

let timer;

const byId = (id) => document.getElementById(id);

function settle() {
  clearTimeout(timer);
  byId("results")?.removeAttribute("aria-busy");
}

// Enter in a field submits the form and then changes the field: one question, asked once.
let asked;
document.addEventListener("htmx:configRequest", (event) => {
  const question = String(new URLSearchParams(event.detail.formData));
  if (question === asked && event.detail.triggeringEvent?.type === "change") event.preventDefault();
  asked = question;
});

document.addEventListener("htmx:beforeRequest", () => {
  settle();
  timer = setTimeout(() => byId("results")?.setAttribute("aria-busy", "true"), SLOW);
});

document.addEventListener("htmx:afterRequest", settle);

document.addEventListener("htmx:afterSettle", (event) => {
  // The form is never swapped, so its fields learn here whether their dates were understood.
  for (const name of ["from", "to"]) {
    if (byId(`${name}-error`)?.textContent) byId(name).setAttribute("aria-invalid", "true");
    else byId(name)?.removeAttribute("aria-invalid");
  }
  // A tick leaves the page where it is; the button asks to see the entries.
  if (event.detail.requestConfig?.triggeringEvent?.type === "submit") {
    byId("rh")?.focus({ preventScroll: true });
    byId("results")?.scrollIntoView();
  }
});

for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => event.target.closest?.("form")?.submit());
}
