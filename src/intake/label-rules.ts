/** The rules for external ids and metadata, the same on a job, a visit and an image. */
import { type Labels, type Metadata, NO_LABELS } from "../domain/labels.ts";
import { isTooDeep } from "../domain/nesting.ts";
import { type Problems, shown } from "./problems.ts";
import { isObject, textFault } from "./text-rules.ts";

const MOST_ID_CHARACTERS = 128;
const MOST_KEYS = 16;
const MOST_KEY_CHARACTERS = 64;
const MOST_VALUE_CHARACTERS = 512;

/** Collects every problem; what has one is left out. `place` names the field that is wrong. */
export function checkLabels(
  given: { readonly external_id?: unknown; readonly metadata?: unknown },
  place: (field: "external_id" | "metadata") => string,
  problems: Problems,
): Labels {
  if (isAbsent(given.external_id) && isAbsent(given.metadata)) return NO_LABELS;
  return {
    externalId: checkExternalId(given.external_id, () => place("external_id"), problems),
    metadata: checkMetadata(given.metadata, () => place("metadata"), problems),
  };
}

/** Metadata where there is only room for a text: a cell, a query parameter. What is no JSON, or nested too deep, stays as it is, for the rules to name it. */
export function metadataFromText(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isTooDeep(value) ? text : value;
  } catch {
    return text;
  }
}

const isAbsent = (value: unknown) => value === undefined || value === null;

function checkExternalId(value: unknown, pointer: () => string, problems: Problems): string | null {
  if (isAbsent(value)) return null;
  const fault = textFault(value, MOST_ID_CHARACTERS);
  if (fault === null) return String(value);
  problems.add(pointer(), fault.code, fault.detail);
  return null;
}

function checkMetadata(value: unknown, pointer: () => string, problems: Problems): Metadata {
  if (isAbsent(value)) return {};
  if (!isObject(value)) {
    problems.add(pointer(), "malformed", `must be an object of texts, got ${shown(value)}`);
    return {};
  }
  const entries = Object.entries(value);
  if (entries.length > MOST_KEYS) {
    problems.add(pointer(), "too_long", `must have at most ${MOST_KEYS} keys, got ${entries.length}`);
    return {};
  }
  const texts: [string, string][] = [];
  for (const [key, entry] of entries) {
    const fault = textFault(key, MOST_KEY_CHARACTERS);
    const valueFault = entry === "" ? null : textFault(entry, MOST_VALUE_CHARACTERS);
    if (fault !== null) problems.add(pointer(), fault.code, `key ${shown(key)} ${fault.detail}`);
    else if (valueFault !== null)
      problems.add(pointer(), valueFault.code, `the value of ${shown(key)} ${valueFault.detail}`);
    else texts.push([key, String(entry)]);
  }
  return Object.fromEntries(texts);
}
