// Breakpoint requests.
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Breakpoint } from "../debugger/breakpoints.ts";
import { hex, parseAddress } from "../debugger/text.ts";
import type { Debuggee } from "./debuggee.ts";
import type { Handler } from "./handlers.ts";
import { RequestError } from "./protocol.ts";

/** A breakpoint as the client sees it. */
export function protocolBreakpoint(debuggee: Debuggee, breakpoint: Breakpoint): DebugProtocol.Breakpoint {
  const { id, verified, message, path, line, addresses } = breakpoint;
  return {
    id,
    verified,
    message,
    source: debuggee.sources.source(path),
    line, // without its column: it was set on a line, and a client would move it into the line
    instructionReference: addresses.length > 0 ? hex(addresses[0]) : undefined,
  };
}

const answer = (debuggee: Debuggee, breakpoints: readonly Breakpoint[]) => ({
  breakpoints: breakpoints.map((breakpoint) => protocolBreakpoint(debuggee, breakpoint)),
});

export const setBreakpoints: Handler<"setBreakpoints"> = async (session, { source, breakpoints, lines }) => {
  const debuggee = session.running();
  if (!source?.path) throw new RequestError("breakpoints need a source with a path");
  const requests = breakpoints ?? (lines ?? []).map((line): DebugProtocol.SourceBreakpoint => ({ line }));
  const offset = session.client.linesStartAt1 === false ? 1 : 0;
  const set = await debuggee.debugger.setSourceBreakpoints(
    source.path,
    requests.map((request) => ({ ...request, line: request.line + offset })),
  );
  const { breakpoints: found } = answer(debuggee, set);
  return {
    breakpoints: found.map((breakpoint, i) => ({
      ...breakpoint,
      // The client's own path, whatever the compiler called the file.
      source: breakpoint.verified ? source : undefined,
      line: breakpoint.line === undefined ? requests[i].line : breakpoint.line - offset,
    })),
  };
};

export const setFunctionBreakpoints: Handler<"setFunctionBreakpoints"> = async (session, { breakpoints }) => {
  const debuggee = session.running();
  return answer(debuggee, await debuggee.debugger.setFunctionBreakpoints(breakpoints));
};

export const setInstructionBreakpoints: Handler<"setInstructionBreakpoints"> = async (session, { breakpoints }) => {
  const debuggee = session.running();
  const requests = breakpoints.map((request) => {
    const address = parseAddress(request.instructionReference);
    if (address === undefined) throw new RequestError(`"${request.instructionReference}" is not an address`);
    return { ...request, address: BigInt.asUintN(64, address + BigInt(request.offset ?? 0)) };
  });
  return answer(debuggee, await debuggee.debugger.setInstructionBreakpoints(requests));
};

/** Signals always stop: there is nothing to choose. */
export const setExceptionBreakpoints: Handler<"setExceptionBreakpoints"> = () => undefined;

export const breakpointLocations: Handler<"breakpointLocations"> = (session, { source, line, endLine }) => {
  const { symbols } = session.running();
  const file = source.path && symbols.findSourceFile(source.path);
  if (!file) return { breakpoints: [] };
  const offset = session.client.linesStartAt1 === false ? 1 : 0;
  const locations = symbols.breakpointLocations(file, line + offset, (endLine ?? line) + offset);
  // A breakpoint is set on a line: its columns would all mean the same.
  return { breakpoints: [...new Set(locations.map((l) => l.line - offset))].map((l) => ({ line: l })) };
};
