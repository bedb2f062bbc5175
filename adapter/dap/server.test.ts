// The adapter on a socket: framing, several clients, bad input.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { test } from "node:test";
import { listenDap } from "./server.ts";
import { localLauncher } from "./testing/local-launcher.ts";

const framed = (text: string) => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
const request = (seq: number, command: string, args?: object) =>
  framed(JSON.stringify({ seq, type: "request", command, arguments: args }));

async function talk(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.setEncoding("utf8");
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk;
  });
  socket.write(text);
  await once(socket, "close");
  return received;
}

test("clients are served on 127.0.0.1, and a bad message does no harm", async () => {
  const server = await listenDap(0, localLauncher);
  const { port, address } = server.address() as AddressInfo;
  assert.equal(address, "127.0.0.1");
  try {
    const goodbye = request(2, "disconnect");
    const answers = await Promise.all([
      talk(port, request(1, "initialize", { adapterID: "a" }) + goodbye),
      talk(port, framed("{nonsense") + framed("null") + request(1, "initialize", { adapterID: "b" }) + goodbye),
    ]);
    for (const answer of answers) assert.match(answer, /"command":"initialize".*"supportsDisassembleRequest":true/s);
    assert.match(answers[1], /protocol: Error handling data/);
  } finally {
    server.close();
  }
});
