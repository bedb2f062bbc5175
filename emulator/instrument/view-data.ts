// A plugin view as data: what the plugin host gives to whoever shows it.

/** Cells of type address are `0x` strings; integers above 2^53 are decimal strings; percents are 0 to 100. */
export interface ViewData {
  plugin: string;
  title: string;
  kind: "table";
  columns: readonly { name: string; type: "address" | "integer" | "number" | "text" | "percent" }[];
  rows: readonly (readonly (string | number)[])[];
}
