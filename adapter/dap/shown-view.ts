// A plugin view as the editor gets it: as it is, but of coverage what its blocks come to, since there may be a million.
import { CoverageSummarizer, type CoverageSymbols } from "../debugger/coverage-summary.ts";
import type { ViewData } from "../debugger/target.ts";
import { hex } from "../debugger/text.ts";
import type { Debuggee } from "./debuggee.ts";
import type { ShownView } from "./views-protocol.ts";

/** What is asked of the program that is debugged. */
export interface CoveredProgram {
  readonly symbols: CoverageSymbols;
  readonly target: Pick<Debuggee["target"], "loadBias">;
  readonly sources: Pick<Debuggee["sources"], "find">;
}

/** They keep what they have found of the program. */
const summarizers = new WeakMap<CoveredProgram, CoverageSummarizer>();

export function shownView(program: CoveredProgram, view: ViewData): ShownView {
  if (view.kind !== "coverage") return view;
  const { blocks, ...rest } = view;
  const { symbols, target, sources } = program;
  let summarizer = summarizers.get(program);
  if (!summarizer) summarizers.set(program, (summarizer = new CoverageSummarizer(symbols, target.loadBias)));
  const { functions, files } = summarizer.summarize(blocks);
  return {
    ...rest,
    functions: functions.map(({ name, address, bytes, lines }) => ({ name, address: hex(address), bytes, lines })),
    files: files.map(({ path, lines, missed }) => ({ name: path, path: sources.find(path), lines, missed })),
  };
}
