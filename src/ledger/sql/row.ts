/** Reads columns of a database row as the types that the tables promise; a broken promise is a bug and throws. */
export type Row = Readonly<Record<string, unknown>>;

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new Error(`column ${column} must be an integer, got ${typeof value}`);
  return value;
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new Error(`column ${column} must be text, got ${typeof value}`);
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

/** The members of a JSON object that the column holds as text. */
export function jsonObject(row: Row, column: string): Row {
  const value: unknown = JSON.parse(text(row, column));
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`column ${column} must hold a JSON object`);
  return { ...value };
}

/** Text that must be one of `allowed`. */
export function oneOf<T extends string>(row: Row, column: string, allowed: readonly T[]): T {
  const value = text(row, column);
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`column ${column} must be one of ${allowed.join(", ")}, got "${value}"`);
  return found;
}

export function flag(row: Row, column: string): boolean {
  const value = row[column];
  if (typeof value !== "boolean") throw new Error(`column ${column} must be a boolean, got ${typeof value}`);
  return value;
}

/** The one row of a statement that always gives one. */
export function onlyRow(rows: readonly Row[]): Row {
  const [row] = rows;
  if (!row) throw new Error("the statement must give a row");
  return row;
}
