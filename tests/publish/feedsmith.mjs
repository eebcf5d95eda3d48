// Prints what npm's feedsmith reads in files, as JSON:  node feedsmith.mjs NODE_MODULES FILE…
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, ...names] = process.argv.slice(2);
const feedsmith = createRequire(`${modules}/`)("feedsmith");

function read(name) {
  const text = readFileSync(name, "utf8");
  return name.endsWith(".opml") ? feedsmith.parseOpml(text) : feedsmith.parseFeed(text);
}

console.log(JSON.stringify(names.map(read)));
