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
  for (let y = Math.floor(box.top); y < Math.min(height, Math.ceil(box.bottom)); y++)
    weigh(across, pixels, y * width, 1, narrow, y * columns, 1);
  const cells = new Float32Array(columns * rows);
  for (let column = 0; column < columns; column++) weigh(down, narrow, column, columns, cells, column, columns);
  return cells;
}

/** For each cell of an axis, which pixels it covers and how much of each counts: `most` weights a cell, 0 where it covers fewer. */
type AxisWeights = { readonly first: Int32Array; readonly weights: Float32Array; readonly most: number };

function axisWeights(from: number, to: number, cells: number, limit: number): AxisWeights {
  const side = (to - from) / cells;
  const most = Math.ceil(side) + 1;
  const first = new Int32Array(cells);
  const weights = new Float32Array(cells * most);
  for (let cell = 0; cell < cells; cell++) {
    const start = from + cell * side;
    const end = start + side;
    const begin = Math.floor(start);
    const covered = Math.max(1, Math.min(limit, Math.ceil(end - 1e-6)) - begin);
    first[cell] = begin;
    for (let i = 0; i < covered; i++) {
      weights[cell * most + i] = (Math.min(end, begin + i + 1) - Math.max(start, begin + i)) / side;
    }
  }
  return { first, weights, most };
}

/** One line of values into one line of cells. */
function weigh(
  { first, weights, most }: AxisWeights,
  values: Uint8Array | Float32Array,
  offset: number,
  stride: number,
  cells: Float32Array,
  to: number,
  step: number,
): void {
  for (let cell = 0; cell < first.length; cell++) {
    let at = offset + (first[cell] ?? 0) * stride;
    let sum = 0;
    for (let i = cell * most, end = i + most; i < end; i++) {
      sum += (weights[i] ?? 0) * (values[at] ?? 0);
      at += stride;
    }
    cells[to + cell * step] = sum;
  }
}
