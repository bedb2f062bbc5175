// Which accesses to the heap go wrong: beside a block, into one that was freed, or reading what was never written?
//
// Two bits for each byte of the heap, looked at and kept by inline operations (support/heap-shadow.ts): JavaScript is
// called for what is wrong, and for stores that cross 64 bytes. An access is reported once for each instruction and kind.
// What is not seen: an access so far beside a block that it is in another, and values made of unwritten ones. A load is
// well when one byte of it was written, because code that copies structures or looks for the end of a text loads whole
// words. What a system call was given a pointer to counts as written, as far as it may have been.
//
// Price: some fourteen machine operations for each load and twenty-five for each store; see README.
import { definePlugin, type MemoryAccess, type SyscallName, type SyscallReturnEvent, use } from "@terrarium/api";
import type heap from "./heap.ts";
import { HeapShadow } from "./support/heap-shadow.ts";
import { stackText } from "./support/stack-text.ts";

type ErrorKind = "read" | "write" | "read of freed" | "write of freed" | "never written";

interface AccessError {
  readonly kind: ErrorKind;
  readonly pc: bigint;
  readonly address: bigint;
  readonly size: number;
  readonly at: bigint;
  /** `2 bytes after a block of 10 bytes`. */
  readonly where: string;
  readonly block: bigint | undefined;
  readonly allocated: readonly bigint[];
  readonly freed: readonly bigint[];
  count: number;
}

/** Calls whose result is the number of bytes that they wrote to their second argument (`getrandom`: the first). */
const readers: readonly SyscallName[] = ["read", "pread64", "getrandom", "getdents64", "recvfrom"];
const vectorReaders: readonly SyscallName[] = ["readv", "preadv"];
/** They change what is mapped. */
const mappers: readonly SyscallName[] = ["mmap", "munmap", "mremap"];

