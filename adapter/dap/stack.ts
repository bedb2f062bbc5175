// Threads, stack frames and scopes.
import type { DebugProtocol } from "@vscode/debugprotocol";
import { hex } from "../debugger/text.ts";
import type { Frame } from "../debugger/unwind.ts";
import type { Debuggee } from "./debuggee.ts";
import type { Handler } from "./handlers.ts";
import { THREAD } from "./session.ts";

/** Frames that are computed when the client does not say how many it wants. */
const DEFAULT_LEVELS = 200;

export const threads: Handler<"threads"> = (session) => {
  const name = session.running().programPath.split(/[/\\]/).at(-1) ?? "guest";
  return { threads: [{ id: THREAD, name }] };
};

export const stackTrace: Handler<"stackTrace"> = (session, { startFrame, levels }) => {
  const debuggee = session.stopped();
  const start = startFrame ?? 0;
  const frames = debuggee.debugger.frames(start, levels || DEFAULT_LEVELS);
  const { known, isAll } = debuggee.debugger.frameCount;
  const offset = session.client.linesStartAt1 === false ? 1 : 0;
  return {
    stackFrames: frames.map((frame) => protocolFrame(debuggee, frame, offset)),
    // While there are more, one page more is promised.
    totalFrames: isAll ? known : known + (levels || DEFAULT_LEVELS),
  };
};

function protocolFrame(debuggee: Debuggee, frame: Frame, lineOffset: number): DebugProtocol.StackFrame {
  const source = debuggee.sources.source(frame.line?.path);
  return {
    id: frame.index + 1,
    name: frame.name,
    source,
    line: source && frame.line ? frame.line.line - lineOffset : 0,
    column: source && frame.line ? frame.line.column : 0,
    instructionPointerReference: hex(frame.physical.pc),
    moduleId: frame.physical.function ? 1 : undefined,
    // Not "subtle" without source: clients hide such frames, and a program without debug information has no others.
    presentationHint: frame.physical.isSignalTrampoline ? "label" : undefined,
  };
}

export const scopes: Handler<"scopes"> = (session, { frameId }) => {
  const frame = session.frame(frameId)!;
  const { variables, debugger: dbg, symbols } = session.stopped();
  const seen = dbg.scopes(frame).flatMap((scope) => scope.variables);
  const scope = (
    name: string,
    hint: string | undefined,
    container: Parameters<typeof variables.reference>[1],
    expensive = false,
  ): DebugProtocol.Scope => ({
    name,
    presentationHint: hint,
    variablesReference: variables.reference(`${name}@${frame.index}`, container),
    expensive,
  });
  const list: DebugProtocol.Scope[] = [];
  const { index } = frame;
  if (frame.physical.function?.hasDebugInfo) {
    list.push(scope("Locals", "locals", { kind: "variables", frame: index, list: "locals" }));
    if (seen.some((variable) => variable.kind === "parameter"))
      list.push(scope("Arguments", "arguments", { kind: "variables", frame: index, list: "arguments" }));
    if (symbols.unitGlobals(frame.physical.lookup).length > 0)
      list.push(scope("Globals", undefined, { kind: "variables", frame: index, list: "globals" }, true));
  }
  list.push(scope("Registers", "registers", { kind: "registers", frame: index }));
  return { scopes: list };
};
