// Offers the time zone of the device to an account that has none, beside the times of the schedule.

const FIELDS = "#id_go_live_at, #id_expire_at";

/** The dialog is moved into the form when it is first needed, maybe after this has run. */
document.addEventListener("w-dialog:shown", offer);
offer();

function offer() {
  const place = document.querySelector("[data-schedule-zone]");
  const button = place?.querySelector("[data-zone-take]");
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const hidden = place?.querySelector("input[type=hidden]");
  if (!button || button.textContent || !timeZone || timeZone === hidden.value) return;
  button.textContent = button.dataset.zoneTake.replace("{zone}", timeZone);
  button.hidden = false;
  button.addEventListener("click", () => take(place, button, hidden, timeZone));
}

async function take(place, button, hidden, zone) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const body = new URLSearchParams({ zone, csrfmiddlewaretoken: token });
  const answer = await fetch(place.dataset.scheduleZone, { method: "POST", body });
  if (!answer.ok) return;
  const { words } = await answer.json();
  if (hidden.value === "UTC") for (const field of document.querySelectorAll(FIELDS)) field.value = local(field.value);
  hidden.value = zone;
  place.querySelector("[data-zone-words]").textContent = words;
  place.querySelector("[data-zone-none]")?.remove();
  const said = place.querySelector("[data-zone-said]");
  said.textContent = said.dataset.zoneSaid;
  button.remove();
}

/** A time of UTC, as the clock of this device shows it. */
function local(text) {
  const moment = new Date(`${text.trim().replace(" ", "T")}Z`);
  if (Number.isNaN(moment.getTime())) return text;
  const two = (number) => String(number).padStart(2, "0");
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${day} ${two(moment.getHours())}:${two(moment.getMinutes())}`;
}
