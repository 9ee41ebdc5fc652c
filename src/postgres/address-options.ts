/**
 * The `options` of an address (`-c search_path=shop`), read by the server's own rules. Poolers refuse or drop them when a session starts, so they
 * are set by statement afterwards.
 */
export type Setting = readonly [name: string, value: string];

/** Throws an error that does not repeat them. */
export function settingsIn(options: string): readonly Setting[] {
  const settings: Setting[] = [];
  const words = wordsOf(options);
  while (words.length > 0) {
    const word = words.shift() ?? "";
    const text = word === "-c" ? words.shift() : /^(?:--|-c)(.+)$/s.exec(word)?.[1];
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text ?? "") ?? [];
    if (name === undefined || value === undefined) {
      throw new Error("DATABASE_URL must have options of the form -c name=value, got others");
    }
    settings.push([name.replaceAll("-", "_"), value]);
  }
  return settings;
}

/** Blanks divide words; a backslash makes the next character part of one. */
function wordsOf(options: string): string[] {
  return (options.match(/(?:\\.|[^\s\\])+/gs) ?? []).map((word) => word.replace(/\\(.)/gs, "$1"));
}
