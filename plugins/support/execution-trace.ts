// A trace of execution as 64-bit words: what was executed, which memory it accessed, which registers it changed. A word
// says what it is by its upper bits; a block's instructions are told once, in a table.
//
//   10 | block 30 bits | count 32 bits       a block is entered; instructions begun so far, with its first, modulo 2^32
//   00 | store 1 | log2 of size 2 | insn 9 | address 48, and 2 bits unused: an access of the block's instruction `insn`
//   01 | what 1 | register 8 | insn 9        an instruction has changed a register (what = 0) or accessed a value (1): the
//                                            next word is the value

export interface TracedInstruction {
  readonly pc: bigint;
  readonly size: number;
  readonly bits: number;
  readonly disassembly: string;
}

export interface TracedBlock {
  readonly instructions: readonly TracedInstruction[];
}

/** What is needed to read the words, beside them. */
export interface TraceTable {
  readonly blocks: readonly TracedBlock[];
  /** Names of the registers whose changes are recorded. */
  readonly registers: readonly string[];
  /** Instructions begun in all when the trace ended; undefined while it goes on. */
  readonly end: bigint | undefined;
}

export interface ExecutedAccess {
  readonly isStore: boolean;
  readonly size: number;
  readonly address: bigint;
  value?: bigint;
}

export interface ExecutedInstruction extends TracedInstruction {
  /** Its number, from 1, modulo 2^32. */
  readonly count: number;
  readonly accesses: readonly ExecutedAccess[];
  readonly changes: readonly { readonly register: string; readonly value: bigint }[];
}

const TAG = 62n;
const INSN = 48n;
const SIZE = 57n;
const STORE = 59n;
const REGISTER = 9n;
const WHAT = 17n;
/** Of an address. */
export const ADDRESS_MASK = (1n << 48n) - 1n;
enum Tag {
  Access = 0,
  Value = 1,
  Block = 2,
}

export const blockWord = (block: number): bigint => (BigInt(Tag.Block) << TAG) | (BigInt(block) << 32n);

/** What an access's address, below 2^48, is to be added to; the size and the direction come from the access. */
export const accessWord = (insn: number): bigint => BigInt(insn) << INSN;
export const sizeShift = SIZE;
export const storeShift = STORE;

export const changeWord = (insn: number, register: number): bigint =>
  (BigInt(Tag.Value) << TAG) | (BigInt(register) << REGISTER) | BigInt(insn);

export const valueWord = (insn: number): bigint => (BigInt(Tag.Value) << TAG) | (1n << WHAT) | BigInt(insn);

interface Details {
  accesses: ExecutedAccess[];
  changes: { register: string; value: bigint }[];
}

/**
 * The instructions executed, in order. The words may begin anywhere: what comes before the first block is left out. Of a
 * block as many were executed as were begun until the next one was entered.
 */
export function* executedInstructions(words: BigUint64Array, table: TraceTable): Generator<ExecutedInstruction> {
  let at = 0;
  while (at < words.length && tagOf(words[at]) !== Tag.Block) at++;
  while (at < words.length) {
    const head = words[at++];
    const block = table.blocks[Number((head >> 32n) & 0x3fff_ffffn)];
    const first = Number(head & 0xffff_ffffn);
    const details = new Map<number, Details>();
    const of = (insn: number): Details => {
      let found = details.get(insn);
      if (!found) details.set(insn, (found = { accesses: [], changes: [] }));
      return found;
    };
    for (; at < words.length && tagOf(words[at]) !== Tag.Block; at++) {
      const word = words[at];
      if (tagOf(word) === Tag.Access) {
        of(Number((word >> INSN) & 0x1ffn)).accesses.push({
          isStore: ((word >> STORE) & 1n) === 1n,
          size: 1 << Number((word >> SIZE) & 3n),
          address: word & ADDRESS_MASK,
        });
        continue;
      }
      if (at + 1 >= words.length) break;
      const value = words[++at];
      const { accesses, changes } = of(Number(word & 0x1ffn));
      if ((word >> WHAT) & 1n) {
        const access = accesses[accesses.length - 1];
        if (access) access.value = value;
      } else changes.push({ register: table.registers[Number((word >> REGISTER) & 0xffn)], value });
    }
    const next = at < words.length ? Number(words[at] & 0xffff_ffffn) : nextCount(table);
    const executed = next === undefined ? block.instructions.length : (next - first) >>> 0;
    const count = Math.min(executed, block.instructions.length);
    for (let index = 0; index < count; index++) {
      const { accesses = [], changes = [] } = details.get(index) ?? {};
      yield { ...block.instructions[index], count: (first + index) >>> 0, accesses, changes };
    }
  }
}

function tagOf(word: bigint): Tag {
  return Number(word >> TAG);
}

function nextCount({ end }: TraceTable): number | undefined {
  return end === undefined ? undefined : Number(BigInt.asUintN(32, end + 1n));
}

/** One instruction as a line: vCPU, address, bits, disassembly, accesses, registers changed. */
export function traceLine({ pc, bits, disassembly, accesses, changes }: ExecutedInstruction): string {
  const hex = (value: bigint | number, digits = 0) => `0x${value.toString(16).padStart(digits, "0")}`;
  return [
    "0",
    hex(pc),
    hex(bits),
    JSON.stringify(disassembly),
    ...accesses.flatMap(({ isStore, address, size, value }) => [
      isStore ? "store" : "load",
      value === undefined ? hex(address, 8) : `${hex(address, 8)} = ${hex(BigInt.asUintN(8 * size, value), 2 * size)}`,
    ]),
    ...changes.map(({ register, value }) => `${register} -> ${hex(value, 16)}`),
  ].join(", ");
}
