/** The course of a figure, as large as a word. What it says stands in the table beside it, so it is for the eye alone. */

const WIDTH = 96;
const HEIGHT = 22;

export function Sparkline({ values }: { readonly values: readonly number[] }) {
  const most = Math.max(...values, 0);
  const step = values.length > 1 ? WIDTH / (values.length - 1) : 0;
  const y = (value: number) => (most === 0 ? HEIGHT - 2 : HEIGHT - 2 - (value / most) * (HEIGHT - 4));
  const points = values.map((value, no) => `${(no * step).toFixed(1)},${y(value).toFixed(1)}`);
  return (
    <svg class="spark" width={WIDTH} height={HEIGHT} aria-hidden="true">
      {points.length === 1 ? (
        <circle cx={WIDTH / 2} cy={y(values[0] ?? 0)} r="2" />
      ) : (
        <polyline points={points.join(" ")} />
      )}
    </svg>
  );
}
