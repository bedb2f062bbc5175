// terrarium control SOCKET COMMAND...: tells a running `terrarium run --control SOCKET` what to do with its plugins.
import { connect } from "node:net";
import { writeAll } from "../host/standard-streams.ts";
import { UsageError } from "./usage.ts";

export async function controlCommand([socket, ...words]: string[]): Promise<number> {
  if (socket === undefined || words.length === 0) throw new UsageError("control: expected SOCKET COMMAND...");
  const answer = await ask(socket, words.join(" "));
  writeAll(1, Buffer.from(`${answer}\n`));
  return answer.startsWith("error: ") ? 1 : 0;
}

function ask(socket: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket, () => connection.write(`${command}\n`));
    let received = "";
    connection.setEncoding("utf8");
    connection.on("data", (text: string) => {
      received += text;
      if (!received.endsWith("\n\n")) return;
      connection.end();
      resolve(received.trimEnd());
    });
    connection.on("error", (error) => reject(new Error(`${socket}: nobody listens there (${error.message})`)));
    connection.on("close", () => reject(new Error("the run ended before it answered")));
  });
}