export default definePlugin({
  name: "memcheck-lite",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Accesses beside heap blocks and to freed ones, reads of bytes never written",
  options: {
    unwritten: { type: "boolean", default: true, description: "Report reads of bytes that were never written" },
    megabytes: {
      type: "integer",
      default: 64,
      minimum: 1,
      maximum: 64,
      description: "How much heap is watched: blocks for which there is no room are left alone",
    },
    limit: { type: "integer", default: 200, minimum: 1, maximum: 10_000, description: "Errors that are kept" },
  },
  uses: { heap: use<typeof heap>("^1.0") },
  install(vm, { unwritten, megabytes, limit }, { heap }) {
    const { values } = vm;
    const shadow = new HeapShadow(vm, megabytes * 256);
    /** 1 outside the allocator, which may do with its memory what it likes. */
    const checking = vm.counter("checking");
    checking.value = 1n;
    heap.on("enter", () => {
      checking.value = 0n;
    });
    heap.on("leave", () => {
      checking.value = 1n;
    });
    heap.on("allocate", ({ block, isZeroed, from }) => {
      if (from) shadow.move(from, block);
      else shadow.add(block, isZeroed);
    });
    heap.on("free", (block) => shadow.remove(block));

    const errors = new Map<string, AccessError>();
    const report = (kind: "read" | "write" | "never written", pc: bigint, { vaddr, size }: MemoryAccess) => {
      const { block, freed } = heap.exports.near(vaddr) ?? {};
      const isFreed = freed !== undefined && kind !== "never written";
      const exact: ErrorKind = isFreed ? `${kind} of freed` : kind;
      const key = `${exact} ${pc}`;
      const known = errors.get(key);
      if (known) known.count++;
      if (known || errors.size >= limit) return;
      const where = block ? placeIn(vaddr, block, isFreed) : "in no block";
      const stacks = { allocated: block?.stack ?? [], freed: freed?.stack ?? [] };
      const at = vm.vcpus[0].instructionCount;
      errors.set(key, { kind: exact, pc, address: vaddr, size, at, where, block: block?.address, ...stacks, count: 1 });
    };

    const { allowed, written, bit } = shadow.cells(values.address);
    const mask = values.constant(1).shl(values.size).sub(1);
    const suspiciousLoad = written.shr(bit).and(mask).eq(0).and(checking);
    const suspiciousStore = allowed.shr(bit).and(mask).ne(mask).and(checking);
    const storedBits = allowed.and(mask.shl(bit));

    const loaded = (pc: bigint, access: MemoryAccess) => {
      const start = Number(access.vaddr);
      let isAllowed = false;
      for (let at = start; at < start + access.size; at++) {
        if (shadow.isWritten(at)) return;
        isAllowed ||= shadow.isAllowed(at);
      }
      if (!isAllowed) report("read", pc, access);
      else if (unwritten) report("never written", pc, access);
    };
    const stored = (pc: bigint, access: MemoryAccess) => {
      const start = Number(access.vaddr);
      let isAllowed = true;
      for (let at = start; at < start + access.size; at++) isAllowed &&= shadow.isAllowed(at);
      shadow.write(access.vaddr, access.size);
      if (!isAllowed) report("write", pc, access);
    };
    vm.onTranslate((tb) => {
      for (const insn of tb.instructions) {
        const { vaddr } = insn;
        insn.onMemory((access) => loaded(vaddr, access), { filter: "loads", when: suspiciousLoad });
        insn.memoryInline.or(written, storedBits, { filter: "stores" });
        insn.onMemory((access) => stored(vaddr, access), { filter: "stores", when: suspiciousStore });
      }
    });

    const wrote = (address: bigint, length: number) => {
      const { block } = heap.exports.near(address, 0n) ?? {};
      if (!block || heap.exports.blockAt(block.address) !== block) return;
      const rest = Number(block.address - address) + block.size;
      shadow.write(address, Math.min(length, rest));
    };
    vm.onSyscallReturn(({ name, args, result, signature }: SyscallReturnEvent) => {
      if (result < 0n || name === undefined) return;
      if (mappers.includes(name)) {
        if (name !== "mmap") shadow.forget(args[0], args[1]);
        if (name !== "munmap") shadow.forget(BigInt.asUintN(64, result), name === "mmap" ? args[1] : args[2]);
      } else if (readers.includes(name)) wrote(name === "getrandom" ? args[0] : args[1], Number(result));
      else if (vectorReaders.includes(name)) {
        const vectors = vm.memory.read(args[1], 16 * Math.min(Number(args[2]), 1024));
        if (!vectors.ok) return;
        const view = new DataView(vectors.bytes.buffer, vectors.bytes.byteOffset, vectors.bytes.byteLength);
        let left = Number(result);
        for (let at = 0; at < view.byteLength && left > 0; at += 16) {
          const length = Math.min(left, Number(view.getBigUint64(at + 8, true)));
          wrote(view.getBigUint64(at, true), length);
          left -= length;
        }
      } else
        for (const [i, { type }] of signature.entries())
          if (type === "pointer") wrote(args[i], Number.POSITIVE_INFINITY);
    });

    const found = () => [...errors.values()];
    vm.views.table(
      "Bad accesses",
      () =>
        found().map(({ kind, pc, address, size, count, where, block, allocated, freed }) => ({
          error: kind,
          pc,
          address,
          size,
          times: count,
          where,
          block,
          "allocated at": allocated[0],
          "allocated from": stackText(vm, allocated.slice(1)),
          "freed at": freed[0],
        })),
      {
        columns: {
          error: "text",
          pc: "address",
          address: "address",
          size: "integer",
          times: "integer",
          where: "text",
          block: "address",
          "allocated at": "address",
          "allocated from": "text",
          "freed at": "address",
        },
      },
    );
    vm.views.log("Memory check", () => [
      ...found().map(({ kind, pc, size, where, at, allocated }) => ({
        text: `${kind}: ${size} byte${size === 1 ? "" : "s"}, ${where}, allocated at ${stackText(vm, allocated)}`,
        address: pc,
        at,
      })),
      ...(shadow.unwatched > 0 ? [`${shadow.unwatched} bytes of blocks were not watched: there was no room`] : []),
    ]);
  },
});

/** `2 bytes after a block of 10 bytes`, `byte 4 of a block of 64 bytes`. */
function placeIn(
  address: bigint,
  { address: start, size }: { address: bigint; size: number },
  isFreed: boolean,
): string {
  const offset = Number(address - start);
  const bytes = (count: number) => `${count} byte${count === 1 ? "" : "s"}`;
  const block = `a ${isFreed ? "freed block" : "block"} of ${bytes(size)}`;
  if (offset < 0) return `${bytes(-offset)} before ${block}`;
  if (offset < size) return `byte ${offset} of ${block}`;
  return `${offset === size ? "right" : bytes(offset - size)} after ${block}`;
}
