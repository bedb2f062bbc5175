// Requests that move the guest. Each is answered at once; a `stopped` event tells the end.
import type { StepKind } from "../debugger/debugger.ts";
import type { Handler } from "./handlers.ts";
import type { After, DapSession } from "./session.ts";

export const resume: Handler<"continue"> = (session, _args, after) => {
  const { debugger: dbg } = session.stopped();
  after(() => session.move(dbg.continue()));
  return { allThreadsContinued: true };
};

export const pause: Handler<"pause"> = async (session) => {
  await session.running().debugger.pause();
  return undefined;
};

function step(session: DapSession, kind: StepKind, granularity: string | undefined, after: After): undefined {
  const { debugger: dbg } = session.stopped();
  after(() => session.move(dbg.step(kind, granularity === "instruction" ? "instruction" : "line")));
}

export const next: Handler<"next"> = (session, args, after) => step(session, "over", args.granularity, after);
export const stepIn: Handler<"stepIn"> = (session, args, after) => step(session, "in", args.granularity, after);
export const stepOut: Handler<"stepOut"> = (session, args, after) => step(session, "out", args.granularity, after);
