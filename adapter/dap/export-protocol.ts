// The part of the protocol that is Terrarium's own: plugin views in the formats of other tools. Types only.

/** Custom request `terrarium.exportFormats` (no arguments). */
export interface ExportFormatsResult {
  formats: readonly ExportFormat[];
}

export interface ExportFormat {
  /** `lcov`. */
  format: string;
  /** Of its files, with the dot. */
  extension: string;
  /** What the file is, and what opens it. */
  description: string;
  /** Kinds of view that it takes. */
  kinds: readonly string[];
}

/** Custom request `terrarium.export`: a view as it is now. */
export interface ExportArguments {
  format: string;
  /** Left out: of any plugin. */
  plugin?: string;
  /** Left out: the first that fits, or all of them where the format holds many. */
  title?: string;
}

export interface ExportResult {
  /** The file, in base64. */
  content: string;
  /** What it may be called. */
  fileName: string;
}

export const exportFormatsRequest = "terrarium.exportFormats";
export const exportRequest = "terrarium.export";
