/** What a fuzz worker is told at its start, and what it says. */
import { type Static, Type } from "typebox";

/** Input `first`, then every `step`th up to `end`. */
export const WorkerOrder = Type.Object({
  seed: Type.Integer(),
  first: Type.Integer(),
  step: Type.Integer(),
  end: Type.Integer(),
  mutant: Type.Union([Type.String(), Type.Null()]),
  /** The file in which the number of the input in hand stands, four bytes: it outlives the worker. */
  inHand: Type.String(),
});
export type WorkerOrder = Static<typeof WorkerOrder>;

export const FromFuzz = Type.Union([
  Type.Object({ kind: Type.Literal("broken"), no: Type.Number(), promise: Type.String() }),
  /** How many inputs reached the same, by what they reached. */
  Type.Object({ kind: Type.Literal("reached"), counts: Type.Record(Type.String(), Type.Number()) }),
]);
export type FromFuzz = Static<typeof FromFuzz>;
