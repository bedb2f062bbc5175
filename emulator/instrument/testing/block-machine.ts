// A machine that runs nothing, for tests of what the plugin host makes of a block: it translates what it is given.
import { riscv64 } from "../../guest/riscv/index.ts";
import { Exit } from "../../ir/exits.ts";
import { parseBlock } from "../../ir/parser.ts";
import { printBlock } from "../../ir/printer.ts";
import type { Block } from "../../ir/types.ts";
import { assertValid } from "../../ir/verifier.ts";
import type { Executor, MachineLike } from "../../machine/api.ts";
import { GuestMemory } from "../../machine/memory.ts";

export interface BlockMachine extends MachineLike {
  readonly executor: Executor;
  /** Has a block, in the text form of the IR, instrumented; gives its text. */
  translate(text: string): string;
}

export function blockMachine(): BlockMachine {
  const memory = new GuestMemory(new WebAssembly.Memory({ initial: 0x1000, maximum: 0x1000, shared: true }));
  const executor: Executor = {
    stats: { blocks: 0, regions: 0, wasmBytes: 0, compileMs: 0, firstBlockMs: 0 },
    codeBytes: { translationBytes: 0, regionBytes: 0 },
    callbacks: [],
    instrument: undefined as ((block: Block) => Block) | undefined,
    forgotten: undefined,
    setBreakpoints: () => {},
    interrupt: () => {},
    invalidate: () => {},
    invalidateAll: () => {},
    profile: () => undefined,
    run: () => Exit.Budget,
    step: () => Exit.Budget,
  };
  return {
    guest: riscv64,
    memory,
    executor,
    hooks: [],
    loadBias: 0n,
    code: { start: 0x10000n, end: 0x20000n, entry: 0x10000n },
    exited: undefined,
    instructionCount: () => 0n,
    readRegister: () => 0n,
    writeRegister: () => {},
    run: () => ({ kind: "budget" }),
    step: () => ({ kind: "budget" }),
    exit: () => {},
    steerClock: () => {},
    translate(text) {
      const block = parseBlock(text, riscv64.file);
      const instrumented = executor.instrument?.(block) ?? block;
      assertValid(instrumented, riscv64.file);
      return printBlock(instrumented, riscv64.file);
    },
  };
}
