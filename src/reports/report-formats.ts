/** The forms in which a report can be had, and those that a spreadsheet program opens. Loads nothing: every command reads them. */
export const TABLE_FORMATS = ["csv", "xlsx"] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

export const REPORT_FORMATS = ["ndjson", "csv", "json", "xlsx"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
