// What the extension and the plugin views' page say to each other. Types only.
import type { ViewsEventBody } from "../../adapter/dap/views-protocol.ts";

/** One plugin view, as the adapter sends it. */
export type ViewData = ViewsEventBody["views"][number];

export interface PanelState {
  kind: "state";
  /** none: no session yet. ended: the figures of the last one stay. */
  status: "none" | "running" | "stopped" | "ended";
  /** Name of the session. */
  session: string;
  body: ViewsEventBody | undefined;
}

export type FromPanel =
  /** The page is loaded and wants the state. */
  | { kind: "ready" }
  /** Show the source line, or else the disassembly, of an address of the views (`0x` string). */
  | { kind: "go"; address: string }
  | { kind: "run"; action: PanelAction };

/** Buttons of the empty page. */
export type PanelAction = "start" | "configure" | "newPlugin";
