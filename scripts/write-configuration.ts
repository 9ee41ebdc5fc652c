/** Writes `docs/configuration.md` from the table of settings: `node scripts/write-configuration.ts > docs/configuration.md`. */
import { flagOf, SUBJECTS } from "../src/settings/config.ts";

const parts = SUBJECTS.map(({ title, settings }) => {
  const rows = Object.values(settings).map(({ name, fallback, about }) => {
    const shown = name === "STOREWALK_WORKER_THREADS" ? "cores − 1" : fallback === "" ? "–" : `\`${fallback}\``;
    return `| \`${name}\` | \`${flagOf(name)}\` | ${shown} | ${about} |`;
  });
  return `## ${title}

| variable | flag | default | |
|---|---|---|---|
${rows.join("\n")}`;
});
console.log(`# Configuration

Each setting is an environment variable and a flag of \`serve\`, \`demo\`, \`doctor\` and \`stores import\`; the flag wins.
All that cannot be used is reported at once. An empty value is refused where there is a default: leave the setting out to have it.
This page is written by \`scripts/write-configuration.ts\` from the table in \`src/settings\`.

${parts.join("\n\n")}`);
