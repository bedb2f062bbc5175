// The part of the protocol that is Terrarium's own: plugin views, from adapter to editor. Types only.
import type { ViewData } from "../debugger/target.ts";

/** Custom event `terrarium.views`, at most 4 times a second while the guest runs and at every stop. */
export interface ViewsEventBody {
  /** About 4 MB of JSON at most: what does not fit is left out, and counted in `omitted`. */
  views: readonly ShownView[];
  /** Where addresses of the views are in the source, by debug information: of 20,000 at most. */
  locations: Readonly<Record<string, ViewLocation>>;
  /** Instructions executed so far, a decimal string. */
  instructions: string;
  running: boolean;
}

/** Views as the plugin host gives them; of coverage only what its blocks come to. */
export type ShownView = Exclude<ViewData, { kind: "coverage" }> | CoverageView;

export interface CoverageView {
  kind: "coverage";
  plugin: string;
  title: string;
  omitted?: number;
  functions: readonly { name: string; address: string; bytes: CoveredShare; lines?: CoveredShare }[];
  files: readonly CoveredSource[];
}

export interface CoveredShare {
  covered: number;
  total: number;
}

export interface CoveredSource {
  /** As the compiler wrote it. */
  name: string;
  /** On this machine. */
  path?: string;
  lines: CoveredShare;
  /** The first line that did not run. */
  missed?: number;
}

export interface ViewLocation {
  /** `main+0x12`, when a symbol covers the address. */
  symbol?: string;
  /** Absolute path, with `line` counting from 1. */
  path?: string;
  line?: number;
}

/** Custom request `terrarium.views` (no arguments) answers with this same body. */
export type ViewsRequestResult = ViewsEventBody;

export const viewsEvent = "terrarium.views";
export const viewsRequest = "terrarium.views";
