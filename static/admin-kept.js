// Keeps what is typed into a form from the first keystroke until the server has it, and offers it
// again when the form is opened the next time (timeline/admin/keeping.py). In IndexedDB, which outlives
// a crash of the browser; one copy for each time a form is open, of one account.

const DAYS = 30;
const AGO = 24 * 3600 * 1000;
const PRIVATE = ["csrfmiddlewaretoken", "kept", "kept_by"];

const desk = document.querySelector("[data-kept-of]");
if (desk) start(desk.dataset);

async function start(words) {
  const store = open();
  const form = "keepsTyping" in words ? document.querySelector("form[data-edit-form]") : null;
  // Before Wagtail takes its first look at the form, which would find a change.
  const writing = form && !form.querySelector("[type=password]") ? write(form, words, store) : null;
  try {
    await thrownAway(await store);
    const mine = (await all(await store)).filter((copy) => copy.account === words.keptOf);
    const idle = await unheld(mine.filter((copy) => copy.id !== writing?.id));
    if (writing) for (const copy of idle) if (copy.address === writing.address()) offer(copy, form, words, store);
    if (location.pathname === words.keptHome) list(idle);
  } catch (error) {
    console.warn(error); // a browser that keeps nothing
  }
  askBeforeLeaving(words, store);
}

// Keeping

function write(form, words, store) {
  const copy = { id: words.keptAs || crypto.randomUUID(), account: words.keptOf };
  for (const [name, value] of [["kept", copy.id], ["kept_by", copy.account]]) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    form.prepend(field);
  }
  navigator.locks?.request(`kept-${copy.id}`, () => new Promise(() => {})); // until this page is gone
  const address = () => new URL(form.action, location).pathname;
  let changes = 0, sent = 0, held = 0; // how many there were when the draft was sent, and when it held all
  let busy = false, again = false;

  function content() {
    const pairs = [...new FormData(form)].filter(([name]) => !PRIVATE.includes(name));
    const files = pairs.filter(([, value]) => value instanceof File && value.name).map(([, value]) => value.name);
    return { pairs: pairs.filter(([, value]) => typeof value === "string"), files };
  }

  async function keep() {
    if (busy) again = true;
    if (busy || (changes && changes === held)) return;
    busy = true;
    try {
      await put(await store, { ...copy, ...content(), address: address(), title: title(form), at: Date.now() });
      form.dataset.kept = "yes";
    } catch (error) {
      form.dataset.kept = "no";
      console.warn(error);
    }
    busy = false;
    if (again) {
      again = false;
      keep();
    }
  }

  function changed() {
    changes += 1;
    keep();
  }

  for (const type of ["input", "change", "w-formset:added", "w-formset:removed", "w-unsaved:add"]) {
    form.addEventListener(type, changed, { capture: true });
  }
  document.addEventListener("w-autosave:save", () => (sent = changes), { capture: true });
  document.addEventListener("w-autosave:success", async ({ detail }) => {
    // Once all who listen have put in what the answer says: the numbers of new rows, the new version.
    if (changes !== sent || detail.response?.unread) return void setTimeout(keep);
    held = changes;
    await remove(await store, copy.id);
  });
  if (words.keptAs) keep(); // what was sent is shown again, and was not saved
  return { id: copy.id, address };
}

const title = (form) =>
  (form.querySelector("[name=title], [name=name], [name=family_name]")?.value || document.title).trim().slice(0, 100);

/** When it was typed, as our pages write dates: in the time zone of the account, not of the device. */
function when({ at }) {
  const { lang } = document.documentElement;
  const style = { dateStyle: "long", timeStyle: "short", timeZone: desk.dataset.keptZone };
  return new Date(at).toLocaleString(lang === "en" ? "en-GB" : lang, style);
}

// Offering

