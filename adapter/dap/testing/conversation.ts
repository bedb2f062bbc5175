// Plays a conversation file against a session in this thread and gives the transcript.
//
//   # comment
//   > command {"arguments": ...}     sends a request and waits for its response
//   ? event                          waits until one more event of this kind has come
//
// In arguments, "@file:marker" is the line marked `BREAK: marker` in a fixture's source, "children:Name" the last
// variablesReference given for that name, "address:Name" the last memoryReference or instructionPointerReference,
// and $fixtures the fixtures' folder.
import type { DebugProtocol } from "@vscode/debugprotocol";
import { fixturePath, markedLine } from "../../../test-fixtures/fixtures.ts";
import { nodeHost } from "../node-host.ts";
import { DapSession } from "../session.ts";
import { localLauncher } from "./local-launcher.ts";

type Message = DebugProtocol.ProtocolMessage;
const fixtures = fixturePath("").replace(/\/$/, "");

export async function play(conversation: string): Promise<string> {
  const player = new Player();
  for (const line of conversation.split("\n")) await player.line(line.trim());
  return player.transcript.join("\n");
}

class Player {
  readonly transcript: string[] = [];
  private readonly session = new DapSession(localLauncher, nodeHost);
  private readonly references = new Map<string, number>();
  private readonly addresses = new Map<string, string>();
  private readonly events = new Map<string, number>();
  private readonly responses = new Map<number, () => void>();
  private wake: () => void = () => {};
  private seq = 1;

  constructor() {
    this.session.onDidSendMessage((message) => this.received(message as Message));
  }

  async line(line: string): Promise<void> {
    if (line === "") return;
    const [kind, name, ...rest] = line.split(" ");
    if (kind === "?") return this.event(name);
    this.transcript.push(line);
    if (kind === ">") await this.request(name, rest.join(" "));
    else if (!line.startsWith("#")) throw new Error(`not a line of a conversation: ${line}`);
  }

  private async request(command: string, text: string): Promise<void> {
    const seq = this.seq++;
    const args = text === "" ? undefined : JSON.parse(text, (_key, value) => this.resolved(value));
    const answered = new Promise<void>((resolve) => this.responses.set(seq, resolve));
    const request: DebugProtocol.Request = { seq, type: "request", command, arguments: args };
    this.session.handleMessage(request);
    await answered;
  }

  private resolved(value: unknown): unknown {
    if (typeof value !== "string") return value;
    const marker = /^@(.+):(.+)$/.exec(value);
    if (marker) return markedLine(marker[1], marker[2]);
    const named = /^(children|address):(.+)$/.exec(value);
    if (named) return (named[1] === "children" ? this.references : this.addresses).get(named[2]) ?? 0;
    return value.replaceAll("$fixtures", fixtures);
  }

  private async event(name: string): Promise<void> {
    while (!this.events.get(name)) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.events.set(name, this.events.get(name)! - 1);
  }

  private received(message: Message): void {
    if (message.type === "event") {
      const { event, body } = message as DebugProtocol.Event;
      this.transcript.push(...written(`! ${event}`, body));
      this.events.set(event, (this.events.get(event) ?? 0) + 1);
      this.wake();
      return;
    }
    const response = message as DebugProtocol.Response;
    this.remember(response.body);
    if (response.success) this.transcript.push(...written("<", response.body));
    else this.transcript.push(`< failed: ${portable(response.message ?? "")}`);
    this.responses.get(response.request_seq)?.();
  }

  private remember(body: unknown): void {
    JSON.stringify(body, (_key, value) => {
      if (typeof value?.name === "string") {
        if (value.variablesReference > 0) this.references.set(value.name, value.variablesReference);
        const address = value.memoryReference ?? value.instructionPointerReference;
        if (address !== undefined) this.addresses.set(value.name, address);
      }
      return value;
    });
  }
}

const portable = (text: string) => text.replaceAll(fixtures, "$fixtures");

/** One line, or a line for each item of the first array when that would be long. */
function written(head: string, body: unknown): string[] {
  if (body === undefined) return [head];
  const whole = portable(JSON.stringify(body));
  const entry = Object.entries(body as object).find(([, value]) => Array.isArray(value));
  if (!entry || whole.length < 120) return [`${head} ${whole}`];
  const [name, items] = entry as [string, unknown[]];
  const rest = portable(JSON.stringify({ ...(body as object), [name]: `${items.length} items` }));
  return [`${head} ${rest}`, ...items.map((item) => `    ${portable(JSON.stringify(item))}`)];
}
