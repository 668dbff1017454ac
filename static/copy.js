// Copies an address that stands after a button; without the clipboard it is selected, ready to copy.
// A list of addresses has its buttons from here, when it is opened: nobody else needs them.

document.addEventListener("toggle", ({ target }) => offer(target), true);
offer(document);

function offer(part) {
  for (const list of part.querySelectorAll(".formats[data-copy]")) {
    for (const address of list.querySelectorAll("code")) {
      if (address.previousElementSibling.matches(".copy")) continue;
      const what = document.createElement("span");
      what.className = "vh";
      what.textContent = ` ${list.dataset.what.replace("…", address.closest("li").querySelector("a, b").textContent)}`;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "plain copy";
      button.dataset.copied = list.dataset.copied;
      button.append(list.dataset.copy, what);
      address.before(button, " ");
    }
  }
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.(".copy");
  if (!button) return;
  const address = button.nextElementSibling;
  try {
    await navigator.clipboard.writeText(address.textContent);
    button.firstChild.data = button.dataset.copied;
    button.setAttribute("role", "status"); // said aloud
  } catch {
    getSelection().selectAllChildren(address);
  }
});