async function offer(copy, form, words, store) {
  const body = filled(copy, form);
  const url = new URL(form.action, location);
  url.searchParams.set("kept", "compare");
  const answer = await fetch(url, { method: "POST", body, headers: { Accept: "text/html" } });
  if (answer.status === 204) return remove(await store, copy.id); // the server has it all
  const section = document.querySelector("template[data-kept-offer]").content.cloneNode(true).firstElementChild;
  section.querySelector("time").textContent = when(copy);
  if (answer.ok) section.querySelector("[data-kept-differences]").innerHTML = await answer.text();
  const files = section.querySelector("[data-kept-files]");
  files.hidden = !copy.files.length;
  files.textContent = words.file.replace("{names}", copy.files.join(", "));
  section.querySelector("[data-take]").addEventListener("click", () => take(copy, form));
  section.querySelector("[data-discard]").addEventListener("click", async () => {
    await remove(await store, copy.id);
    section.remove();
  });
  form.before(section);
  return section;
}

/** What is sent for a copy: its content, with the token of the form that is open. */
function filled(copy, form) {
  const body = new FormData();
  for (const [name, value] of copy.pairs) body.append(name, value);
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  return body;
}

/** Open the form with a copy in it: the server makes it, as it knows which rows there are. */
function take(copy, form) {
  const url = new URL(form.action, location);
  url.searchParams.set("kept", "show");
  const sender = Object.assign(document.createElement("form"), { method: "post", action: url, hidden: true });
  const body = filled(copy, form);
  body.append("kept", copy.id); // it stays until it is saved
  for (const [name, value] of body) {
    sender.append(Object.assign(document.createElement("textarea"), { name, value }));
  }
  document.body.append(sender);
  sender.submit();
}

function list(copies) {
  if (!copies.length) return;
  const section = document.querySelector("template[data-kept-list]").content.cloneNode(true).firstElementChild;
  for (const copy of copies) {
    const link = Object.assign(document.createElement("a"), { href: copy.address, textContent: copy.title });
    const item = document.createElement("li");
    item.append(link, ` ${when(copy)}`);
    section.querySelector("ul").append(item);
  }
  document.querySelector("#main .content").prepend(section);
}

// Leaving

/** A shared computer keeps nothing of whoever signed out. */
function askBeforeLeaving(words, store) {
  let agreed = false;
  document.addEventListener(
    "submit",
    async (event) => {
      const { target, submitter } = event;
      if (agreed || !target.getAttribute("action")?.endsWith("/logout/")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const mine = (await all(await store).catch(() => [])).filter((copy) => copy.account === words.keptOf);
      const titles = [...new Set(mine.map((copy) => `“${copy.title}”`))].join(", ");
      if (mine.length && !confirm(words.leaving.replace("{titles}", titles))) return;
      for (const copy of mine) await remove(await store, copy.id);
      agreed = true;
      target.requestSubmit(submitter);
    },
    { capture: true },
  );
}

// The store

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("nenpyo", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("copies", { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function ask(store, mode, act) {
  return new Promise((resolve, reject) => {
    const transaction = store.transaction("copies", mode);
    const request = act(transaction.objectStore("copies"));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

const all = (store) => ask(store, "readonly", (copies) => copies.getAll());
const put = (store, copy) => ask(store, "readwrite", (copies) => copies.put(copy));
const remove = (store, id) => ask(store, "readwrite", (copies) => copies.delete(id));

/** Throw away what the server says it has saved since, and what nobody asked for in a month. */
async function thrownAway(store) {
  const saved = [...document.cookie.matchAll(/(?:^|; )kept-([0-9a-f-]{36})=/g)].map(([, id]) => id);
  const old = (await all(store)).filter((copy) => copy.at < Date.now() - DAYS * AGO).map((copy) => copy.id);
  for (const id of [...saved, ...old]) await remove(store, id);
  for (const id of saved) document.cookie = `kept-${id}=; Max-Age=0; Path=${desk.dataset.keptHome}`;
}

/** The copies that no open page is still writing. */
async function unheld(copies) {
  const held = new Set((await navigator.locks?.query())?.held.map((lock) => lock.name));
  return copies.filter((copy) => !held.has(`kept-${copy.id}`));
}
