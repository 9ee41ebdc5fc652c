/** Names with their figures in a row, each as wide as it needs. */
import type { Fact } from "./facts.tsx";

export function FactRow({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
