// Of the boxes about a change only those that its kind asks for are shown; without this file all are.
// A box that holds words or an error stays, so that nothing typed is out of sight when it is sent.

const WANTED = { change_note: "update", correction_wrong: "correction", correction_right: "correction" };

function show() {
  const chosen = document.querySelector('input[name="change"]:checked')?.value;
  for (const [name, kind] of Object.entries(WANTED)) {
    const box = document.getElementById(`id_${name}`);
    const row = box?.closest(".w-panel__wrapper");
    if (row) row.hidden = chosen !== kind && !box.value && !row.querySelector(".error-message");
  }
}

document.addEventListener("change", (event) => event.target.name === "change" && show());
show();
