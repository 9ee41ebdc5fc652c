/** The reader of answers with one place of its source changed, beside the real one in the same process. */
import { registerHooks } from "node:module";
import type { SourceMutant } from "./mutants.ts";
import type { CreateReader } from "./transcript.ts";

const WIRE = new URL("../../../src/pipeline/fetch/wire/", import.meta.url).href;

export async function loadMutated({ file, from, to }: SourceMutant, no: number): Promise<CreateReader> {
  const mark = `?mutant=${no}`;
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const isPart = context.parentURL?.endsWith(mark) && resolved.url.startsWith(WIRE);
      return isPart ? { ...resolved, url: resolved.url + mark } : resolved;
    },
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== WIRE + file + mark) return loaded;
      const source = String(loaded.source);
      // A place that moved would leave the reader as it is, and the promises without a mutant.
      if (source.split(from).length !== 2) throw new Error(`${file} must have "${from}" once; mend the mutant`);
      return { ...loaded, source: source.replace(from, () => to) };
    },
  });
  try {
    const { createAnswerReader }: { createAnswerReader: CreateReader } = await import(`${WIRE}answer-reader.ts${mark}`);
    return createAnswerReader;
  } finally {
    hooks.deregister();
  }
}
