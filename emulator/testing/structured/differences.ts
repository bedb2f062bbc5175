// Holds two outputs of a made-up program against each other, and tells of the first difference so that it can be
// worked on.
import { riscv64 } from "../../guest/riscv/index.ts";
import { place } from "./places.ts";
import { type Part, RECORD_BYTES, RECORD_SLOTS, type StructuredProgram, slotNames } from "./structured-program.ts";

function slots(bytes: Uint8Array, record: number): BigUint64Array {
  const copy = Uint8Array.from(bytes.subarray(record * RECORD_BYTES, (record + 1) * RECORD_BYTES));
  return new BigUint64Array(copy.buffer);
}

/** What stands at an address, and the instructions of a part. */
export function disassemble(program: StructuredProgram, part: Part): string {
  const { start, bytes } = program.text;
  const view = new DataView(bytes.buffer);
  return part.instructions
    .map((address) => {
      const fetch = (pc: bigint) => view.getUint16(Number(pc) - start, true);
      const { mnemonic, operands } = riscv64.decode(fetch, BigInt(address));
      return `  ${address.toString(16)}: ${mnemonic} ${operands}`;
    })
    .join("\n");
}

/** Where a record was made, in words, and the part that made it if it is known. */
function whereOf(program: StructuredProgram, record: BigUint64Array): { text: string; part?: Part } {
  const at = Number(record[0]);
  const ended = program.parts.find(({ end }) => end === at);
  if (ended) return { text: `the end of part ${ended.index} (${ended.shape})`, part: ended };
  const pc = Number(record[65]);
  const part = program.parts.find(({ instructions }) => pc >= instructions[0] && pc <= (instructions.at(-1) ?? 0));
  return { text: `a fault at 0x${pc.toString(16)}${part ? `, part ${part.index} (${part.shape})` : ""}`, part };
}

/** The first difference, or undefined. */
export function differentOutput(
  program: StructuredProgram,
  ours: Uint8Array,
  expected: Uint8Array,
): string | undefined {
  if (Buffer.compare(ours, expected) === 0) return undefined;
  const records = (bytes: Uint8Array) => Math.floor((bytes.length - place.dataSize) / RECORD_BYTES);
  const [ourRecords, theirRecords] = [records(ours), records(expected)];
  for (let n = 0; n < Math.min(ourRecords, theirRecords); n++) {
    const [one, other] = [slots(ours, n), slots(expected, n)];
    const different = one.findIndex((value, slot) => value !== other[slot]);
    if (different < 0) continue;
    const [here, there] = [whereOf(program, one), whereOf(program, other)];
    const lines = [`record ${n}: ${here.text}${here.text === there.text ? "" : `, expected ${there.text}`}`];
    const before = n > 0 ? slots(expected, n - 1) : new BigUint64Array(RECORD_SLOTS);
    for (let slot = 0; slot < RECORD_SLOTS; slot++)
      if (one[slot] !== other[slot])
        lines.push(
          `  ${slotNames[slot] ?? slot}: 0x${one[slot].toString(16)}, expected 0x${other[slot].toString(16)} (record before: 0x${before[slot].toString(16)})`,
        );
    if (there.part) lines.push(disassemble(program, there.part));
    return lines.join("\n");
  }
  if (ourRecords !== theirRecords) return `${ourRecords} records, expected ${theirRecords}`;
  const start = ourRecords * RECORD_BYTES;
  const at = ours.findIndex((byte, n) => n >= start && byte !== expected[n]);
  return `data at 0x${(place.data + at - start).toString(16)}: ${ours[at]}, expected ${expected[at]}`;
}
