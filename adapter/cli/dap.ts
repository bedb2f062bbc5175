// terrarium dap [--port N]
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { listenDap, startDapServer } from "../dap/server.ts";
import { nodeLauncher } from "../host/launcher.ts";
import { UsageError } from "./usage.ts";

function readPort(args: string[]): number | undefined {
  let text: string | undefined;
  try {
    text = parseArgs({ args, options: { port: { type: "string" } }, strict: true }).values.port;
  } catch (error) {
    throw new UsageError(`dap: ${(error as Error).message}`);
  }
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new UsageError(`dap: --port must be 0 to 65535, not "${text}"`);
  return port;
}

export async function dapCommand(args: string[]): Promise<number> {
  const port = readPort(args);
  if (port === undefined) {
    await startDapServer(process.stdin, process.stdout, nodeLauncher);
    process.exit(0); // a guest that still runs must not keep the process
  }
  const server = await listenDap(port, nodeLauncher);
  process.stderr.write(`terrarium: listening on 127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  return new Promise<number>((resolve) => server.on("close", () => resolve(0)));
}
