// What does the program allocate, where, and what does it never free? What does it free wrongly?
//
// A library too: it announces blocks as they come and go. It knows the C library's functions by their symbols; C++'s new
// and delete end there. What is called by what is callstack's knowledge.
//
// Price: some microseconds for each call of an allocation function, callstack's records, and two comparisons at each
// return. A program that does not allocate runs nearly as fast as with callstack alone.
import { definePlugin, event, use } from "@terrarium/api";
import type callstack from "./callstack.ts";
import {
  type AllocatorCall,
  AllocatorCalls,
  type AllocatorFunction,
  allocatorFunctions,
} from "./support/allocator-calls.ts";
import { type Block, type FreedBlock, HeapBlocks } from "./support/heap-blocks.ts";
import { stackText } from "./support/stack-text.ts";

export type { Block, FreedBlock };

export interface Allocation {
  readonly block: Block;
  /** Its bytes have values: `calloc`. */
  readonly isZeroed: boolean;
  /** The block that it goes on from: `realloc`. That one is not announced as freed. */
  readonly from: Block | undefined;
}

export interface HeapError {
  readonly kind: "double free" | "free of no block" | "realloc of no block";
  readonly address: bigint;
  /** The calls that led to it, innermost first. */
  readonly stack: readonly bigint[];
  /** What was at the address before, where that is known. */
  readonly freed: FreedBlock | undefined;
}

