// The commands beside `run`, bundled as commands.js. Each is loaded when it is wanted.
import type { Command } from "./main.ts";

export const dap: Command = async (args) => (await import("./dap.ts")).dapCommand(args);
export const disassemble: Command = async (args) => (await import("./disassemble.ts")).disassembleCommand(args);
export const control: Command = async (args) => (await import("./control.ts")).controlCommand(args);
export const trace: Command = async (args) => (await import("./trace.ts")).traceCommand(args);
export const plugins: Command = async (args) => (await import("./plugins.ts")).pluginsCommand(args);
