// The debug adapter on a pair of streams, or on a TCP port of this machine.
import { createServer, type Server } from "node:net";
import type { Readable, Writable } from "node:stream";
import type { Launcher } from "./launch.ts";
import { nodeHost } from "./node-host.ts";
import { DapSession } from "./session.ts";

/** Serves one client; resolves when it has disconnected or its stream has ended. */
export async function startDapServer(input: Readable, output: Writable, launcher: Launcher): Promise<void> {
  const session = new DapSession(launcher, nodeHost);
  await new Promise<void>((resolve) => {
    session.on("close", resolve); // the client's stream has ended
    session.on("finished", resolve); // the client has disconnected
    input.on("error", () => resolve());
    output.on("error", () => resolve());
    session.start(input, output);
  });
  await session.end();
}

/** Serves clients one after the other or together on 127.0.0.1; port 0 takes a free one. */
export async function listenDap(port: number, launcher: Launcher): Promise<Server> {
  const server = createServer((socket) => {
    startDapServer(socket, socket, launcher).then(
      () => socket.end(),
      () => socket.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}
