/** The browser of tests: the machine's own chromium, with patience for a machine that is busy. */
import { type Browser, chromium } from "playwright-core";
import { CHROMIUM } from "../src/testing/test-services.ts";

// No test looks at pixels, and nothing here has a graphics card that would have to be emulated.
const ARGUMENTS = ["--no-sandbox", "--disable-gpu"];

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM.path, args: ARGUMENTS, timeout: CHROMIUM.patienceMs });
