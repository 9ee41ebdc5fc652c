/** Without keys a service is open to whoever reaches it: that must be said where it starts. */
import { type Config, commandLine } from "../settings/config.ts";
import { say } from "./talk.ts";

type Settings = Pick<Config, "auth" | "host" | "role" | "logLevel">;

export function sayWhoIsAnswered(settings: Settings, hasKeys: boolean): void {
  const sentence = whoIsAnswered(settings, hasKeys);
  if (sentence !== null) say(sentence);
}

/** Null where keys are asked for, where nobody wants to hear anything, and of a worker, whom nobody asks. */
export function whoIsAnswered({ auth, host, role, logLevel }: Settings, hasKeys: boolean): string | null {
  if (role === "worker" || logLevel === "silent") return null;
  if (auth === "off") return `API keys are switched off: whoever reaches ${host} may do everything.`;
  if (auth !== "auto" || hasKeys) return null;
  return `There are no API keys: this machine only is answered, without one. To make one: ${commandLine("keys create")}`;
}
