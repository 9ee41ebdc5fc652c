/**
 * A small grey picture and the one way to shrink it: by area, so that every pixel counts once.
 * Never decodes: whoever has pixels hands them in, upright.
 */
export type GreyPicture = {
  readonly width: number;
  readonly height: number;
  /** Rows from the top, one byte a pixel. */
  readonly pixels: Uint8Array;
};

/** A part of a picture in pixels; `right` and `bottom` are the first that do not belong to it. */
export type Box = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

/** The box's mean brightness in `columns` × `rows` cells, rows from the top. */
export function shrinkByArea(picture: GreyPicture, box: Box, columns: number, rows: number): Float32Array {
  const across = axisWeights(box.left, box.right, columns, picture.width);
  const down = axisWeights(box.top, box.bottom, rows, picture.height);
  const { width, height, pixels } = picture;
  const narrow = new Float32Array(columns * height);
  for (let y = Math.floor(box.top); y < Math.min(height, Math.ceil(box.bottom)); y++) {
    for (let column = 0; column < columns; column++)
      narrow[y * columns + column] = sumOf(across, column, pixels, y * width, 1);
  }
  const cells = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      cells[row * columns + column] = sumOf(down, row, narrow, column, columns);
  }
  return cells;
}

type AxisWeights = { readonly first: readonly number[]; readonly weights: readonly Float32Array[] };

function axisWeights(from: number, to: number, cells: number, limit: number): AxisWeights {
  const side = (to - from) / cells;
  const first: number[] = [];
  const weights: Float32Array[] = [];
  for (let cell = 0; cell < cells; cell++) {
    const start = from + cell * side;
    const end = start + side;
    const begin = Math.floor(start);
    const covered = Math.max(1, Math.min(limit, Math.ceil(end - 1e-6)) - begin);
    first.push(begin);
    weights.push(
      Float32Array.from(
        { length: covered },
        (_, i) => (Math.min(end, begin + i + 1) - Math.max(start, begin + i)) / side,
      ),
    );
  }
  return { first, weights };
}

function sumOf(
  axis: AxisWeights,
  cell: number,
  values: Uint8Array | Float32Array,
  offset: number,
  stride: number,
): number {
  const weights = axis.weights[cell] ?? new Float32Array(0);
  let at = offset + (axis.first[cell] ?? 0) * stride;
  let sum = 0;
  for (const weight of weights) {
    sum += weight * (values[at] ?? 0);
    at += stride;
  }
  return sum;
}
