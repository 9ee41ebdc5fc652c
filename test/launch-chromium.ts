/** The browser of tests: the machine's own chromium, with patience for a machine that is busy. */
import { type Browser, chromium } from "playwright-core";
import { CHROMIUM } from "../src/testing/test-services.ts";

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM.path, args: ["--no-sandbox"], timeout: CHROMIUM.patienceMs });
