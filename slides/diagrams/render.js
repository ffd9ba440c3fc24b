// Renders every diagram, `name.dot` to `name.svg`, or compares with --check.
//
// Graphviz runs as WebAssembly with metrics of its own, so every machine renders the same bytes. The inks have
// names here and nowhere else: a source says $event, never a colour.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { instance } from "@viz-js/viz";

const INKS = {
  event: "#1f4e8c",
  view: "#1d6b4a",
  message: "#8a5a00",
  person: "#7a2e6e",
  refused: "#a32020",
  ink: "#1b1d21",
  paper: "#fbfaf6",
  rule: "#dcd8cc",
};
const SANS = "Arial, Helvetica, 'Liberation Sans', sans-serif";
const MONO = "ui-monospace, 'Courier New', 'Liberation Mono', monospace";
const LOOK = {
  graphAttributes: { bgcolor: "transparent", rankdir: "LR", nodesep: 0.35, ranksep: 0.6, pad: 0.1, fontname: "Arial", fontsize: 16, fontcolor: INKS.ink },
  nodeAttributes: { shape: "box", fontname: "Arial", fontsize: 16, fontcolor: INKS.ink, color: INKS.ink, penwidth: 1.5, margin: "0.18,0.1", height: 0.55 },
  edgeAttributes: { fontname: "Arial", fontsize: 14, fontcolor: INKS.ink, color: INKS.ink, arrowsize: 0.8, penwidth: 1.3 },
};

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function render(viz, name, source) {
  // The first line of a source is what the diagram says, for those who do not see it.
  const said = source.match(/^\/\/ (.+)\n/)?.[1];
  if (!said) throw new Error(`${name}.dot: its first line is a comment that says what it shows`);
  const inked = source.replaceAll(/"\$([a-z]+)"/g, (_, ink) => {
    if (!INKS[ink]) throw new Error(`${name}.dot: there is no ink ${ink}`);
    return `"${INKS[ink]}"`;
  });
  return viz
    .renderString(inked, { format: "svg", engine: "dot", ...LOOK })
    .replace(/^[\s\S]*?<svg/, "<svg")
    .replaceAll(/<!--.*-->\n|<title>.*<\/title>\n/g, "")
    .replace(/<svg ([^>]*)>/, (_, attributes) => `<svg role="img" ${attributes}>\n<title>${escaped(said)}</title>`)
    .replaceAll('font-family="Arial"', `font-family="${SANS}"`)
    .replaceAll('font-family="Courier"', `font-family="${MONO}"`);
}

const folder = new URL(".", import.meta.url);
const viz = await instance();
const differ = [];
for (const file of readdirSync(folder).filter((file) => file.endsWith(".dot")).sort()) {
  const name = file.slice(0, -".dot".length);
  const target = new URL(`${name}.svg`, folder);
  const svg = render(viz, name, readFileSync(new URL(file, folder), "utf8"));
  let now = "";
  try { now = readFileSync(target, "utf8"); } catch { /* not rendered yet */ }
  if (now === svg) continue;
  differ.push(name);
  if (!process.argv.includes("--check")) writeFileSync(target, svg);
}
if (differ.length > 0) console.log(`diagrams that differ from their source: ${differ.join(", ")}`);
if (process.argv.includes("--check") && differ.length > 0) {
  console.log("run `npm --prefix slides run diagrams` and commit");
  process.exitCode = 1;
}
