// The disassemble request: exactly as many instructions as asked for, at exact boundaries.
import type { DebugProtocol } from "@vscode/debugprotocol";
import { hex, parseAddress } from "../debugger/text.ts";
import type { Handler } from "./handlers.ts";
import { RequestError } from "./protocol.ts";

const MAX_INSTRUCTIONS = 100_000;

export const disassemble: Handler<"disassemble"> = (session, args) => {
  const debuggee = session.running();
  const base = parseAddress(args.memoryReference);
  if (base === undefined) throw new RequestError(`"${args.memoryReference}" is not an address`);
  if (args.instructionCount > MAX_INSTRUCTIONS)
    throw new RequestError(`at most ${MAX_INSTRUCTIONS} instructions can be disassembled at once`);
  const address = BigInt.asUintN(64, base + BigInt(args.offset ?? 0));
  const lines = debuggee.debugger.disassembler.lines(address, args.instructionOffset ?? 0, args.instructionCount);
  const lineOffset = session.client.linesStartAt1 === false ? 1 : 0;
  let path: string | undefined;
  return {
    instructions: lines.map((line): DebugProtocol.DisassembledInstruction => {
      const instruction: DebugProtocol.DisassembledInstruction = { address: hex(line.address), instruction: line.text };
      if (!line.isValid) return { ...instruction, presentationHint: "invalid" };
      instruction.instructionBytes = Array.from(line.bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
      if (line.symbol && args.resolveSymbols !== false) instruction.symbol = line.symbol;
      const source = debuggee.sources.source(line.line?.path);
      if (source && line.line) {
        // The protocol: a location holds until another is given.
        if (source.path !== path) instruction.location = source;
        path = source.path;
        instruction.line = line.line.line - lineOffset;
      }
      return instruction;
    }),
  };
};
