// The print button, and the day of printing, which the server cannot know: it makes a page once for many days.

const time = document.querySelector("header time");
const button = document.querySelector("header button");

button.hidden = false;
button.addEventListener("click", () => print());
addEventListener("beforeprint", dated);
dated();

function dated() {
  const now = new Date();
  const part = (number) => String(number).padStart(2, "0");
  time.dateTime = `${now.getFullYear()}-${part(now.getMonth() + 1)}-${part(now.getDate())}`;
  const language = document.documentElement.lang;
  time.textContent = now.toLocaleDateString(language === "en" ? "en-GB" : language, { dateStyle: "long" });
  time.parentElement.hidden = false;
}
