// Wagtail takes its first look at a form two seconds after the page stands there, and what was typed until then for what
// is stored: that was neither saved nor asked about when the page was left. A script that fills a field types nothing.
const typed = new WeakSet();
const seen = new WeakSet();

document.addEventListener("input", ({ target, isTrusted }) => {
  if (isTrusted && target.form) typed.add(target.form);
});

document.addEventListener("w-unsaved:watch-edits", ({ target }) => {
  if (!seen.has(target) && typed.has(target)) target.dataset.wUnsavedForceValue = "true";
  seen.add(target);
});
