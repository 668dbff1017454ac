// The print button, and the day of printing, which the server cannot know: it makes a page once for many days.

const today = document.getElementById("today");
const button = document.querySelector("header button");

button.hidden = false;
button.addEventListener("click", () => print());
addEventListener("beforeprint", dated);
dated();

function dated() {
  const language = document.documentElement.lang;
  today.textContent = new Date().toLocaleDateString(language === "en" ? "en-GB" : language, { dateStyle: "long" });
  today.parentElement.hidden = false;
}
