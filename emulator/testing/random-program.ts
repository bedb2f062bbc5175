// Made-up RISC-V programs: random instructions in chunks, and after each chunk every register and the floating-point
// state is written down. What a run wrote is its output, so that two machines are compared by two outputs.

import { writeElf } from "./elf-writer.ts";
import * as encode from "./encode.ts";
import { Random } from "./random.ts";

/** Registers that random instructions must not write: data pointers, the output pointer, the link of the dump. */
const SP = 2;
const GP = 3;
const TP = 4;
const S0 = 8;
const S1 = 9;
export const reservedRegisters: readonly number[] = [SP, GP, TP, S0, S1];
/** Registers that point into the middle of the data area, 16-byte aligned; at least 2 KiB lie before and after. */
export const dataPointers: readonly number[] = [SP, S0, S1];

const TEXT = 0x10000;
const DATA = 0x400000;
const DATA_SIZE = 0x4000;
const OUTPUT = 0x800000;
const CSR_FCSR = 3;
/** Bytes of one dump: x1 to x31, f0 to f31, fcsr. */
export const DUMP_BYTES = 64 * 8;

export interface RandomProgramOptions {
  seed: number;
  chunks: number;
  /** Random instructions per chunk. */
  chunkLength: number;
  /** How often all chunks are run. */
  rounds: number;
  /** One random instruction's word. */
  instruction: (random: Random) => { word: number; length: 2 | 4 };
}

export interface RandomProgram {
  elf: Uint8Array;
  /** Words of each chunk with their addresses, to show where outputs differ. */
  chunks: readonly (readonly { address: number; word: number; length: 2 | 4 }[])[];
  /** Offset of the data area's copy in the output. */
  dumps: number;
}

interface Item {
  length: 2 | 4;
  word: number;
  /** Must run right after the item before it. */
  glued?: boolean;
  /** A forward jump over this many of the following items, by an encoder of the byte offset. */
  jump?: { over: number; encode: (offset: number) => number };
}

export function randomProgram(options: RandomProgramOptions): RandomProgram {
  const random = new Random(options.seed);
  const items: Item[] = [];
  const push = (...words: number[]) => {
    for (const word of words) items.push({ length: 4, word });
  };

  // Start: data pointers and output pointer, then all registers from the data area.
  push(...encode.li32(GP, OUTPUT), ...encode.li32(S0, DATA + 0x1000));
  push(...encode.li32(S1, DATA + 0x2000), ...encode.li32(SP, DATA + 0x2800));
  for (let r = 0; r < 32; r++) push(encode.fld(r, 8 * r, S1));
  for (let r = 1; r < 32; r++) if (!reservedRegisters.includes(r)) push(encode.ld(r, 8 * r, S0));

  const loop = items.length;
  const chunkItems: [number, number][] = [];
  const dumpCalls: number[] = [];
  for (let chunk = 0; chunk < options.chunks; chunk++) {
    const first = items.length;
    for (let n = 0; n < options.chunkLength; n++) items.push(...nextItems(options, random));
    // Jumps near the end of a chunk may reach the dump call, not past it, and none may land inside a glued group.
    for (let at = first; at < items.length; at++) {
      const goal = items[at].jump;
      if (!goal) continue;
      goal.over = Math.min(goal.over, items.length - at - 1);
      while (items[at + 1 + goal.over]?.glued) goal.over++;
    }
    chunkItems.push([first, items.length]);
    dumpCalls.push(items.length);
    push(0);
  }
  // Once more? TP = end of output; while GP < TP go back.
  const dumps = options.chunks * options.rounds;
  push(...encode.li32(TP, OUTPUT + dumps * DUMP_BYTES));
  const back = items.length;
  push(0, 0);
  // write(1, output, size); write(1, data, size); exit(0)
  push(
    ...encode.li32(11, OUTPUT),
    ...encode.li32(12, dumps * DUMP_BYTES),
    encode.addi(10, 0, 1),
    encode.addi(17, 0, 64),
    encode.ecall,
  );
  push(...encode.li32(11, DATA), ...encode.li32(12, DATA_SIZE), encode.addi(10, 0, 1), encode.ecall);
  push(encode.addi(10, 0, 0), encode.addi(17, 0, 93), encode.ecall);
  const dump = items.length;
  for (let r = 1; r < 32; r++) push(encode.sd(r, 8 * r, GP));
  for (let r = 0; r < 32; r++) push(encode.fsd(r, 256 + 8 * r, GP));
  push(encode.csrrs(5, CSR_FCSR, 0), encode.sd(5, 0, GP), encode.ld(5, 40, GP));
  push(encode.addi(GP, GP, DUMP_BYTES), encode.jalr(0, TP, 0));

  const addresses: number[] = [];
  let address = TEXT + 0x1000;
  for (const item of items) {
    addresses.push(address);
    address += item.length;
  }
  addresses.push(address);
  for (const at of dumpCalls) items[at].word = encode.jal(TP, addresses[dump] - addresses[at]);
  items[back].word = encode.branch(7, GP, TP, 8); // bgeu: done
  items[back + 1].word = encode.jal(0, addresses[loop] - addresses[back + 1]);
  items.forEach((item, at) => {
    if (item.jump) item.word = item.jump.encode(addresses[at + 1 + item.jump.over] - addresses[at]);
  });

  const text = new Uint8Array(address - addresses[0]);
  const view = new DataView(text.buffer);
  items.forEach((item, at) => {
    const offset = addresses[at] - addresses[0];
    view.setUint16(offset, item.word & 0xffff, true);
    if (item.length === 4) view.setUint16(offset + 2, item.word >>> 16, true);
  });
  const data = new Uint8Array(DATA_SIZE);
  const dataView = new DataView(data.buffer);
  for (let at = 0; at < DATA_SIZE; at += 8) dataView.setBigUint64(at, random.interesting64(), true);

  return {
    elf: writeElf(addresses[0], [
      { address: addresses[0], bytes: text, flags: 5 },
      { address: DATA, bytes: data, flags: 6 },
      { address: OUTPUT, bytes: new Uint8Array(0), flags: 6, zeros: dumps * DUMP_BYTES },
    ]),
    chunks: chunkItems.map(([first, end]) =>
      items
        .slice(first, end)
        .map(({ word, length }, n) => ({ word: word >>> 0, length, address: addresses[first + n] })),
    ),
    dumps,
  };
}

