// DynamoRIO's coverage files (version 2, module table version 2): Lighthouse and its kin. Text up to the blocks, each of
// which is eight bytes: offset from its module's base, size, number of the module.
import { exporterOfOne, type Module } from "./exporter.ts";

const ENTRY_BYTES = 8;
/** Sizes have 16 bits: longer blocks become several. */
const MAX_SIZE = 0xffff;

export const drcov = exporterOfOne({
  format: "drcov",
  extension: ".drcov",
  description: "coverage by block, for Lighthouse (IDA, Binary Ninja), Lightkeeper (Ghidra) and other disassemblers",
  kinds: ["coverage"],
  write({ blocks }, { modules, log }) {
    const entries: { offset: number; size: number; module: number }[] = [];
    let homeless = 0;
    for (const [at, size, executions] of blocks) {
      if (executions === 0) continue; // the format knows only what ran
      const address = BigInt(at);
      const module = modules.findIndex(({ start, end }) => address >= start && address < end);
      if (module < 0) {
        homeless++;
        continue;
      }
      const offset = Number(address - modules[module].start);
      for (let done = 0; done < size; done += MAX_SIZE)
        entries.push({ offset: offset + done, size: Math.min(size - done, MAX_SIZE), module });
    }
    if (homeless > 0) log(`drcov: ${homeless} blocks are in no module, and left out`);

    const head = [
      "DRCOV VERSION: 2",
      "DRCOV FLAVOR: drcov",
      `Module Table: version 2, count ${modules.length}`,
      "Columns: id, base, end, entry, path",
      ...modules.map(row),
      `BB Table: ${entries.length} bbs`,
      "",
    ].join("\n");
    const text = new TextEncoder().encode(head);
    const file = new Uint8Array(text.length + entries.length * ENTRY_BYTES);
    file.set(text);
    const view = new DataView(file.buffer, text.length);
    entries.forEach(({ offset, size, module }, i) => {
      view.setUint32(i * ENTRY_BYTES, offset, true);
      view.setUint16(i * ENTRY_BYTES + 4, size, true);
      view.setUint16(i * ENTRY_BYTES + 6, module, true);
    });
    return file;
  },
});

const address = (value: bigint) => `0x${value.toString(16).padStart(16, "0")}`;

function row({ start, end, entry, name }: Module, id: number): string {
  return `${String(id).padStart(3)}, ${address(start)}, ${address(end)}, ${address(entry)}, ${oneLine(name)}`;
}

const oneLine = (text: string) => text.replaceAll(/[\r\n]+/g, " ");