export default definePlugin({
  name: "heap",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Allocations alive and leaked by call site, double and stray frees",
  options: {
    depth: {
      type: "integer",
      default: 8,
      minimum: 1,
      maximum: 100,
      description: "Calls by which sites are told apart",
    },
    limit: { type: "integer", default: 100, minimum: 1, maximum: 100_000, description: "Rows of the tables" },
    names: {
      type: "string",
      default: "",
      description: "Other names of functions, separated by spaces: malloc=my_malloc free=my_free; calloc= is none",
    },
  },
  uses: { callstack: use<typeof callstack>("^1.0") },
  events: {
    allocate: event<Allocation>("A block was allocated, or goes on as another"),
    free: event<Block>("A block was freed"),
    error: event<HeapError>("Something was freed that is no block"),
    enter: event<AllocatorFunction>("An allocation function begins"),
    leave: event<AllocatorFunction>("An allocation function has returned"),
  },
  install(vm, { depth, limit, names }, { callstack }) {
    const { events } = vm;
    const blocks = new HeapBlocks();
    const errors: (HeapError & { at: bigint })[] = [];
    // Blocks from before are not known.
    const isComplete = vm.vcpus.every(({ instructionCount }) => instructionCount === 0n);
    // Asking has the stack kept from now on.
    callstack.exports.depth();

    const functions = new Map<bigint, AllocatorFunction>();
    for (const [name, symbol] of symbolsFor(names)) {
      const address = symbol === "" ? undefined : vm.addressOf(symbol);
      if (address !== undefined) functions.set(address, name);
    }
    if (functions.size === 0)
      vm.log(
        "the program has no symbol of an allocation function: the option `names` says what they are called",
        "warning",
      );

    /** The calls that led to the allocator. */
    let stack: readonly bigint[] = [];
    const wrong = (kind: HeapError["kind"], address: bigint) => {
      const error = { kind, address, stack, freed: blocks.freedAt(address) };
      if (errors.length < limit) errors.push({ ...error, at: vm.vcpus[0].instructionCount });
      events.error.emit(error);
    };
    const free = (address: bigint) => {
      const block = blocks.at(address);
      if (block) {
        blocks.remove(address, stack);
        events.free.emit(block);
      } else if (blocks.freedAt(address)) wrong("double free", address);
      else if (isComplete) wrong("free of no block", address);
    };
    const allocate = (address: bigint, size: bigint, isZeroed = false, from?: Block) => {
      const block = { address, size: Number(size), stack };
      blocks.add(block);
      events.allocate.emit({ block, isZeroed, from });
    };
    const reallocate = (old: bigint, size: bigint, result: bigint) => {
      if (old === 0n) {
        if (result !== 0n) allocate(result, size);
        return;
      }
      // Without a result the old block stays, unless it was to become one of no bytes.
      if (result === 0n && size !== 0n) return;
      const from = blocks.at(old);
      if (result === 0n) free(old);
      else {
        if (from) blocks.remove(old, stack);
        allocate(result, size, false, from);
      }
    };
    const left = ({ name, args: [a, b, c] }: AllocatorCall, result: bigint) => {
      if (name === "realloc") reallocate(a, b, result);
      else if (name === "reallocarray") reallocate(a, b * c, result);
      else if (name === "posix_memalign") {
        const read = result === 0n ? vm.memory.read(a, 8) : undefined;
        if (read?.ok) allocate(new DataView(read.bytes.buffer, read.bytes.byteOffset).getBigUint64(0, true), c);
      } else if (name !== "free" && result !== 0n)
        allocate(result, name === "malloc" ? a : name === "calloc" ? a * b : b, name === "calloc");
    };
    new AllocatorCalls(vm, functions, {
      entered: (call) => {
        const [address] = call.args;
        stack = callstack.exports.callers(depth);
        events.enter.emit(call.name);
        if (call.name === "free" && address !== 0n) free(address);
        const isResize = call.name === "realloc" || call.name === "reallocarray";
        if (isResize && isComplete && address !== 0n && !blocks.at(address)) wrong("realloc of no block", address);
      },
      left: (call, result) => {
        left(call, result);
        events.leave.emit(call.name);
      },
    });

    const { totals } = blocks;
    vm.views.table(
      "Alive",
      () =>
        blocks
          .aliveSites()
          .slice(0, limit)
          .map(({ stack: calls, aliveBlocks, aliveBytes, blocks: all }) => ({
            site: calls[0],
            bytes: aliveBytes,
            blocks: aliveBlocks,
            "allocated in all": all,
            "called from": stackText(vm, calls.slice(1)),
          })),
      {
        columns: {
          site: "address",
          bytes: "integer",
          blocks: "integer",
          "allocated in all": "integer",
          "called from": "text",
        },
      },
    );
    vm.views.table(
      "Errors",
      () =>
        errors.map(({ kind, address, stack: calls, freed, at }) => ({
          at,
          error: kind,
          address,
          site: calls[0],
          "called from": stackText(vm, calls.slice(1)),
          "freed before": freed?.stack[0],
          "allocated at": freed?.block.stack[0],
        })),
      {
        columns: {
          at: "integer",
          error: "text",
          address: "address",
          site: "address",
          "called from": "text",
          "freed before": "address",
          "allocated at": "address",
        },
      },
    );
    vm.views.table(
      "Totals",
      () => [
        {
          allocations: totals.allocations,
          frees: totals.frees,
          bytes: totals.allocated,
          "peak bytes": totals.peak,
          "blocks alive": totals.aliveBlocks,
          "bytes alive": totals.aliveBytes,
        },
      ],
      {
        columns: {
          allocations: "integer",
          frees: "integer",
          bytes: "integer",
          "peak bytes": "integer",
          "blocks alive": "integer",
          "bytes alive": "integer",
        },
      },
    );
    vm.views.series("Bytes alive", () => ({ bytes: totals.aliveBytes }), { unit: "bytes" });

    return {
      /** The block, alive or freed lately, that an address is in, else the nearest within `distance` bytes (default 64). */
      near: (address: bigint, distance = 64n) => blocks.near(address, distance),
      /** The block that begins at an address, alive. */
      blockAt: (address: bigint): Block | undefined => blocks.at(address),
    };
  },
});

/** What each function is called. @throws Error for a name that is none. */
function symbolsFor(names: string): Map<AllocatorFunction, string> {
  const symbols = new Map<AllocatorFunction, string>(allocatorFunctions.map((name) => [name, name]));
  for (const given of names.split(/[\s,]+/).filter((each) => each !== "")) {
    const [name, symbol, ...rest] = given.split("=");
    const known = allocatorFunctions.find((each) => each === name);
    if (!known || symbol === undefined || rest.length > 0)
      throw new Error(
        `\`names\`: "${given}" is not one of ${allocatorFunctions.join(", ")} with its name: malloc=my_malloc`,
      );
    symbols.set(known, symbol);
  }
  return symbols;
}
