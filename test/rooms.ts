/**
 * The tests of `src`, a process for each few rooms: they are many and short, and to start a process and load what they test took longer than
 * they do (measured: half the processor's time of all of them). The tests of a process run one after the other; no file may leave anything
 * behind, or have a hook outside of a `describe`, that another would feel.
 */
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** What a process tests, by the name of the file in `test/rooms` that loads it; `others` has what is left. Those that take longest first. */
export const ROOMS = {
  postgres: ["src/ledger/postgres", "src/postgres"],
  others: [],
  queue: ["src/queue", "src/worker"],
  pipeline: ["src/pipeline"],
  http: ["src/http"],
  ledger: ["src/ledger/migrations", "src/ledger/sqlite"],
} as const satisfies Record<string, readonly string[]>;

export type Room = keyof typeof ROOMS;

export const roomsFile = (room: Room) => `test/rooms/${room}.ts`;

/** From the repository's folder, in the order in which they run. */
export function filesOfRoom(room: Room): readonly string[] {
  const filesIn = (folder: string) => globSync(`${folder}/**/*.test.ts`, { cwd: ROOT }).toSorted();
  if (room !== "others") return ROOMS[room].flatMap(filesIn);
  const named: readonly string[] = Object.values(ROOMS).flat();
  return filesIn("src").filter((file) => !named.some((folder) => file.startsWith(`${folder}/`)));
}

export async function loadRoom(room: Room): Promise<void> {
  for (const file of filesOfRoom(room)) await import(`${ROOT}${file}`);
}
