// A trace of execution as a file: a line that says what it is, the words, then the table as JSON, and where that begins.
import type { TraceTable } from "./execution-trace.ts";

const HEADER = "terrarium execution trace 1\n";
/** The words begin at a multiple of 8. */
export const traceHeader = HEADER.padEnd(31, " ").concat("\n");

/** What follows the words: the table, then its offset in the file as 16 hexadecimal digits. */
export function traceFooter({ blocks, registers, end }: TraceTable, wordBytes: number): string {
  const table = {
    registers,
    end: end === undefined ? undefined : `0x${end.toString(16)}`,
    blocks: blocks.map(({ instructions }) =>
      instructions.map(({ pc, size, bits, disassembly }) => [`0x${pc.toString(16)}`, size, bits, disassembly]),
    ),
  };
  return `${JSON.stringify(table)}\n${(traceHeader.length + wordBytes).toString(16).padStart(16, "0")}`;
}

interface StoredTable {
  registers: string[];
  end?: string;
  blocks: [pc: string, size: number, bits: number, disassembly: string][][];
}

/** @throws Error that says what is wrong with the file. */
export function readTraceFile(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => string,
): { words: BigUint64Array; table: TraceTable } {
  if (!decode(bytes.subarray(0, HEADER.length)).startsWith(HEADER.trimEnd()))
    throw new Error("it is no execution trace");
  const at = Number.parseInt(decode(bytes.subarray(bytes.length - 16)), 16);
  if (!(at >= traceHeader.length && at < bytes.length - 16))
    throw new Error("it has no table at its end: the session that wrote it was killed, or the file was cut");
  const { registers, end, blocks } = JSON.parse(decode(bytes.subarray(at, bytes.length - 16))) as StoredTable;
  const words = new BigUint64Array(new Uint8Array(bytes.subarray(traceHeader.length, at)).buffer);
  return {
    words,
    table: {
      registers,
      end: end === undefined ? undefined : BigInt(end),
      blocks: blocks.map((instructions) => ({
        instructions: instructions.map(([pc, size, bits, disassembly]) => ({
          pc: BigInt(pc),
          size,
          bits,
          disassembly,
        })),
      })),
    },
  };
}
