// The page works without this: reload it. With it, the room is looked at every three seconds.
"use strict";
const live = document.getElementById("live");
const said = () => document.getElementById("summary").textContent;

async function look() {
  if (document.hidden) return;
  const answer = await fetch(location.href).catch(() => null);
  live.hidden = false;
  live.classList.toggle("off", !answer);
  live.textContent = answer ? "live" : "not connected: the room is closed";
  if (!answer || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = said();
  document.title = page.title;
  document.querySelector("#room .totals").replaceWith(page.querySelector("#room .totals"));
  document.querySelector("#room tbody").replaceWith(page.querySelector("#room tbody"));
  document.querySelector("#room .empty")?.toggleAttribute("hidden", !page.querySelector("#room .empty"));
  if (said() !== before) document.getElementById("said").textContent = said();
}

setInterval(look, 3000);
