// What the extension and the plugin views' page say to each other. Types only.
import type { ShownView, ViewLocation, ViewsEventBody } from "../../adapter/dap/views-protocol.ts";

/** One plugin view, as the adapter sends it. */
export type ViewData = ShownView;
export type ViewKind = ViewData["kind"];
export type DataOf<Kind extends ViewKind> = Extract<ViewData, { kind: Kind }>;

export type Locations = Readonly<Record<string, ViewLocation>>;

export interface PanelState {
  kind: "state";
  /** none: no session yet. ended: the figures of the last one stay. */
  status: "none" | "running" | "stopped" | "ended";
  /** Name of the session. */
  session: string;
  body: ViewsEventBody | undefined;
}

/** Brings a view into sight. */
export interface SelectView {
  kind: "select";
  plugin: string;
  title: string;
}

export type FileFormat = "csv" | "json" | "png";

export type FromPanel =
  /** The page is loaded and wants the state. */
  | { kind: "ready" }
  /** Show the source line, or else the disassembly, of an address of the views (`0x` string). */
  | { kind: "go"; address: string }
  /** Show a line of a source file. */
  | { kind: "open"; path: string; line: number }
  | { kind: "copy"; text: string }
  /** `content`: text, or base64 of a picture. `name`: proposed, without an ending. */
  | { kind: "save"; name: string; format: FileFormat; content: string }
  | { kind: "run"; action: PanelAction };

/** Buttons of the empty page. */
export type PanelAction = "start" | "configure" | "newPlugin";
