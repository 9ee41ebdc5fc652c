/** What is proven, a line each. */
export type Proofs = {
  /** Runs the check; what it returns is added to the line. One that throws counts as failed, and the others go on. */
  prove(statement: string, check: () => unknown): Promise<void>;
  passed(): number;
  failed(): number;
};

/** A check of a thousand files must not fill the screen. */
const MOST_LINES = 16;

export function createProofs(): Proofs {
  let passed = 0;
  let failed = 0;
  return {
    async prove(statement, check) {
      try {
        const detail = await check();
        passed += 1;
        console.log(`✓ ${statement}${typeof detail === "string" ? ` (${detail})` : ""}`);
      } catch (error) {
        failed += 1;
        const lines = (error instanceof Error ? error.message : String(error)).split("\n");
        if (lines.length > MOST_LINES) lines.splice(MOST_LINES, lines.length, "…");
        console.log(`✗ ${statement}\n  ${lines.join("\n  ")}`);
      }
    },
    passed: () => passed,
    failed: () => failed,
  };
}
