// Says in words why a form cannot be saved now (signed out, another account, no connection, no
// answer), asks until that has passed, and saves then. What is typed meanwhile is kept by
// admin-kept.js. A button is pressed only once the server has said that it will be heard.

const EVERY = 3_000; // milliseconds between two questions while nothing can be saved
const FRESH = 3_000; // for so long an answer counts
const PATIENCE = 8_000;

const template = document.querySelector("template[data-session-note]");
const form = template && document.querySelector("form[data-edit-form]");
if (form) watch();

function watch() {
  const note = template.content.firstElementChild.cloneNode(true);
  const words = note.dataset;
  const account = document.querySelector("[data-kept-of]").dataset.keptOf;
  const saves = form.matches("[data-controller~=w-autosave]"); // by itself, while it is written
  let state = "ok";
  let heard = performance.now(); // when the server answered last, to this account
  let asking, timer, refused = 0;
  let dialog = null; // the form over this one whose button was pressed, to make a record

  /** Which of the states it is: ok, out, other, offline, down. */
  function ask() {
    asking ??= question().finally(() => (asking = null));
    return asking;
  }

  async function question() {
    let answer;
    try {
      const headers = { Accept: "application/json" };
      const signal = AbortSignal.timeout(PATIENCE);
      answer = await fetch(words.account, { headers, signal, redirect: "manual", cache: "no-store" });
    } catch {
      return tell("offline");
    }
    if (answer.status >= 500) return tell("down");
    if (!answer.ok) return tell("out"); // refused, or led to the page to sign in
    const said = await answer.json();
    if (said.account !== account) return tell("other", said.name);
    renew(said.token);
    heard = performance.now();
    return tell("ok");
  }

  /** To sign in makes older tokens void. */
  function renew(token) {
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    if (window.wagtailConfig) window.wagtailConfig.CSRF_TOKEN = token;
  }

  function tell(next, name = "") {
    clearTimeout(timer);
    const back = state !== "ok" && next === "ok";
    state = next;
    if (next === "ok") {
      dialog = null;
      note.remove();
      if (back) resume();
    } else {
      show(next, name);
      timer = setTimeout(ask, EVERY);
    }
    return next;
  }

  function show(next, name = "") {
    if (!dialog?.isConnected) dialog = null;
    const kept = dialog ? words.dialog : form.dataset.kept === "no" ? words.lost : words.kept;
    const after = { out: words.again, other: "" }[next] ?? words.retries;
    const sentences = [words[next].replace("{name}", name), kept, (saves && !dialog) || !after ? after : words.press];
    const text = sentences.filter(Boolean).join(" ");
    const line = note.querySelector("p");
    if (line.textContent !== text) line.textContent = text; // else a screen reader says it each time
    note.querySelector("a").hidden = next !== "out";
    if (dialog && note.parentNode !== dialog) dialog.append(note);
    else if (!note.isConnected) form.querySelector("footer").before(note);
  }

  /** Wagtail's own sign that something has changed: the draft saves itself. */
  function resume() {
    const detail = { type: "edits" };
    if (saves) form.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail }));
  }

  // The draft saves itself

  window.addEventListener(
    "w-autosave:save",
    (event) => {
      if (state !== "out" && state !== "other") return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );

  window.addEventListener(
    "w-autosave:error",
    async (event) => {
      const { detail, target } = event;
      if (detail.asked || !["server_error", "network_error"].includes(detail.type)) return;
      event.stopImmediatePropagation();
      const found = await ask();
      const text = found === "ok" ? words.refused : words[found].replace("{name}", "");
      const told = { ...detail, text: found === "other" ? words.out : text, asked: true };
      target.dispatchEvent(new CustomEvent("w-autosave:error", { bubbles: true, detail: told }));
      if (found !== "ok") return;
      refused += 1; // with a new token it may be taken, and else after a while
      setTimeout(resume, refused === 1 ? 0 : Math.min(60_000, 1_000 * 2 ** refused));
      if (refused > 1) show("refused");
    },
    { capture: true },
  );

  document.addEventListener("w-autosave:success", () => {
    refused = 0;
    heard = performance.now();
    tell("ok");
  });

  // The editor saves

  let heldUp = false;
  document.addEventListener(
    "submit",
    (event) => {
      const { target } = event;
      const above = target.method === "post" && target.closest(".modal");
      if ((target !== form && !above) || event.submitter?.formMethod === "get") return;
      if (state === "ok" && performance.now() - heard < FRESH) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (heldUp) return;
      heldUp = true;
      const { submitter } = event;
      dialog = above ? target : null;
      ask().then((found) => {
        heldUp = false;
        if (found === "ok") press(target, submitter);
        else setTimeout(() => submitter?.setAttribute("data-w-progress-loading-value", "false")); // after Wagtail’s own timer
      });
    },
    { capture: true },
  );

  function press(target, submitter) {
    const disabled = submitter?.disabled; // it shows “Saving…”, but a disabled button sends no name
    if (disabled) submitter.disabled = false;
    target.requestSubmit(submitter);
    if (disabled) submitter.disabled = true;
  }

  // Signs that something has changed

  document.addEventListener("w-swap:error", ask);
  window.addEventListener("offline", ask);
  window.addEventListener("online", ask);
  window.addEventListener("focus", () => state !== "ok" && ask());
  document.addEventListener("visibilitychange", () => !document.hidden && state !== "ok" && ask());
  if (!saves) form.addEventListener("input", () => performance.now() - heard > 60_000 && ask());

  // Wagtail asks before a newer version is overwritten, and when there is no connection. Here nothing
  // is overwritten without a page that shows both (timeline/admin/conflicts.py).
  document.addEventListener("w-session:ping", ({ target }) => target.removeAttribute("data-w-session-w-dialog-outlet"));
}
