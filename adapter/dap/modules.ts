// The program as a module, and its source files.
import type { Handler } from "./handlers.ts";

export const modules: Handler<"modules"> = (session) => {
  const { programPath, symbols } = session.running();
  return {
    modules: [
      {
        id: 1,
        name: programPath.split(/[/\\]/).at(-1) ?? programPath,
        path: programPath,
        symbolStatus: symbols.hasDebugInfo ? "Debug information loaded." : "No debug information.",
      },
    ],
    totalModules: 1,
  };
};

/** Source files that can be opened. */
export const loadedSources: Handler<"loadedSources"> = (session) => {
  const { symbols, sources } = session.running();
  return { sources: symbols.sourceFiles().flatMap((path) => sources.source(path) ?? []) };
};
