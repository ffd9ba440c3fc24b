// Renders every deck to out/NAME.html, with the presenter's view in it, and a page that lists them. What is there needs
// no network and no Node any more.

import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { marpCli } from "@marp-team/marp-cli";

const decks = readdirSync(".").filter((name) => /^\d.*\.md$/.test(name)).sort();

rmSync("out", { recursive: true, force: true });
mkdirSync("out");
cpSync("diagrams", "out/diagrams", { recursive: true, filter: (path) => !/\.(dot|js)$/.test(path) });

const rows = [];
for (const deck of decks) {
  const page = deck.replace(".md", ".html");
  const code = await marpCli([deck, "--no-stdin", "--quiet", "--output", `out/${page}`]);
  if (code !== 0) throw new Error(`${deck} cannot be rendered`);
  const title = readFileSync(deck, "utf8").match(/^title: (.*)$/m)[1];
  rows.push(`<li><a href="${page}">${deck.slice(0, 2)} ${title}</a></li>`);
}
writeFileSync("out/index.html", `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Daybook: the slides</title>
<style>body{font:20px/1.6 Georgia,serif;background:#fbfaf6;color:#1b1d21;margin:3rem}a{color:#1f4e8c}li{list-style:none}</style>
<h1>Daybook: the slides</h1>
<ul>${rows.join("\n")}</ul>
<p>In a deck, <kbd>p</kbd> opens the presenter's view.</p>
`);
console.log(`decks rendered to slides/out: ${decks.length}`);
