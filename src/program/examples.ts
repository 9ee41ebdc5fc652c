/** What is shown below a command's help: how it is typed. A test parses each. */
import type { Command } from "commander";
import { commandLine } from "../settings/config.ts";

/** By command; the words behind the program's name. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  "": ["demo", "submit visits.csv --watch", "jobs list --status failed", "jobs --help"],
  serve: ["serve --port 9000 --data-dir /srv/storewalk", "serve --store-master stores.csv"],
  doctor: ["doctor", "doctor --json --data-dir /srv/storewalk"],
  submit: [
    "submit visits.csv --watch",
    "submit visits.xlsx --columns store_id:Shop,image_url:Photo --dates dmy",
    "submit - --format ndjson --priority 9 --json",
    "submit visits.csv --photos ./photos --dry-run",
  ],
  watch: ["watch 17", "watch 17 --ndjson"],
  status: ["status 17", "status 17 --json"],
  results: ["results 17 --failed --format csv", "results 17 --json"],
  "jobs list": ["jobs list --status failed,ongoing --limit 10", "jobs list --store S00339218 --json"],
  "jobs retry": ["jobs retry 17 --failed --code timeout", "jobs retry 17 --urls fresh.csv"],
  "jobs export": ["jobs export 17 --failed --output failed.csv", "jobs export 17 --ndjson"],
  "images list": ["images list 17 --outcome failed --host photos.example"],
  "stores import": ["stores import stores.csv --diff", "stores import stores.csv --url http://127.0.0.1:8080"],
  "hosts add": ["hosts add photos.example --header 'Authorization: @token.txt'"],
  "webhooks add": ["webhooks add https://hooks.example/storewalk --event job.failed"],
  "keys create": ["keys create --name dashboard --read-only", "keys create --name import --scope jobs:write --json"],
  "truth review": ["truth review --flag reused --state open"],
  "profiles set": ["profiles set office https://storewalk.example --api-key KEY"],
  completion: ["completion bash"],
};

export function showExamples(command: Command, typed = ""): void {
  const examples = EXAMPLES[typed] ?? [];
  if (examples.length > 0) {
    command.addHelpText("after", () => `\nExamples:\n${examples.map((one) => `  ${commandLine(one)}`).join("\n")}`);
  }
  for (const inner of command.commands) showExamples(inner, `${typed} ${inner.name()}`.trim());
}
