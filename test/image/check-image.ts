/**
 * Looks into a built image and runs it: check-image.ts ROOT IMAGE.json WORK, called by build-and-run.sh, in a network that has
 * nothing but loopback. A line for each thing that is proven, and a count.
 */
import { readFileSync } from "node:fs";
import { checkConfig, checkContents } from "./check-contents.ts";
import { checkRunning } from "./check-running.ts";
import type { ImageConfig } from "./container.ts";
import { createProofs } from "./proofs.ts";

const [root = "", imageFile = "", work = ""] = process.argv.slice(2);
const { config }: { config: ImageConfig } = JSON.parse(readFileSync(imageFile, "utf8")).Docker;

const proofs = createProofs();
await checkConfig(proofs, config);
await checkContents(proofs, root);
await checkRunning(proofs, { root, config }, work);
console.log(`${proofs.passed()} passed, ${proofs.failed()} failed`);
process.exitCode = proofs.failed() === 0 ? 0 : 1;
