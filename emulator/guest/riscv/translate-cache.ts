// Zicbom, Zicboz, Zicbop, Zawrs and Zihintpause, as a program under Linux sees them. There is no cache: what manages one
// does nothing, but needs the right to the memory it names, as the manual says. Waiting for memory to change ends at
// once, as an implementation may always do; with one hart nothing else can change it.
import { type EmitTable, straight } from "./instruction-emitter.ts";

/** Bytes of a cache block, for management and for zeroing; riscv_hwprobe(2) tells it. */
export const CACHE_BLOCK_BYTES = 64;

/**
 * Permitted where a load or a store is. In user mode whatever can be written can be read, so that a load asks; a fault
 * reports rs1, as the manual demands.
 */
const manageBlock = straight((e, d) => {
  e.b.load(e.x(d.rs1), 1, false);
});

/**
 * Zeroes the block that rs1 points into. A fault reports rs1 itself: where that is not the block's first byte, a byte
 * is stored there before the rest.
 */
const zeroBlock = straight((e, d) => {
  const { b } = e;
  const address = e.x(d.rs1);
  const zero = e.constant(0);
  b.if(b.binary("and", address, e.constant(CACHE_BLOCK_BYTES - 1)));
  b.store(address, zero, 1);
  b.end();
  const start = b.binary("and", address, e.constant(-CACHE_BLOCK_BYTES));
  for (let offset = 0; offset < CACHE_BLOCK_BYTES; offset += 8)
    b.store(offset === 0 ? start : b.binary("add", start, e.constant(offset)), zero, 8);
});

const nothing = straight(() => {});

export const cacheInstructions: EmitTable = {
  "prefetch.i": nothing,
  "prefetch.r": nothing,
  "prefetch.w": nothing,
  pause: nothing,
  "wrs.nto": nothing,
  "wrs.sto": nothing,
  // Linux lets programs clean and flush, but not invalidate, which could show them memory that others wrote.
  "cbo.inval": (e) => e.illegal(),
  "cbo.clean": manageBlock,
  "cbo.flush": manageBlock,
  "cbo.zero": zeroBlock,
};
