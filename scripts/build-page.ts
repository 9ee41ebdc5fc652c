/** Builds the dashboard after an install; without the tools for it, in an image for instance, it says so and leaves it. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const vite = fileURLToPath(new URL("../node_modules/vite/bin/vite.js", import.meta.url));
const web = fileURLToPath(new URL("../web", import.meta.url));

if (existsSync(vite)) {
  const { status } = spawnSync(process.execPath, [vite, "build", web, "--logLevel", "warn"], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} else {
  console.warn("vite is not installed, so the dashboard is not built; npm ci brings it");
}
