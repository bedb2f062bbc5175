// Plugin views as data: what the plugin host gives to whoever shows or exports them. All of it is JSON: addresses are
// `0x` strings; integers above 2^53 are decimal strings; percents are 0 to 100; times are instruction counts.

export type Figure = number | string;

interface ViewBase {
  plugin: string;
  title: string;
  /** So much more was given than the kind's bound. */
  omitted?: number;
}

export interface TableData extends ViewBase {
  kind: "table";
  columns: readonly { name: string; type: "address" | "integer" | "number" | "text" | "percent" }[];
  rows: readonly (readonly Figure[])[];
}

export interface BarsData extends ViewBase {
  kind: "bars";
  /** Longest first. */
  bars: readonly { label: string; value: Figure; address?: string }[];
}

export interface SeriesData extends ViewBase {
  kind: "series";
  unit: string | undefined;
  /** To be shown by growth per million instructions: the points are the figures themselves. */
  rate: boolean;
  /** Names of the figures, in order. */
  names: readonly string[];
  /** From the first moment to now: the instruction count, then a number for each name. */
  points: readonly (readonly number[])[];
}

/** A tree of calls: the root is not a function, and stands for the whole. */
export interface FlameNode {
  name: string;
  address?: string;
  /** Spent here, without the children. */
  self: number;
  /** Spent here and in the children. */
  total: number;
  calls?: number;
  children: readonly FlameNode[];
}

export interface FlameData extends ViewBase {
  kind: "flame";
  unit: string;
  root: FlameNode;
}

export interface AxisData {
  title: string;
  type: "address" | "instructions" | "integer" | "text";
  /** Sorted; names in the order in which they came. */
  values: readonly Figure[];
}

export interface HeatMapData extends ViewBase {
  kind: "heatMap";
  x: AxisData;
  y: AxisData;
  /** Indices into the values of the axes, and the value. */
  cells: readonly (readonly [x: number, y: number, value: number])[];
}

export interface TimelineData extends ViewBase {
  kind: "timeline";
  lanes: readonly string[];
  /** By start. */
  entries: readonly { lane: number; start: number; end: number; label: string; address?: string }[];
}

export interface GraphData extends ViewBase {
  kind: "graph";
  nodes: readonly { id: string; label: string; address?: string; weight: number }[];
  /** Indices of nodes. Largest counts first. */
  edges: readonly { from: number; to: number; count: Figure }[];
}

export interface LogData extends ViewBase {
  kind: "log";
  lines: readonly { text: string; address?: string; at?: Figure }[];
}

export interface CoverageData extends ViewBase {
  kind: "coverage";
  /** Runtime address, bytes, executions; by address. They may overlap. */
  blocks: readonly (readonly [address: string, size: number, executions: number])[];
}

export interface IntervalsData extends ViewBase {
  kind: "intervals";
  vectors: readonly (readonly (readonly [block: number, instructions: number])[])[];
}

export type ViewData =
  | TableData
  | BarsData
  | SeriesData
  | FlameData
  | HeatMapData
  | TimelineData
  | GraphData
  | LogData
  | CoverageData
  | IntervalsData;

export type ViewKind = ViewData["kind"];
