/** How this program was started, as a person would type it again. */
import { basename, relative } from "node:path";

export function startedAs(
  environment: Readonly<Record<string, string | undefined>>,
  file: string,
  folder: string,
): string {
  if (basename(file) === "storewalk" && environment.npm_command !== "exec") return "storewalk";
  if (environment.npm_command === "exec") return "npx storewalk";
  if (["storewalk", "serve", "start"].includes(environment.npm_lifecycle_event ?? "")) return "npm run -s storewalk --";
  const near = relative(folder, file);
  return `node ${near.startsWith("..") ? file : near}`;
}
