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
      return { reason: "pause", description: "Paused: a plugin was removed", text: reason.text };
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
  session.event("stopped", { ...describe(stop), threadId: THREAD, allThreadsStopped: true });
}

export const exceptionInfo: Handler<"exceptionInfo"> = (session) => {
  const reason = session.stopped().lastStop?.reason;
  if (reason?.kind !== "signal") throw new RequestError("the guest did not stop because of a signal");
  return { exceptionId: reason.signal, description: reason.text, breakMode: "unhandled" };
};
