// Copies an address that stands after a button; without the clipboard it is selected, ready to copy.

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
