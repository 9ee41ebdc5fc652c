/** The forms in which a report can be had. */
export const REPORT_FORMATS = ["ndjson", "csv", "json", "xlsx"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
