// Pages work without this. It adds what happens as it happens, the slider's preview, files and copy buttons.
"use strict";
const $ = (selector, root = document) => root.querySelector(selector);
const watched = $("main").dataset.watch;
const past = () => /[?&](version|at|before)=/.test(location.search);
const say = (text) => { $("#said").textContent = text; };

// Replaces the live parts of the page by those of the page at `url`, except where somebody is at work.
let asked = 0;
// The last append that was told of: pages wait for the views that it changes.
let seen = "";
async function refresh(url, all) {
  const mine = ++asked;
  const headers = { accept: "text/html", ...(seen && { "daybook-seen": seen }) };
  const answer = await fetch(url, { headers }).catch(() => null);
  if (mine !== asked) return;
  if (!answer || !answer.ok) return again();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== asked) return;
  document.title = page.title;
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = $(`[data-live="${part.dataset.live}"]`, page);
    if (!next || (!all && (part.contains(document.activeElement) || $("details[open]", part)))) continue;
    if (all && part.dataset.live === "travel") {
      $("p", part).replaceWith($("p", next));
      $("#at").value = $("#at", next).value;
    } else {
      const open = [...part.querySelectorAll("details")].map((one) => one.open);
      part.replaceWith(next);
      if (all) next.querySelectorAll("details").forEach((one, i) => { one.open = open[i] || false; });
    }
  }
  prepare();
  again();
}

// What looks different soon is looked at again.
function again() {
  const seconds = Number($("[data-again]")?.dataset.again);
  if (!seconds || past()) return;
  later(() => (document.hidden ? again() : refresh(location.href)), seconds * 1000);
}

let soon;
const later = (task, wait) => { clearTimeout(soon); soon = setTimeout(task, wait); };

function entered(html, append) {
  seen = append;
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  const row = holder.content.firstElementChild;
  const ledger = $("#ledger");
  if (ledger && !document.getElementById(row.id)) {
    row.classList.add("new");
    ledger.prepend(row);
    while (ledger.children.length > Number(ledger.dataset.most)) ledger.lastElementChild.remove();
    $("#quiet")?.remove();
    say(row.querySelector(".stream").textContent + ": " + row.querySelector(".what").textContent);
  }
  document.body.classList.add("passing");
  setTimeout(() => document.body.classList.remove("passing"), 700);
  if (past()) return;
  if (!watched || watched === row.dataset.stream) later(() => refresh(location.href), 250);
}

const live = $("#live");
const source = new EventSource("/cockpit/live");
let broken = false;
source.onopen = () => {
  live.hidden = false;
  live.textContent = "live";
  live.classList.remove("off");
  if (broken && !past()) refresh(location.href);
  broken = false;
};
source.onerror = () => {
  broken = true;
  live.textContent = "not connected";
  live.classList.add("off");
};
source.addEventListener("entry", (message) => entered(message.data, message.lastEventId));
source.addEventListener("missed", () => { if (!past()) later(() => refresh(location.href), 250); });
addEventListener("pagehide", () => source.close());

// The slider shows each version while it moves.
document.addEventListener("input", (event) => {
  if (event.target.id !== "version") return;
  const version = event.target.value;
  $("#at-version").textContent = version;
  later(() => {
    const url = `${location.pathname}?version=${version}`;
    history.replaceState(null, "", version === event.target.max ? location.pathname : url);
    refresh(url, true);
  }, 60);
});

// A file is read into a text field; its name often holds the day.
const file = $("input[data-into]");
if (file) {
  file.parentElement.hidden = false;
  file.addEventListener("change", async () => {
    if (!file.files[0]) return;
    document.getElementById(file.dataset.into).value = await file.files[0].text();
    const day = file.files[0].name.match(/\d{4}-\d{2}-\d{2}/);
    const field = document.getElementById(file.dataset.day);
    if (day && !field.value) field.value = day[0];
    say("The file is in the text field. Nothing is stored yet.");
  });
}

function prepare() {
  for (const pre of document.querySelectorAll("pre:not(:has(.copy))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.onclick = async () => {
      await navigator.clipboard.writeText($("code", pre).textContent);
      button.textContent = "Copied";
    };
    pre.prepend(button);
  }
}
prepare();
again();
