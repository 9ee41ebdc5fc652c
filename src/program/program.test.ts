import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Command } from "commander";
import { SETTINGS } from "../settings/config.ts";
import { EXAMPLES } from "./examples.ts";
import { createProgram, typedCommand } from "./program.ts";

type Typed = { readonly typed: string; readonly command: Command };

function commandsOf(command: Command, typed = ""): readonly Typed[] {
  return [
    { typed, command },
    ...command.commands.flatMap((inner) => commandsOf(inner, `${typed} ${inner.name()}`.trim())),
  ];
}

const program = () => createProgram(() => {});
/** They start a service, or look at what one would be started with. */
const WITH_ALL_SETTINGS = ["serve", "demo", "doctor"];
/** They answer nothing that a program would read. */
const WITHOUT_DATA = ["serve", "demo", "completion"];

describe("each command", () => {
  it("is asked for machine output in one way", () => {
    for (const { typed, command } of commandsOf(program())) {
      if (command.commands.length > 0 || WITHOUT_DATA.includes(typed)) continue;
      const flags = command.options.map(({ long }) => long);
      assert.ok(flags.includes("--json") && flags.includes("--ndjson"), `${typed} has no --json or --ndjson`);
    }
  });

  it("shows its own options first, and settings where a service or a ledger is opened only", () => {
    for (const { typed, command } of commandsOf(program())) {
      const isSetting = command.options.map(({ helpGroupHeading }) => helpGroupHeading === "Settings:");
      const count = isSetting.filter(Boolean).length;
      if (WITH_ALL_SETTINGS.includes(typed)) assert.equal(count, Object.keys(SETTINGS).length, typed);
      else assert.ok(count <= 3, `${typed} has ${count} settings`);
      assert.deepEqual(isSetting, isSetting.toSorted(), `${typed} has options of its own behind the settings`);
    }
    const help =
      commandsOf(program())
        .find(({ typed }) => typed === "keys create")
        ?.command.helpInformation() ?? "";
    assert.ok(help.split("\n").length < 50, help);
    assert.ok(help.indexOf("--name") < help.indexOf("Settings:"), help);
    for (const [typed, own, shared] of [
      ["submit", "--watch", "--url"],
      ["jobs list", "--status", "--limit"],
      ["hosts add", "--sas", "--json"],
    ] as const) {
      const text =
        commandsOf(program())
          .find((found) => found.typed === typed)
          ?.command.helpInformation() ?? "";
      assert.ok(text.indexOf(`  ${own}`) > 0 && text.indexOf(`  ${own}`) < text.indexOf(`  ${shared}`), text);
      assert.doesNotMatch(text, /default: false/);
    }
  });

  it("has examples that can be typed", async () => {
    for (const [typed, examples] of Object.entries(EXAMPLES)) {
      for (const example of examples) {
        const tried = program();
        let done = 0;
        const count = () => {
          done += 1;
        };
        for (const { command } of commandsOf(tried)) {
          if (command.commands.length === 0 || command.registeredArguments.length > 0) command.action(count);
        }
        const words = [...example.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
        assert.ok(typedCommand(tried, words).startsWith(typed), `"${example}" is no example of ${typed}`);
        if (words.includes("--help")) continue;
        await tried.parseAsync(words, { from: "user" });
        assert.equal(done, 1, example);
      }
    }
    const all = commandsOf(program()).map(({ typed }) => typed);
    assert.deepEqual(Object.keys(EXAMPLES).toSorted(), all.toSorted());
  });
});
