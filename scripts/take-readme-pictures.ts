/**
 * The README's pictures, taken anew: node scripts/take-readme-pictures.ts. Of a demo of its own, whose photos are drawn and whose sample jobs are
 * over, so that they show nobody's photos and the page as it is now.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { launchChromium } from "../test/launch-chromium.ts";

/** Each with its path, and what is there when the page has what it shows. */
const PICTURES = [
  ["contact-sheet", "/jobs/1?tab=sheet", ".sheet img"],
  ["failures", "/jobs/1?tab=failures", ".tree"],
  ["review", "/review?flag=reused&kind=mirrored", ".pair img"],
] as const;
const PROGRAM = fileURLToPath(new URL("../bin/storewalk.cjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "storewalk-pictures-"));

const demo = spawn(process.execPath, [PROGRAM, "demo", "--port", "0", "--data-dir", folder], {
  stdio: ["ignore", "ignore", "pipe"],
});
try {
  await takePictures(await addressOnceOver(demo));
} finally {
  demo.kill();
  await once(demo, "exit");
  rmSync(folder, { recursive: true });
}

/** The demo says its address first, and that it stays up when its samples are there. */
async function addressOnceOver({ stderr }: ChildProcess): Promise<string> {
  let address = "";
  if (stderr) {
    for await (const line of createInterface({ input: stderr })) {
      address = /^storewalk is ready at ([^\s,]+)/.exec(line)?.[1] ?? address;
      if (line.startsWith("The service stays up.")) return address;
    }
  }
  throw new Error("the demo ended before its samples were there");
}

async function takePictures(address: string): Promise<void> {
  const browser = await launchChromium();
  // The policy would refuse what asks for its pictures below.
  const page = await browser.newPage({ viewport: { width: 1180, height: 760 }, colorScheme: "light", bypassCSP: true });
  for (const [name, path, ready] of PICTURES) {
    await page.goto(address + path);
    await page.locator(".live.live").waitFor();
    await page.locator(ready).first().waitFor();
    // The small pictures are made when they are first asked for; those further down are not.
    await page.waitForFunction(
      "[...document.images].every((image) => image.getBoundingClientRect().top > innerHeight || image.naturalWidth > 0)",
    );
    const picture = await sharp(await page.screenshot())
      .png({ palette: true, quality: 80 })
      .toBuffer();
    await writeFile(new URL(`../docs/pictures/${name}.png`, import.meta.url), picture);
  }
  await browser.close();
}
