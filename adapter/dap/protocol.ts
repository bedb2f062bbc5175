// The requests that the adapter answers, with the types of their arguments and results.
import type { DebugProtocol as P } from "@vscode/debugprotocol";
import type { ExportArguments, ExportFormatsResult, ExportResult } from "./export-protocol.ts";
import type { AvailablePluginsResult, PluginsArguments, PluginsResult } from "./plugins-protocol.ts";
import type { ViewsRequestResult } from "./views-protocol.ts";

type Body<R extends P.Response> = R["body"];
type Empty = undefined;

export interface Requests {
  initialize: [P.InitializeRequestArguments, Body<P.InitializeResponse>];
  launch: [P.LaunchRequestArguments, Empty];
  restart: [P.RestartArguments | undefined, Empty];
  configurationDone: [P.ConfigurationDoneArguments | undefined, Empty];
  terminate: [P.TerminateArguments | undefined, Empty];
  disconnect: [P.DisconnectArguments | undefined, Empty];
  setBreakpoints: [P.SetBreakpointsArguments, Body<P.SetBreakpointsResponse>];
  setFunctionBreakpoints: [P.SetFunctionBreakpointsArguments, Body<P.SetFunctionBreakpointsResponse>];
  setInstructionBreakpoints: [P.SetInstructionBreakpointsArguments, Body<P.SetInstructionBreakpointsResponse>];
  setExceptionBreakpoints: [P.SetExceptionBreakpointsArguments, Empty];
  breakpointLocations: [P.BreakpointLocationsArguments, Body<P.BreakpointLocationsResponse>];
  continue: [P.ContinueArguments, Body<P.ContinueResponse>];
  pause: [P.PauseArguments, Empty];
  next: [P.NextArguments, Empty];
  stepIn: [P.StepInArguments, Empty];
  stepOut: [P.StepOutArguments, Empty];
  threads: [undefined, Body<P.ThreadsResponse>];
  stackTrace: [P.StackTraceArguments, Body<P.StackTraceResponse>];
  scopes: [P.ScopesArguments, Body<P.ScopesResponse>];
  variables: [P.VariablesArguments, Body<P.VariablesResponse>];
  setVariable: [P.SetVariableArguments, Body<P.SetVariableResponse>];
  evaluate: [P.EvaluateArguments, Body<P.EvaluateResponse>];
  setExpression: [P.SetExpressionArguments, Body<P.SetExpressionResponse>];
  exceptionInfo: [P.ExceptionInfoArguments, Body<P.ExceptionInfoResponse>];
  disassemble: [P.DisassembleArguments, Body<P.DisassembleResponse>];
  readMemory: [P.ReadMemoryArguments, Body<P.ReadMemoryResponse>];
  writeMemory: [P.WriteMemoryArguments, Body<P.WriteMemoryResponse>];
  modules: [P.ModulesArguments, Body<P.ModulesResponse>];
  loadedSources: [P.LoadedSourcesArguments | undefined, Body<P.LoadedSourcesResponse>];
  "terrarium.views": [undefined, ViewsRequestResult];
  "terrarium.exportFormats": [undefined, ExportFormatsResult];
  "terrarium.export": [ExportArguments, ExportResult];
  "terrarium.plugins": [PluginsArguments, PluginsResult];
  "terrarium.availablePlugins": [undefined, AvailablePluginsResult];
}

/** A request that cannot be carried out: the message is for the user. */
export class RequestError extends Error {}
