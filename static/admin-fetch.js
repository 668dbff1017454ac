// Fetches what a list shows only when it is asked, the filters and the menu of a row, and opens it.
// It comes as Wagtail renders it, and takes the place of the element around its button.

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-fetch]");
  if (button && !button.ariaBusy) open(button);
});

async function open(button) {
  button.ariaBusy = "true";
  const place = button.parentElement;
  const around = place.parentElement;
  try {
    const answer = await fetch(button.dataset.fetch, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) throw new Error(answer.status);
    place.outerHTML = await answer.text();
  } catch {
    return location.reload(); // the page says best what is amiss: signed out, withdrawn, no connection
  }
  await new Promise(requestAnimationFrame); // until Wagtail's scripts know the new element
  const toggle = around.querySelector("[data-w-dropdown-target='toggle']");
  toggle?.focus();
  toggle?.click();
}
