// The rows of a form, such as the statements of an entry. The server sends what each holds in hidden fields
// (timeline/admin/sent_rows.py); here it becomes a row to write in, made of the blank one as a row that is added.
// A classic script: the page calls it wherever rows stand, before anything else looks at the form.

/** Make the rows of a panel, and the panel that adds, moves and deletes them. */
function openRows(options) {
  const rows = document.getElementById(`${options.formsetPrefix}-FORMS`);
  const template = document.getElementById(`${options.formsetPrefix}-EMPTY_FORM_TEMPLATE`);
  if (!template.innerHTML) template.innerHTML = blankRows[options.formsetPrefix.replace("id_", "")]; // it came by itself
  const blank = template.innerHTML;
  for (const stored of rows.querySelectorAll(":scope > [data-stored-row]")) stored.replaceWith(rowOf(stored, blank));
  return new (options.chooserFieldName ? MultipleChooserPanel : InlinePanel)(options);
}

function rowOf(stored, blank) {
  const html = blank.replace(/__prefix__(.*?('|"|\\u0022))/g, `${stored.dataset.storedRow}$1`); // as Wagtail numbers new rows
  const row = document.createRange().createContextualFragment(html);
  for (const field of stored.querySelectorAll(":scope > input")) fill(row, field);
  for (const below of stored.querySelectorAll(":scope > [data-stored-rows]")) {
    for (const field of below.querySelectorAll(":scope > input")) fill(row, field);
    const place = row.getElementById(`id_${below.dataset.storedRows}-FORMS`); // its own script opens them there
    place.replaceChildren(...below.querySelectorAll(":scope > [data-stored-row]"));
  }
  return row;
}

/** Put into a row what a hidden field holds; what has no field of its own there stays hidden. */
function fill(row, { name, value, dataset: { title, url, preview } }) {
  const fields = row.querySelectorAll(`[name="${CSS.escape(name)}"]`);
  if (!fields.length) {
    const hidden = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    row.firstElementChild.append(hidden);
  }
  for (const field of fields) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = field.value === value;
    else if (field.type === "hidden") field.setAttribute("value", value); // where Wagtail's choosers look
    else field.value = value;
  }
  const chooser = title && row.getElementById(`id_${name}-chooser`);
  if (!chooser) return;
  chooser.classList.remove("blank");
  chooser.querySelector("[data-chooser-title]").textContent = title;
  const image = chooser.querySelector("[data-chooser-image]");
  if (image && preview) Object.assign(image, { src: preview, alt: title });
  const link = chooser.querySelector("[data-chooser-edit-link]");
  if (link && url) Object.assign(link, { href: url, hidden: false });
}
