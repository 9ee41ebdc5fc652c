/** What is proven, a line each. */
export type Proofs = {
  /** Runs the check; what it returns is added to the line. One that throws counts as failed, and the others go on. */
  prove(statement: string, check: () => unknown): Promise<void>;
  passed(): number;
  failed(): number;
};

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
        console.log(`✗ ${statement}\n  ${error instanceof Error ? error.message.replaceAll("\n", "\n  ") : error}`);
      }
    },
    passed: () => passed,
    failed: () => failed,
  };
}
