// Empties dist but for the two files that git keeps, which let "go build"
// embed the folder on a machine without Node.
import { readdirSync, rmSync } from "node:fs";

const dist = new URL("../dist/", import.meta.url);
const kept = new Set([".keep", "placeholder.html"]);

for (const name of readdirSync(dist)) {
  if (!kept.has(name)) rmSync(new URL(name, dist), { recursive: true });
}
