// The emulator's thread in a debug session: obeys commands from the adapter's thread, runs the guest in slices, and
// reports stops, output and plugin views. Whatever the guest or a plugin does here, the adapter goes on.
import { setImmediate as nextTurn } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { StopReason } from "../debugger/target.ts";
import { compileModule } from "./engine-flags.ts";
import { InputQueue } from "./input-queue.ts";
import { NodeDoor } from "./node-door.ts";
import { carryOutPluginAction, Session, type SessionStop } from "./session.ts";
import type {
  Command,
  CommandMessage,
  CommandResult,
  PluginAction,
  SessionConfig,
  WorkerMessage,
} from "./worker-protocol.ts";

/** Milliseconds between two deliveries of plugin views while the guest runs. */
const VIEW_INTERVAL = 250;

const port = parentPort!;
const post = (message: WorkerMessage) => port.postMessage(message);

type RunState =
  | { kind: "stopped" }
  | { kind: "running"; passBreakpoint: boolean; until?: { addresses: ReadonlySet<bigint>; minimumSp?: bigint } }
  /** Waiting for standard input or for guest time to pass; goes back to `resumed`. */
  | { kind: "waiting"; for: "input" | "time"; wake: number; resumed: RunState };

class EmulatorThread {
  private readonly session: Session;
  private readonly input = new InputQueue();
  private readonly queue: CommandMessage[] = [];
  private state: RunState = { kind: "stopped" };
  private userBreakpoints: readonly bigint[] = [];
  private wakeUp: () => void = () => {};
  private lastViews = 0;
  private viewsJson = "";

  constructor(config: SessionConfig) {
    const door = new NodeDoor({
      readInput: (max) => this.input.read(max),
      writeOutput: (stream, data) => post({ type: "output", stream, data: data.slice() }),
      log: (level, text) => post({ type: "log", level, source: "emulator", text }),
    });
    this.session = new Session(
      config,
      door,
      (level, source, text) => post({ type: "log", level, source, text }),
      compileModule,
    );
    port.on("message", (message: CommandMessage) => {
      this.queue.push(message);
      this.wakeUp();
    });
    const { machine } = this.session;
    post({ type: "ready", memory: machine.memory.wasm.buffer, loadBias: machine.loadBias });
  }

  async loop(): Promise<never> {
    for (;;) {
      this.session.shared.clearStop();
      await nextTurn(); // lets messages in
      for (let next = this.queue.shift(); next; next = this.queue.shift()) this.obey(next);
      if (this.state.kind === "running") this.runSlice(this.state);
      else await this.idle();
    }
  }

  /** Sleeps until a command comes, or until the guest's own wait is over. */
  private async idle(): Promise<void> {
    if (this.queue.length > 0) return;
    const waiting = this.state.kind === "waiting" ? this.state : undefined;
    await new Promise<void>((resolve) => {
      this.wakeUp = resolve;
      if (waiting?.for === "time") setTimeout(resolve, Math.max(0, waiting.wake - performance.now()));
    });
    this.wakeUp = () => {};
    if (waiting?.for === "time" && performance.now() >= waiting.wake) this.state = waiting.resumed;
  }

  private runSlice(state: RunState & { kind: "running" }): void {
    const stop = this.session.runSlice(state.passBreakpoint);
    state.passBreakpoint = false;
    this.after(stop, state);
    if (performance.now() - this.lastViews > VIEW_INTERVAL) this.sendViews();
  }

  private after(stop: SessionStop, state: RunState & { kind: "running" }): void {
    switch (stop.kind) {
      case "budget":
        return;
      case "input":
        this.state = { kind: "waiting", for: "input", wake: 0, resumed: state };
        return;
      case "sleep":
        this.state = { kind: "waiting", for: "time", wake: performance.now() + stop.nanoseconds / 1e6, resumed: state };
        return;
      case "breakpoint":
        return this.atBreakpoint(state);
      case "signal":
        return this.stopped({ kind: "signal", signal: stop.name, text: stop.text });
      case "plugin":
        return this.stopped({ kind: "plugin", plugin: stop.plugin, text: `${stop.plugin}: ${stop.reason}` });
      case "exited":
        this.session.keepProfile();
        return this.stopped({ kind: "exited", status: stop.status, signal: stop.signal });
    }
  }

