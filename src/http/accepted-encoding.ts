/** Which of our encodings a client takes: the first of those given, or null for the text as it is (RFC 9110, 12.5.3). */

export type Encoding = "br" | "gzip";

export function acceptedEncoding(
  header: string | undefined,
  ours: readonly Encoding[] = ["br", "gzip"],
): Encoding | null {
  if (header === undefined) return null;
  const weights = new Map(header.toLowerCase().split(",").map(weightOf));
  return ours.find((encoding) => (weights.get(encoding) ?? weights.get("*") ?? 0) > 0) ?? null;
}

function weightOf(part: string): readonly [string, number] {
  const [name = "", ...parameters] = part.split(";").map((piece) => piece.trim());
  const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  return [name, weight === undefined ? 1 : Number(weight) || 0];
}
