// A debug adapter that plays a part: a server for one connection whose figures are the test's, so that the panel is
// tested with what no real program shows at once (figures beyond 2^53, no source, many rows).
import { createServer, type Server } from "node:net";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { ViewsEventBody } from "../../adapter/dap/views-protocol.ts";

type Body = Record<string, unknown> | undefined;

export interface ScriptedAdapter {
  readonly port: number;
  send(event: string, body: unknown): void;
  close(): void;
}

export async function startScriptedAdapter(
  source: { path: string; line: number },
  views: ViewsEventBody,
): Promise<ScriptedAdapter> {
  let send: (event: string, body: unknown) => void = () => undefined;
  const stop = (reason: string) => {
    send("stopped", { reason, threadId: 1, allThreadsStopped: true });
    send("terrarium.views", views);
  };
  const answers: Record<string, (args: never) => Body> = {
    initialize: () => ({ supportsConfigurationDoneRequest: true, supportsDisassembleRequest: true }),
    launch: () => undefined,
    configurationDone: () => void setTimeout(stop, 50, "entry"),
    threads: () => ({ threads: [{ id: 1, name: "main" }] }),
    stackTrace: () => ({
      stackFrames: [{ id: 1, name: "main", line: source.line, column: 1, source: { path: source.path } }],
      totalFrames: 1,
    }),
    scopes: () => ({ scopes: [] }),
    disassemble: ({ memoryReference, instructionOffset }: DebugProtocol.DisassembleArguments) => ({
      instructions: Array.from({ length: 128 }, (_, i) => ({
        address: `0x${(BigInt(memoryReference) + BigInt(4 * (i + (instructionOffset ?? 0)))).toString(16)}`,
        instructionBytes: "13050500",
        instruction: "mv a0,a0",
      })),
    }),
    "terrarium.views": () => ({ ...views }),
    disconnect: () => void setTimeout(() => send("terminated", {}), 10),
  };

  const server: Server = createServer((socket) => {
    let seq = 1;
    const write = (message: Body) => {
      const text = JSON.stringify({ seq: seq++, ...message });
      socket.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    };
    send = (event, body) => write({ type: "event", event, body });
    let rest = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      rest = Buffer.concat([rest, data]);
      for (;;) {
        const head = /^Content-Length: (\d+)\r\n\r\n/.exec(rest.toString("latin1", 0, 64));
        if (!head || rest.length < head[0].length + Number(head[1])) return;
        const end = head[0].length + Number(head[1]);
        const request = JSON.parse(rest.toString("utf8", head[0].length, end)) as DebugProtocol.Request;
        rest = rest.subarray(end);
        const body = answers[request.command]?.(request.arguments as never);
        write({ type: "response", request_seq: request.seq, command: request.command, success: true, body });
        if (request.command === "initialize") send("initialized", {});
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    send: (event, body) => send(event, body),
    close: () => server.close(),
  };
}