function nextItems(options: RandomProgramOptions, random: Random): Item[] {
  if (random.chance(0.08)) return jump(random);
  if (random.chance(0.02)) return reservation(options, random);
  return [options.instruction(random)];
}

/** LR, sometimes something between, SC of the same width: it succeeds unless the value was changed; a second SC fails. */
function reservation(options: RandomProgramOptions, random: Random): Item[] {
  const wide = random.chance(0.5);
  const base = random.pick(dataPointers);
  const free = () => random.pick([0, 1, 5, 6, 7, 10, 11, 15, 28, 31]);
  const store: Item = { length: 4, word: encode.sc(wide, free(), base, random.below(32)), glued: true };
  const between = random.chance(0.5) ? [{ ...options.instruction(random), glued: true }] : [];
  return [
    { length: 4, word: encode.lr(wide, free(), base) },
    ...between,
    store,
    ...(random.chance(0.3) ? [store] : []),
  ];
}

/** A forward branch or jump over a few instructions. */
function jump(random: Random): Item[] {
  const over = random.below(5);
  const compressed = 10 + random.below(6); // x10..x15
  const [first, second] = [random.below(32), random.below(32)];
  const link = random.pick([0, 1, 5, 6, 7]);
  const one = (length: 2 | 4, encodeJump: (offset: number) => number): Item[] => [
    { length, word: 0, jump: { over, encode: encodeJump } },
  ];
  switch (random.below(5)) {
    case 0: {
      const notZero = random.chance(0.5);
      return one(2, (offset) => encode.cBranch(notZero, compressed, offset));
    }
    case 1:
      return one(2, encode.cJump);
    case 2:
      return one(4, (offset) => encode.jal(link, offset));
    case 3: {
      const condition = random.pick([0, 1, 4, 5, 6, 7]);
      return one(4, (offset) => encode.branch(condition, first, second, offset));
    }
    default: {
      // jal t1, here; addi t1, t1, distance; an indirect jump to t1, which stands among the items jumped over.
      const T1 = 6;
      const [compressedJump, compressedCall] = [0x8302, 0x9302];
      const indirect: Item = random.pick<Item>([
        { length: 2, word: compressedJump, glued: true },
        { length: 2, word: compressedCall, glued: true },
        { length: 4, word: encode.jalr(link, T1, 0), glued: true },
      ]);
      const distance = { over: over + 1, encode: (offset: number) => encode.addi(T1, T1, offset) };
      return [{ length: 4, word: encode.jal(T1, 4) }, { length: 4, word: 0, jump: distance, glued: true }, indirect];
    }
  }
}
