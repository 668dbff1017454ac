// "/" leads to the search field, unless the reader is writing or has turned that off (on the page about the site).

const field = document.getElementById("q");
const choice = document.getElementById("slash");

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !isOn()) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  field.focus();
  field.select();
});

if (choice) {
  choice.checked = isOn();
  choice.addEventListener("change", () => {
    localStorage.setItem("slash", choice.checked ? "on" : "off");
  });
}

/** Whether the reader has not turned the key off. A browser may keep nothing at all. */
function isOn() {
  try {
    return localStorage.getItem("slash") !== "off";
  } catch {
    return true;
  }
}
