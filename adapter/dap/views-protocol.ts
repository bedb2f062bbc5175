// The part of the protocol that is Terrarium's own: plugin views, from adapter to editor. Types only.
import type { ViewData } from "../debugger/target.ts";

/** Custom event `terrarium.views`, at most 4 times a second while the guest runs and at every stop. */
export interface ViewsEventBody {
  views: readonly ViewData[];
  /** For every address that occurs in the views: where it is in the source, by debug information. */
  locations: Readonly<Record<string, ViewLocation>>;
  /** Instructions executed so far, a decimal string. */
  instructions: string;
  running: boolean;
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
