// Fetches what a list shows only when it is asked, the filters and the menu of a row, and opens it.
// It comes as Wagtail renders it, and takes the place of the element around its button.

const unanswered = document.querySelector("script[data-unanswered]"); // the words for it

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-fetch]");
  if (button && !button.ariaBusy) open(button);
});

async function open(button) {
  button.ariaBusy = "true";
  const place = button.parentElement;
  const around = place.parentElement;
  const answer = await ask(button.dataset.fetch);
  if (answer.status >= 500) {
    button.ariaBusy = null;
    return tell("add", { clear: true, type: "error", text: unanswered.dataset.unanswered });
  }
  if (!answer.ok) return location.reload(); // the page says best what is amiss: signed out, withdrawn
  if (unanswered.said) tell("clear");
  place.outerHTML = await answer.text();
  await new Promise(requestAnimationFrame); // until Wagtail's scripts know the new element
  const toggle = around.querySelector("[data-w-dropdown-target='toggle']");
  toggle?.focus();
  toggle?.click();
}

/** The answer; without a connection, as that of a server that is down. */
async function ask(url) {
  try {
    const answer = await fetch(url, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    return new Response(await answer.text(), { status: answer.status });
  } catch {
    return new Response("", { status: 503 });
  }
}

function tell(what, detail) {
  unanswered.said = what === "add";
  document.dispatchEvent(new CustomEvent(`w-messages:${what}`, { detail }));
}
