/** A process that makes inputs and judges them, until its last or until one breaks a promise. It may be killed at any moment. */
import { openSync, writeSync } from "node:fs";
import { Value } from "typebox/value";
import { type FromFuzz, WorkerOrder } from "./fuzz-messages.ts";
import { makeInput } from "./make-input.ts";
import { MUTANTS } from "./mutants.ts";
import { judge, PRODUCTION } from "./properties.ts";

const order = Value.Parse(WorkerOrder, JSON.parse(process.argv[2] ?? ""));
const doors = MUTANTS.find(({ name }) => name === order.mutant)?.doors ?? PRODUCTION;
const inHand = openSync(order.inHand, "r+");
const number = Buffer.alloc(4);
const counts: Record<string, number> = {};

function say(message: FromFuzz): void {
  process.send?.(message);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error);
}

for (let no = order.first; no < order.end; no += order.step) {
  number.writeUInt32LE(no);
  writeSync(inHand, number, 0, 4, 0);
  const input = makeInput(order.seed, no);
  try {
    const { format, answer, asked, outcome } = await judge(input, doors);
    const reached = [`${input.made} ${format}`, `${format} ${answer}`, `${format} → ${outcome}`];
    for (const key of asked ? [...reached, `${format} asked`] : reached) counts[key] = (counts[key] ?? 0) + 1;
  } catch (error) {
    say({ kind: "broken", no, promise: wordsOf(error) });
    break;
  }
}
say({ kind: "reached", counts });
process.disconnect();
