// "Check now" on the form of a source: asks the server to visit its addresses, and shows what
// it found. The form is not sent, so nothing that was typed is lost.

for (const panel of document.querySelectorAll("[data-links]")) {
  const button = panel.querySelector("button");
  const waiting = panel.querySelector("[role=status]");
  button.addEventListener("click", async () => {
    button.disabled = true;
    waiting.hidden = false;
    const found = await check(panel.dataset.links);
    const list = panel.querySelector("[aria-live]");
    if (found === null) list.textContent = panel.dataset.failed;
    else list.innerHTML = found; // our own template, escaped there
    waiting.hidden = true;
    button.disabled = false;
    button.focus();
  });
}

async function check(url) {
  const body = new URLSearchParams({
    csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]").value,
  });
  try {
    const answer = await fetch(url, { method: "POST", body });
    return answer.ok && !answer.redirected ? await answer.text() : null;
  } catch {
    return null;
  }
}
