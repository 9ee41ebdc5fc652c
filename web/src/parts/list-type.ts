/** The media type of a list of visits by its name; undefined for what is none. */
const TYPES: Readonly<Record<string, string>> = {
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  csv: "text/csv",
  tsv: "text/csv",
  txt: "text/csv",
  json: "application/json",
  ndjson: "application/x-ndjson",
  jsonl: "application/x-ndjson",
};

export const LISTS = ".xlsx,.csv,.tsv,.txt,.json,.ndjson,.jsonl";

export const listType = ({ name }: File): string | undefined => TYPES[name.split(".").at(-1)?.toLowerCase() ?? ""];
