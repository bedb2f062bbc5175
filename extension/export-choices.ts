// What the export command offers.
import type { ExportFormat } from "../adapter/dap/export-protocol.ts";
import type { ViewsEventBody } from "../adapter/dap/views-protocol.ts";

type View = Pick<ViewsEventBody["views"][number], "plugin" | "title" | "kind">;

export interface ViewChoice {
  label: string;
  description: string;
  view: View;
}

export interface FormatChoice {
  label: string;
  detail: string;
  format: ExportFormat;
}

/** The views that some format takes. */
export function viewChoices(views: readonly View[], formats: readonly ExportFormat[]): ViewChoice[] {
  return views
    .filter(({ kind }) => formats.some(({ kinds }) => kinds.includes(kind)))
    .map((view) => ({ label: view.title, description: view.plugin, view }));
}

/** The formats for a view: those made for its kind before those that take many kinds. */
export function formatChoices({ kind }: View, formats: readonly ExportFormat[]): FormatChoice[] {
  return formats
    .filter(({ kinds }) => kinds.includes(kind))
    .sort((a, b) => a.kinds.length - b.kinds.length)
    .map((format) => ({ label: format.format, detail: format.description, format }));
}
