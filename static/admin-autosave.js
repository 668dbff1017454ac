// Wagtail saves a draft on its own shortly after each change. A button pressed while that
// request is on its way would race it: whichever came second would look to the server like
// another window. So the form waits for the answer, which renews its hidden fields.

const LONGEST = 10_000; // milliseconds; after that the editor's own wish goes first
const LEAVING = 30_000; // as long as Wagtail's buttons stay busy

let saving = null; // the event of the save that is due or on its way
let held = null; // what the editor pressed meanwhile
let leaving; // the form is on its way: nothing saves itself any more

document.addEventListener("w-autosave:save", (event) => {
  if (leaving || held) event.preventDefault();
  else saving = event;
});

function answered() {
  saving = null;
  // Wagtail's own listeners go first: they put the new revision into the form.
  if (held) setTimeout(release);
}

document.addEventListener("w-autosave:success", ({ target, detail }) => {
  // Or a button would send the form as one made from an older version, which asks before it overwrites.
  for (const name of ["revision_id", "revision_created_at"]) {
    const field = target.querySelector(`[name=loaded_${name}]`);
    if (field && detail.response?.[name]) field.value = detail.response[name];
  }
  answered();
});
document.addEventListener("w-autosave:error", answered);

function release() {
  if (!held) return;
  const { form, submitter, timer } = held;
  clearTimeout(timer);
  held = saving = null;
  const disabled = submitter?.disabled; // it shows “Saving…”, but a disabled button sends no name
  if (disabled) submitter.disabled = false;
  leave();
  form.requestSubmit(submitter);
  if (disabled) submitter.disabled = true;
}

function leave() {
  clearTimeout(leaving);
  leaving = setTimeout(stay, LEAVING);
}

function stay() {
  clearTimeout(leaving);
  leaving = undefined;
}

/** Whether the save still waits for its interval to pass; Wagtail then heeds preventDefault(). */
function unsent({ target, timeStamp }) {
  const interval = Number(target.dataset.wAutosaveIntervalValue ?? 500);
  return performance.now() - timeStamp < interval - 20;
}

document.addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    if (!form.matches("form[data-edit-form]")) return;
    if (saving && !held && unsent(saving)) {
      saving.preventDefault();
      saving = null;
    }
    if (saving) {
      event.preventDefault();
      event.stopImmediatePropagation();
      held ??= { form, submitter, timer: setTimeout(release, LONGEST) };
      return;
    }
    leave();
    setTimeout(() => event.defaultPrevented && stay());
  },
  { capture: true },
);

// The dialogue of an approval sends the form itself, past all listeners.
for (const form of document.querySelectorAll("form[data-edit-form]")) form.submit = () => form.requestSubmit();
