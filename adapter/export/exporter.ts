// What a format of another tool is to us: a name, the kinds of view it can hold, and a function that writes it.
import type { ViewData, ViewKind } from "../../emulator/instrument/view-data.ts";

/** Views of these kinds. */
export type ViewOf<Kind extends ViewKind> = Extract<ViewData, { kind: Kind }>;

/** An address in the terms of the source, as far as the program says. */
export interface Place {
  function?: string;
  /** On this machine where it is found, else as the compiler recorded it. */
  file?: string;
  /** From 1. */
  line?: number;
}

/** An ELF file in the guest's memory. Addresses are run-time addresses; `end` is exclusive. */
export interface Module {
  name: string;
  start: bigint;
  end: bigint;
  entry: bigint;
  /** Run-time minus ELF address. */
  loadBias: bigint;
}

/** Code of one source line: run-time addresses, `high` exclusive. */
export interface CodeLine {
  low: bigint;
  high: bigint;
  file: string;
  line: number;
}

/** A function with code. */
export interface CodeFunction {
  name: string;
  /** As the linker knows it: `_ZN4area`. */
  linkageName: string | undefined;
  entry: bigint;
}

/** What a format may want to know besides the view. */
export interface ExportContext {
  readonly programPath: string;
  readonly guestName: string;
  readonly modules: readonly Module[];
  /** Executed so far. */
  readonly instructions: bigint;
  locate(address: bigint): Place;
  /** The function that covers the address. */
  functionAt(address: bigint): CodeFunction | undefined;
  /** All code that debug information gives a line to, whether it ran or not. */
  codeLines(): Iterable<CodeLine>;
  /** A line for the user: what the format cannot hold. */
  log(text: string): void;
}

export interface Exporter {
  /** As the command line says it. */
  readonly format: string;
  /** Of its files, with the dot. */
  readonly extension: string;
  /** What the file is, and what opens it. */
  readonly description: string;
  readonly kinds: readonly ViewKind[];
  /** Does one file hold any number of views? Else it holds one. */
  readonly holdsMany: boolean;
  /** `views`: of the kinds above; one of them unless `holdsMany`. */
  write(views: readonly ViewData[], context: ExportContext): Uint8Array | string;
}

/** A format whose file is made of one view. */
export function exporterOfOne<const Kind extends ViewKind>(exporter: {
  format: string;
  extension: string;
  description: string;
  kinds: readonly Kind[];
  write(view: ViewOf<Kind>, context: ExportContext): Uint8Array | string;
}): Exporter {
  const { write } = exporter;
  return {
    ...exporter,
    holdsMany: false,
    write: (views, context) => write(ofKinds(views, exporter.kinds)[0], context),
  };
}

/** A format whose file is made of all views that fit. */
export function exporterOfMany<const Kind extends ViewKind>(exporter: {
  format: string;
  extension: string;
  description: string;
  kinds: readonly Kind[];
  write(views: readonly ViewOf<Kind>[], context: ExportContext): Uint8Array | string;
}): Exporter {
  const { write } = exporter;
  return { ...exporter, holdsMany: true, write: (views, context) => write(ofKinds(views, exporter.kinds), context) };
}

function ofKinds<Kind extends ViewKind>(views: readonly ViewData[], kinds: readonly Kind[]): ViewOf<Kind>[] {
  const fitting = views.filter((view): view is ViewOf<Kind> => (kinds as readonly ViewKind[]).includes(view.kind));
  if (fitting.length === 0) throw new Error(`no view of kind ${kinds.join(" or ")} was given`);
  return fitting;
}
