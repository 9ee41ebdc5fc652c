/** Loaded before the workload: changes one place of the service's own source on its way in, in every thread. Names the place in POWER_CUT_MUTATION. */
import { registerHooks } from "node:module";

const { file, from, to } = JSON.parse(process.env.POWER_CUT_MUTATION ?? "null");

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(file)) return loaded;
    const source = String(loaded.source);
    // A place that moved would leave the service as it is, and the test without a mutant.
    if (source.split(from).length !== 2) throw new Error(`${file} must have "${from}" once; mend the mutant`);
    return { ...loaded, source: source.replace(from, to) };
  },
});
