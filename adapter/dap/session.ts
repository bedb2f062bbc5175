// One client's session: dispatches requests to their handlers, and carries what the handlers share.
import { DebugSession } from "@vscode/debugadapter";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Stop } from "../debugger/debugger.ts";
import type { Frame } from "../debugger/unwind.ts";
import { Debuggee } from "./debuggee.ts";
import { GuestOutput } from "./guest-output.ts";
import { type Handlers, handlers } from "./handlers.ts";
import type { Host } from "./host.ts";
import type { LaunchConfiguration, Launcher } from "./launch.ts";
import { RequestError, type Requests } from "./protocol.ts";
import { sendStop } from "./stops.ts";
import { ViewsForwarder } from "./views.ts";

/** The guest has one vCPU. */
export const THREAD = 1;

/** What a handler may ask for to be done when its response is out. */
export type After = (action: () => void) => void;

export class DapSession extends DebugSession {
  readonly host: Host;
  readonly launcher: Launcher;
  /** Of the client, from `initialize`. */
  client: DebugProtocol.InitializeRequestArguments = { adapterID: "terrarium" };
  /** Set by `launch`. */
  debuggee: Debuggee | undefined;
  readonly views = new ViewsForwarder(this);
  private readonly output = new GuestOutput((category, output) => this.event("output", { category, output }));
  private ended = false;

  constructor(launcher: Launcher, host: Host) {
    super(undefined, true); // "server": the end of a stream must not end the process
    this.on("error", (event: { body?: unknown }) =>
      this.console(`protocol: ${event.body ?? "bad message"}`, "important"),
    );
    this.launcher = launcher;
    this.host = host;
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Messages

  event(name: string, body?: object): void {
    const event: DebugProtocol.Event = { seq: 0, type: "event", event: name, ...(body ? { body } : {}) };
    this.sendEvent(event);
  }

  /** Text for the Debug Console. */
  console(output: string, category: "console" | "important" = "console"): void {
    this.event("output", { category, output: output.endsWith("\n") ? output : `${output}\n` });
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.answer(request);
  }

  private async answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = {
      seq: 0,
      type: "response",
      request_seq: request.seq,
      command: request.command,
      success: true,
    };
    const actions: (() => void)[] = [];
    try {
      const body = await this.carryOut(request, (action) => actions.push(action));
      if (body !== undefined) response.body = body;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      response.success = false;
      response.message = message;
      response.body = {
        error: { id: 1, format: message.replaceAll(/[{}]/g, ""), showUser: request.command === "launch" },
      };
    }
    this.sendResponse(response);
    for (const action of actions) action();
  }

  private async carryOut(request: DebugProtocol.Request, after: After): Promise<object | undefined> {
    if (!Object.hasOwn(handlers, request.command))
      throw new RequestError(`the request "${request.command}" is not supported`);
    return callHandler(handlers, request.command as keyof Requests, this, request.arguments, after);
  }

  // -------------------------------------------------------------------------------------------------------------------
  // The debuggee

  /** Loads the program; an earlier run's breakpoints are kept. Its end is the caller's business. */
  async load(configuration: LaunchConfiguration): Promise<void> {
    const earlier = this.debuggee;
    const generation = {};
    this.generation = generation;
    const current = () => this.generation === generation;
    const debuggee = await Debuggee.launch(
      configuration,
      this.launcher,
      this.host,
      {
        output: (stream, data) => current() && this.output.write(stream, data),
        // What plugins say and show last, they do while the run is ended.
        log: (level, source, text) => {
          if (level === "error") this.errorsHeard?.push(text);
          this.console(`${source}: ${text}`, level === "error" ? "important" : "console");
        },
        views: (views) => this.views.received(views),
        debuggerLog: (text, kind) => this.console(text, kind === "error" ? "important" : "console"),
        unexpectedStop: (stop) => current() && this.announce(stop),
      },
      earlier?.debugger.breakpoints,
    );
    this.debuggee = debuggee;
    for (const warning of debuggee.symbols.warnings) this.console(`symbols: ${warning}`);
  }

  private generation: object | undefined;
  private errorsHeard: string[] | undefined;

  /** Does something, and gives the errors that the debuggee's log had meanwhile with its result. */
  async hearingErrors<T>(work: () => Promise<T>): Promise<{ result: T; errors: readonly string[] }> {
    const errors: string[] = [];
    this.errorsHeard = errors;
    try {
      return { result: await work(), errors };
    } finally {
      this.errorsHeard = undefined;
    }
  }

  /** Ends the running guest, without a word to the client. */
  async end(): Promise<void> {
    this.generation = undefined;
    await this.debuggee?.target.dispose();
    this.views.stopped();
  }

  /** Tells the client that the session is over; once. */
  terminated(): void {
    if (this.ended) return;
    this.ended = true;
    this.output.flush();
    this.event("terminated");
  }

  /** The client has disconnected: the connection is closed, and "finished" is emitted. */
  finish(): void {
    this.stop();
    this.emit("finished");
  }

  running(): Debuggee {
    if (!this.debuggee) throw new RequestError("no program has been launched");
    return this.debuggee;
  }

  /** The debuggee, which must stand still for what is asked. */
  stopped(): Debuggee {
    const debuggee = this.running();
    if (debuggee.debugger.state === "running") throw new RequestError("the guest is running");
    if (debuggee.debugger.state === "exited") throw new RequestError("the guest has ended");
    return debuggee;
  }

  /** Moves the guest, and tells the client where it ends. */
  move(movement: Promise<Stop>): void {
    const debuggee = this.running();
    debuggee.variables.clear();
    this.views.moving();
    const { generation } = this;
    movement.then(
      (stop) => debuggee === this.debuggee && this.announce(stop),
      (error: Error) => generation !== undefined && generation === this.generation && this.failed(error),
    );
  }

  private failed(error: Error): void {
    this.console(error.message, "important");
    this.event("stopped", { reason: "pause", description: error.message, threadId: THREAD, allThreadsStopped: true });
  }

  announce(stop: Stop): void {
    const debuggee = this.running();
    debuggee.variables.clear();
    debuggee.lastStop = stop;
    this.output.flush();
    this.views.stopped();
    sendStop(this, stop);
  }

  /** A frame by its id, which is its number from 1. */
  frame(id: number | undefined): Frame | undefined {
    if (id === undefined) return this.stopped().debugger.frames(0, 1)[0];
    const [frame] = this.stopped().debugger.frames(id - 1, 1);
    if (!frame) throw new RequestError(`there is no stack frame ${id}`);
    return frame;
  }

  /** Something was written: the client's stack and variables may be old. */
  changed(): void {
    if (this.client.supportsInvalidatedEvent) this.event("invalidated", { areas: ["stacks", "variables"] });
  }
}

function callHandler<K extends keyof Requests>(
  table: Handlers,
  command: K,
  session: DapSession,
  args: unknown,
  after: After,
): Promise<Requests[K][1]> | Requests[K][1] {
  return table[command](session, (args ?? {}) as Requests[K][0], after);
}
