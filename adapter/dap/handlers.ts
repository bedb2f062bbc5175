// The one table of requests.
import {
  breakpointLocations,
  setBreakpoints,
  setExceptionBreakpoints,
  setFunctionBreakpoints,
  setInstructionBreakpoints,
} from "./breakpoints.ts";
import { disassemble } from "./disassemble.ts";
import { evaluate, setExpression } from "./evaluate.ts";
import { exportFormats, exportView } from "./export.ts";
import { configurationDone, disconnect, initialize, launch, restart, terminate } from "./lifecycle.ts";
import { readMemory, writeMemory } from "./memory.ts";
import { loadedSources, modules } from "./modules.ts";
import { availablePlugins, plugins } from "./plugins.ts";
import type { Requests } from "./protocol.ts";
import { next, pause, resume, stepIn, stepOut } from "./run-control.ts";
import type { After, DapSession } from "./session.ts";
import { scopes, stackTrace, threads } from "./stack.ts";
import { exceptionInfo } from "./stops.ts";
import { setVariable, variables } from "./variables.ts";
import { views } from "./views.ts";

/** Answers one request. Throws with a message for the user. `after` is for what must follow the response. */
export type Handler<K extends keyof Requests> = (
  session: DapSession,
  args: Requests[K][0],
  after: After,
) => Promise<Requests[K][1]> | Requests[K][1];

export type Handlers = { readonly [K in keyof Requests]: Handler<K> };

export const handlers: Handlers = {
  initialize,
  launch,
  restart,
  configurationDone,
  terminate,
  disconnect,
  setBreakpoints,
  setFunctionBreakpoints,
  setInstructionBreakpoints,
  setExceptionBreakpoints,
  breakpointLocations,
  continue: resume,
  pause,
  next,
  stepIn,
  stepOut,
  threads,
  stackTrace,
  scopes,
  variables,
  setVariable,
  evaluate,
  setExpression,
  exceptionInfo,
  disassemble,
  readMemory,
  writeMemory,
  modules,
  loadedSources,
  "terrarium.views": views,
  "terrarium.exportFormats": exportFormats,
  "terrarium.export": exportView,
  "terrarium.plugins": plugins,
  "terrarium.availablePlugins": availablePlugins,
};
