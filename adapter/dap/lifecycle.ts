// The session's beginning and end.

import { protocolBreakpoint } from "./breakpoints.ts";
import { capabilities } from "./capabilities.ts";
import type { Handler } from "./handlers.ts";
import { readLaunchConfiguration } from "./launch.ts";
import { RequestError } from "./protocol.ts";

export const initialize: Handler<"initialize"> = (session, args) => {
  if (args.pathFormat === "uri") throw new RequestError('paths as URIs are not supported: use pathFormat "path"');
  session.client = args;
  return capabilities;
};

/** Loads the program. `initialized` follows when it is there, so that breakpoints can be resolved at once. */
export const launch: Handler<"launch"> = async (session, args, after) => {
  if (session.debuggee) throw new RequestError("a program has been launched already: use restart");
  await session.load(readLaunchConfiguration(args));
  after(() => session.event("initialized"));
  return undefined;
};

export const configurationDone: Handler<"configurationDone"> = (session, _args, after) => {
  session.running();
  after(() => begin(session));
  return undefined;
};

function begin(session: Parameters<typeof configurationDone>[0]): void {
  const { debugger: dbg, configuration } = session.running();
  if (configuration.stopOnEntry) session.announce({ reason: { kind: "entry" }, breakpoints: [] });
  else session.move(dbg.continueFromStart());
}

/** The same configuration again, or a new one if the client gives it; breakpoints stay. */
export const restart: Handler<"restart"> = async (session, args, after) => {
  const given = (args as { arguments?: unknown } | undefined)?.arguments;
  const configuration = given === undefined ? session.running().configuration : readLaunchConfiguration(given);
  await session.end();
  await session.load(configuration);
  after(() => {
    const debuggee = session.running();
    for (const breakpoint of debuggee.debugger.breakpoints.all())
      session.event("breakpoint", { reason: "changed", breakpoint: protocolBreakpoint(debuggee, breakpoint) });
    begin(session);
  });
  return undefined;
};

export const terminate: Handler<"terminate"> = async (session, _args, after) => {
  await session.end();
  after(() => session.terminated());
  return undefined;
};

export const disconnect: Handler<"disconnect"> = async (session, _args, after) => {
  await session.end();
  after(() => {
    session.terminated();
    session.finish();
  });
  return undefined;
};
