// What the adapter's thread and the emulator's worker say to each other. Registers and memory of a stopped guest are
// read from the shared memory, not asked for.

import type { PluginDescription } from "../../emulator/instrument/plugin-host.ts";
import type { MachineOptions } from "../../emulator/machine/api.ts";
import type { StopReason, ViewData } from "../debugger/target.ts";
import type { LoadedPlugin } from "./plugin-loader.ts";

/** What a session is made of; it can be sent to a worker. */
export interface SessionConfig extends Omit<MachineOptions, "guest" | "door" | "compileModule" | "profile"> {
  guestName: string;
  /** The program's file on the host: what a run teaches about it is kept for the next one. Undefined: nothing is kept. */
  programFile?: string;
  plugins: readonly LoadedPlugin[];
  /** Host folder in which plugins may write files; undefined: none. */
  output?: string;
}

export type Command =
  | { type: "resume" }
  | { type: "step" }
  | { type: "runTo"; addresses: readonly bigint[]; minimumSp?: bigint }
  | { type: "pause" }
  | { type: "breakpoints"; addresses: readonly bigint[] }
  | { type: "writeRegister"; index: number; value: bigint }
  | { type: "writeMemory"; address: bigint; data: Uint8Array }
  | { type: "input"; data: Uint8Array | undefined }
  | { type: "views" }
  | { type: "plugins"; action: PluginAction }
  /** The session ends: plugins are told, and their files are written. */
  | { type: "finish" };

/** What is done to the plugins of a running session. */
export type PluginAction =
  | { do: "list" }
  /** The first was asked for, the others are used by it. */
  | { do: "load"; plugins: readonly LoadedPlugin[] }
  | { do: "reload"; name: string; plugin: LoadedPlugin }
  | { do: "unload"; name: string }
  | { do: "reset"; name: string };

/** Bytes written, views, whether it was done, or the plugins. */
export type CommandResult = number | readonly ViewData[] | boolean | readonly PluginDescription[] | undefined;

/** Every command is answered by one reply with its number. */
export interface CommandMessage {
  id: number;
  command: Command;
}

export type WorkerMessage =
  | { type: "ready"; memory: SharedArrayBuffer; loadBias: bigint }
  /** The session could not be made: the message says what, where and what to do. */
  | { type: "failed"; message: string }
  | { type: "reply"; id: number; value?: CommandResult; error?: string }
  | { type: "stopped"; reason: StopReason }
  | { type: "output"; stream: "stdout" | "stderr"; data: Uint8Array }
  | { type: "log"; level: "info" | "warning" | "error"; source: string; text: string }
  | { type: "views"; views: readonly ViewData[] };