  private atBreakpoint(state: RunState & { kind: "running" }): void {
    const { machine } = this.session;
    const pc = machine.readRegister(this.session.guest.file.pc);
    const sp = machine.readRegister(this.session.guest.registers.findIndex((r) => r.roles.includes("sp")));
    const until = state.until;
    if (until?.addresses.has(pc) && (until.minimumSp === undefined || sp >= until.minimumSp))
      return this.stopped({ kind: "step" });
    if (this.userBreakpoints.includes(pc)) return this.stopped({ kind: "breakpoint" });
    state.passBreakpoint = true; // one of ours in a deeper frame: go on
  }

  private stopped(reason: StopReason): void {
    this.state = { kind: "stopped" };
    this.session.machine.executor.setBreakpoints(new Set(this.userBreakpoints));
    this.sendViews(true);
    post({ type: "stopped", reason });
  }

  private sendViews(always = false): void {
    this.lastViews = performance.now();
    const views = this.session.views();
    const json = JSON.stringify(views);
    if (!always && json === this.viewsJson) return;
    this.viewsJson = json;
    post({ type: "views", views });
  }

  private obey({ id, command }: CommandMessage): void {
    try {
      post({ type: "reply", id, value: this.carryOut(command) });
    } catch (error) {
      post({ type: "reply", id, error: error instanceof Error ? error.message : String(error) });
    }
  }

  private carryOut(command: Command): CommandResult {
    const { machine } = this.session;
    switch (command.type) {
      case "resume":
        this.state = { kind: "running", passBreakpoint: true };
        return;
      case "runTo":
        machine.executor.setBreakpoints(new Set([...this.userBreakpoints, ...command.addresses]));
        this.state = {
          kind: "running",
          passBreakpoint: true,
          until: { addresses: new Set(command.addresses), minimumSp: command.minimumSp },
        };
        return;
      case "step": {
        const running = { kind: "running", passBreakpoint: true } as const;
        this.state = running;
        const stop = this.session.step(1);
        if (stop.kind === "budget" || stop.kind === "breakpoint") this.stopped({ kind: "step" });
        else this.after(stop, running);
        return;
      }
      case "pause":
        if (this.state.kind !== "stopped") this.stopped({ kind: "pause" });
        return;
      case "breakpoints": {
        this.userBreakpoints = command.addresses;
        const running = this.state.kind === "waiting" ? this.state.resumed : this.state;
        const temporary = running.kind === "running" ? (running.until?.addresses ?? []) : [];
        machine.executor.setBreakpoints(new Set([...command.addresses, ...temporary]));
        return;
      }
      case "writeRegister":
        machine.writeRegister(command.index, command.value);
        return;
      case "writeMemory":
        return machine.memory.write(command.address, command.data);
      case "input":
        this.input.add(command.data);
        if (this.state.kind === "waiting" && this.state.for === "input") this.state = this.state.resumed;
        return;
      case "views":
        return this.session.views();
      case "plugins":
        return this.carryOutPluginAction(command.action);
      case "finish":
        this.session.finish();
        this.sendViews(true);
        return;
    }
  }

  private carryOutPluginAction(action: PluginAction): CommandResult {
    const result = carryOutPluginAction(this.session, action);
    if (action.do !== "list") this.sendViews(true); // also while the guest is stopped
    return result;
  }
}

try {
  void new EmulatorThread(workerData as SessionConfig).loop();
} catch (error) {
  post({ type: "failed", message: error instanceof Error ? error.message : String(error) });
}
