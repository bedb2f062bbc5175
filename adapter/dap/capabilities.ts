// What the adapter announces, and the requests that each announcement promises.
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Requests } from "./protocol.ts";

type Announced = keyof { [K in keyof DebugProtocol.Capabilities as K extends `support${string}` ? K : never]: true };

/** Every capability with the requests that a client may make because of it. A test holds it against the handlers. */
export const promises = {
  supportsConfigurationDoneRequest: ["configurationDone"],
  supportsFunctionBreakpoints: ["setFunctionBreakpoints"],
  supportsConditionalBreakpoints: ["setBreakpoints"],
  supportsHitConditionalBreakpoints: ["setBreakpoints"],
  supportsLogPoints: ["setBreakpoints"],
  supportsInstructionBreakpoints: ["setInstructionBreakpoints"],
  supportsBreakpointLocationsRequest: ["breakpointLocations"],
  supportsEvaluateForHovers: ["evaluate"],
  supportsSetVariable: ["setVariable"],
  supportsSetExpression: ["setExpression"],
  supportsValueFormattingOptions: ["variables", "evaluate", "setVariable"],
  supportsRestartRequest: ["restart"],
  supportsTerminateRequest: ["terminate"],
  supportsExceptionInfoRequest: ["exceptionInfo"],
  supportsDelayedStackTraceLoading: ["stackTrace"],
  supportsSteppingGranularity: ["next", "stepIn", "stepOut"],
  supportsDisassembleRequest: ["disassemble"],
  supportsReadMemoryRequest: ["readMemory"],
  supportsWriteMemoryRequest: ["writeMemory"],
  supportsModulesRequest: ["modules"],
  supportsLoadedSourcesRequest: ["loadedSources"],
} as const satisfies Partial<Record<Announced, readonly (keyof Requests)[]>>;

export const capabilities: DebugProtocol.Capabilities = Object.fromEntries(
  Object.keys(promises).map((name) => [name, true]),
);
