// Small manners around htmx: focus after a swap, a busy mark on a slow line,
// and the ordinary form when the line fails. Without this file everything still works.

const SLOW = 400; // milliseconds before a wait is shown

let timer;

function results() {
  return document.getElementById("results");
}

document.addEventListener("htmx:beforeRequest", () => {
  clearTimeout(timer);
  timer = setTimeout(() => results()?.setAttribute("aria-busy", "true"), SLOW);
});

document.addEventListener("htmx:afterRequest", () => {
  clearTimeout(timer);
  results()?.removeAttribute("aria-busy");
});

for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    const form = event.target.closest?.("form");
    if (form) form.submit();
  });
}
