/**
 * What can be wrong with one place of a request, each with a sentence for people. A code is public: it stands at every problem that an answer
 * lists, for programs to tell them apart while sentences change. Codes are added, never renamed.
 */

export const FAULT_CODES = {
  missing: "nothing is there, or it is empty",
  malformed: "it cannot be read as what it should be",
  not_allowed: "the value is none of those that are possible",
  too_long: "it has too many bytes, characters or parts",
  repeated: "it is given more than once",
  unknown: "nothing is known under this name",
  unused: "nothing refers to it",
  mismatch: "it contradicts the rest",
  misplaced: "it comes too late to be heeded",
} as const satisfies Record<string, string>;

export type FaultCode = keyof typeof FAULT_CODES;
