// A run that can be talked to while it goes on: signals end it with all that plugins have found, plugins that are saved
// are loaded again (`--watch`), and `terrarium control` tells it what to do with them (`--control SOCKET`).
import { rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { createInterface } from "node:readline";
import { setImmediate as nextTurn } from "node:timers/promises";
import { allowOptimising } from "../host/engine-flags.ts";
import { LivePlugins } from "../host/live-plugins.ts";
import type { PluginPlaces } from "../host/plugin-loader.ts";
import { carryOutPluginAction, type Log, type Session, type SessionStop } from "../host/session.ts";
import { waitNanoseconds } from "../host/standard-streams.ts";
import type { SessionConfig } from "../host/worker-protocol.ts";

export interface LiveOptions {
  readonly watch: boolean;
  /** Path of the socket to listen on. */
  readonly control?: string | undefined;
  readonly places: PluginPlaces;
  readonly log: Log;
}

/** Signals that end the run, with its results, and the status that a shell shows for each. */
const ending = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export async function runLive(
  session: Session,
  config: SessionConfig,
  { watch, control, places, log }: LiveOptions,
): Promise<SessionStop & { kind: "exited" | "plugin" }> {
  const live = new LivePlugins(async (action) => carryOutPluginAction(session, action), places, log, config.plugins);
  if (watch) live.watchFiles();
  const server = control === undefined ? undefined : await listen(control, live);
  let interrupted: keyof typeof ending | undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    interrupted = signal as keyof typeof ending;
  };
  for (const signal of Object.keys(ending)) process.on(signal, interrupt);
  try {
    for (;;) {
      const stop = session.runSlice();
      if (stop.kind === "exited" || stop.kind === "plugin") return stop;
      allowOptimising();
      session.sampleSeries();
      if (stop.kind === "sleep") waitNanoseconds(stop.nanoseconds);
      await nextTurn(); // lets signals and commands in
      if (interrupted) {
        log("warning", "emulator", `ended by ${interrupted} after ${session.machine.instructionCount()} instructions`);
        return { kind: "exited", status: ending[interrupted] };
      }
    }
  } finally {
    for (const signal of Object.keys(ending)) process.off(signal, interrupt);
    live.close();
    server?.close();
    if (control !== undefined) rmSync(control, { force: true });
  }
}

/** Takes lines of commands, and answers each with its text and an empty line. */
async function listen(socket: string, live: LivePlugins): Promise<Server> {
  rmSync(socket, { force: true });
  const server = createServer((connection) => {
    connection.on("error", () => connection.destroy());
    const lines = createInterface({ input: connection });
    lines.on("line", (line) => {
      live.command(line).then(
        (text) => connection.write(`${text}\n\n`),
        (error: unknown) => connection.write(`error: ${(error as Error).message}\n\n`),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  server.unref();
  return server;
}
