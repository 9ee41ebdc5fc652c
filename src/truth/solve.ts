/** Solves a small set of linear equations by Gaussian elimination with pivots. */

/** The square matrix by rows and the right side are used up. Null where the equations do not decide. */
export function solve(matrix: Float64Array, right: Float64Array): Float64Array | null {
  const size = right.length;
  const cell = (row: number, column: number) => matrix[row * size + column] ?? 0;
  for (let i = 0; i < size; i++) {
    let pivot = i;
    for (let row = i + 1; row < size; row++) if (Math.abs(cell(row, i)) > Math.abs(cell(pivot, i))) pivot = row;
    if (!(Math.abs(cell(pivot, i)) > 1e-9)) return null;
    if (pivot !== i) swapRows(matrix, right, pivot, i);
    for (let row = i + 1; row < size; row++) {
      const factor = cell(row, i) / cell(i, i);
      if (factor === 0) continue;
      for (let column = i; column < size; column++)
        matrix[row * size + column] = cell(row, column) - factor * cell(i, column);
      right[row] = (right[row] ?? 0) - factor * (right[i] ?? 0);
    }
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = right[i] ?? 0;
    for (let column = i + 1; column < size; column++) sum -= cell(i, column) * (right[column] ?? 0);
    right[i] = sum / cell(i, i);
  }
  return right;
}

function swapRows(matrix: Float64Array, right: Float64Array, a: number, b: number): void {
  const size = right.length;
  for (let column = 0; column < size; column++) {
    const kept = matrix[a * size + column] ?? 0;
    matrix[a * size + column] = matrix[b * size + column] ?? 0;
    matrix[b * size + column] = kept;
  }
  const kept = right[a] ?? 0;
  right[a] = right[b] ?? 0;
  right[b] = kept;
}
