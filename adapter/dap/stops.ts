// Why the guest stopped, as events and as `exceptionInfo`.
import type { Stop } from "../debugger/debugger.ts";
import type { Handler } from "./handlers.ts";
import { RequestError } from "./protocol.ts";
import { type DapSession, THREAD } from "./session.ts";

interface StoppedBody {
  reason: string;
  description?: string;
  text?: string;
  hitBreakpointIds?: number[];
}

const breakpointReasons = {
  source: "breakpoint",
  function: "function breakpoint",
  instruction: "instruction breakpoint",
} as const;

function describe({ reason, breakpoints }: Stop): StoppedBody {
  switch (reason.kind) {
    case "breakpoint":
      return {
        reason: breakpoints.length > 0 ? breakpointReasons[breakpoints[0].kind] : "breakpoint",
        hitBreakpointIds: breakpoints.map((breakpoint) => breakpoint.id),
      };
    case "signal":
      return { reason: "exception", description: `Paused on ${reason.signal}`, text: reason.text };
    case "plugin":
      return { reason: "pause", description: `Paused by plugin ${reason.plugin}`, text: reason.text };
    default:
      return { reason: reason.kind };
  }
}

/** Tells the client; the end of the guest ends the session. */
export function sendStop(session: DapSession, stop: Stop): void {
  const { reason } = stop;
  if (reason.kind === "exited") {
    if (reason.signal) session.console(`The guest was killed by ${reason.signal}.`);
    session.event("exited", { exitCode: reason.status });
    session.terminated();
    return;
  }
  const body = describe(stop);
  session.event("stopped", {
    ...(hasSource(session) ? body : withoutSource(body)),
    threadId: THREAD,
    allThreadsStopped: true,
  });
}

/** Frames among which a client looks for one that it can show as source. */
const FRAMES_LOOKED_AT = 20;

function hasSource(session: DapSession): boolean {
  const { debugger: dbg, sources } = session.stopped();
  const isKnown = (count: number) => dbg.frames(0, count).some((frame) => sources.source(frame.line?.path));
  return isKnown(1) || isKnown(FRAMES_LOOKED_AT);
}

/** The one reason for which a client focuses a frame that has no source, and opens its disassembly. */
function withoutSource(body: StoppedBody): StoppedBody {
  return { ...body, description: body.description ?? `Paused on ${body.reason}`, reason: "instruction breakpoint" };
}

export const exceptionInfo: Handler<"exceptionInfo"> = (session) => {
  const reason = session.stopped().lastStop?.reason;
  if (reason?.kind !== "signal") throw new RequestError("the guest did not stop because of a signal");
  return { exceptionId: reason.signal, description: reason.text, breakMode: "unhandled" };
};
