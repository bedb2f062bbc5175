// An analysis on the guest's own thread, for tests.
import type { Analysis, Batch } from "../../../plugins/api/index.ts";
import type { LoadedDefinition } from "../plugin-host.ts";
import type { AnalysisThread } from "../trace-buffer.ts";

export function localAnalysis(
  { definition }: LoadedDefinition,
  name: string,
  options: Readonly<Record<string, unknown>>,
): AnalysisThread {
  const { analyses } = definition as { analyses: Record<string, (options: unknown) => Analysis> };
  const analysis = analyses[name](options);
  return {
    deliver: (batch: Batch) => analysis.deliver(batch),
    result: () => analysis.result(),
    close: () => {},
  };
}
