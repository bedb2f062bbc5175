// The debugger's `Target` over the emulator's worker thread.
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type Guest, instructionText, type RegisterDescriptor } from "../../emulator/guest/guest.ts";
import type { PluginDescription } from "../../emulator/instrument/plugin-host.ts";
import { SharedState } from "../../emulator/machine/shared-state.ts";
import type { Instruction, StopReason, Target, TargetEvents, ViewData } from "../debugger/target.ts";
import { here } from "./here.ts";
import { guestByName } from "./session.ts";
import type { Command, CommandMessage, PluginAction, SessionConfig, WorkerMessage } from "./worker-protocol.ts";

/** Milliseconds that plugins and their files get when a session ends. */
const FINISH_LIMIT = 3000;

export class WorkerTarget implements Target {
  readonly guestName: string;
  readonly registers: readonly RegisterDescriptor[];
  readonly pointerBytes: 4 | 8;
  loadBias = 0n;
  /** Called when the session is over. */
  onDispose: () => void = () => {};

  private readonly guest: Guest;
  private readonly worker: Worker;
  private readonly events: TargetEvents;
  private shared!: SharedState;
  private readonly replies = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  private nextId = 1;
  private ended = false;

  private constructor(config: SessionConfig, events: TargetEvents) {
    this.guest = guestByName(config.guestName);
    this.guestName = this.guest.name;
    this.registers = this.guest.registers;
    this.pointerBytes = this.guest.pointerBytes;
    this.events = events;
    this.worker = new Worker(path.join(here, "worker.js"), { workerData: config, name: "terrarium emulator" });
  }

  /** Starts a worker and loads the program in it; the guest is stopped before its first instruction. */
  static async start(config: SessionConfig, events: TargetEvents): Promise<WorkerTarget> {
    const target = new WorkerTarget(config, events);
    await new Promise<void>((resolve, reject) => {
      target.worker.on("message", (message: WorkerMessage) => {
        if (message.type === "ready") {
          target.shared = new SharedState(message.memory);
          target.loadBias = message.loadBias;
          resolve();
        } else if (message.type === "failed") {
          void target.worker.terminate();
          reject(new Error(message.message));
        } else target.receive(message);
      });
      target.worker.on("error", (error) => {
        reject(error);
        target.lost(`the emulator failed: ${error.stack ?? error.message}`);
      });
      target.worker.on("exit", () => target.lost("the emulator's thread ended"));
    });
    return target;
  }

  private receive(message: WorkerMessage): void {
    switch (message.type) {
      case "reply": {
        const waiting = this.replies.get(message.id);
        this.replies.delete(message.id);
        if (message.error !== undefined) waiting?.reject(new Error(message.error));
        else waiting?.resolve(message.value);
        return;
      }
      case "stopped":
        return this.events.stopped(message.reason);
      case "output":
        return this.events.output(message.stream, message.data);
      case "log":
        return this.events.log(message.level, message.source, message.text);
      case "views":
        return this.events.views(message.views);
    }
  }

  /** The worker is gone without having been asked to go: the session ends with a reason, and nobody waits for ever. */
  private lost(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    for (const waiting of this.replies.values()) waiting.reject(new Error(reason));
    this.replies.clear();
    this.events.log("error", "emulator", reason);
    const exited: StopReason = { kind: "exited", status: 1 };
    this.events.stopped(exited);
  }

  private send(command: Command): Promise<unknown> {
    if (this.ended) return Promise.reject(new Error("the guest has ended"));
    const id = this.nextId++;
    const message: CommandMessage = { id, command };
    const reply = new Promise<unknown>((resolve, reject) => this.replies.set(id, { resolve, reject }));
    this.worker.postMessage(message);
    this.shared.requestStop(); // the running slice ends, and the worker reads its messages
    return reply;
  }

  readRegisters(): bigint[] {
    return this.registers.map((_, index) => this.shared.readRegister(index));
  }

  async writeRegister(index: number, value: bigint): Promise<void> {
    await this.send({ type: "writeRegister", index, value });
  }

  readMemory(address: bigint, length: number): Uint8Array {
    return this.shared.readMemory(address, length);
  }

  async writeMemory(address: bigint, data: Uint8Array): Promise<number> {
    return (await this.send({ type: "writeMemory", address, data })) as number;
  }

  async setBreakpoints(addresses: readonly bigint[]): Promise<void> {
    await this.send({ type: "breakpoints", addresses });
  }

  async resume(): Promise<void> {
    await this.send({ type: "resume" });
  }

  async runTo(addresses: readonly bigint[], minimumSp?: bigint): Promise<void> {
    await this.send({ type: "runTo", addresses, minimumSp });
  }

  async stepInstruction(): Promise<void> {
    await this.send({ type: "step" });
  }

  async pause(): Promise<void> {
    await this.send({ type: "pause" });
  }

  input(data: Uint8Array | undefined): void {
    this.send({ type: "input", data }).catch(() => {}); // a guest that has ended reads no more
  }

  async views(): Promise<readonly ViewData[]> {
    return (await this.send({ type: "views" })) as readonly ViewData[];
  }

  /** @throws Error (rejects) when there is no such plugin, or others use it. */
  async plugins(action: PluginAction): Promise<boolean | readonly PluginDescription[]> {
    return (await this.send({ type: "plugins", action })) as boolean | readonly PluginDescription[];
  }

  disassemble(address: bigint, count: number): Instruction[] {
    const lines: Instruction[] = [];
    const fetch = (at: bigint) => {
      const half = this.readMemory(at, 2);
      return half.length === 2 ? half[0] | (half[1] << 8) : undefined;
    };
    for (let at = address; lines.length < count && fetch(at) !== undefined; ) {
      const decoded = this.guest.decode(fetch, at);
      const { length, kind, target } = decoded;
      lines.push({ address: at, bytes: this.readMemory(at, length), text: instructionText(decoded), kind, target });
      at += BigInt(decoded.length);
    }
    return lines;
  }

  instructionCount(): bigint {
    return this.shared.instructionCount();
  }

  async dispose(): Promise<void> {
    this.onDispose();
    // Plugins are told of the end and what they write is written, unless that takes too long.
    if (!this.ended) await Promise.race([this.send({ type: "finish" }).catch(() => {}), delay(FINISH_LIMIT)]);
    this.ended = true;
    for (const waiting of this.replies.values()) waiting.reject(new Error("the session was ended"));
    this.replies.clear();
    await this.worker.terminate();
  }
}
