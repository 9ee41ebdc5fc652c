/** Builds the dashboard after an install, each of its files beside it compressed as well; without the tools for it, in an image for instance, it says so and leaves it. */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const vite = fileURLToPath(new URL("../node_modules/vite/bin/vite.js", import.meta.url));
const web = fileURLToPath(new URL("../web", import.meta.url));

if (existsSync(vite)) {
  const { status } = spawnSync(process.execPath, [vite, "build", web, "--logLevel", "warn"], { stdio: "inherit" });
  process.exitCode = status ?? 1;
  for (const file of globSync(`${web}/dist/assets/*.{js,css}`)) {
    const bytes = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
} else {
  console.warn("vite is not installed, so the dashboard is not built; npm ci brings it");
}
