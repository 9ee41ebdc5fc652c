/** Of a row that has more cells than its header: nobody can tell which of them belong where. Null for any other. */
export function widthFault({ length }: readonly string[], width: number): string | null {
  return length > width
    ? `has ${length} cells, the header ${width}; a cell with the separator in it must be quoted`
    : null;
}
