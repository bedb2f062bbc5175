// How well would the program's accesses do with caches of some shape, and which instructions miss?
//
// Price: guest code itself looks whether an access is to the line that its set was asked for last, which is a hit and
// changes nothing; that costs some eight machine operations per access and three per line of code. What is left is
// recorded, and the caches are modelled on a thread of their own. Figures as QEMU's plugin of this name gives them.
import { definePlugin } from "@terrarium/api";
import { CacheModel, type CacheShape, type Eviction, shapeFault } from "./support/cache-model.ts";

const bytes = (value: number, description: string) =>
  ({ type: "integer", default: value, minimum: 1, maximum: 1 << 30, description }) as const;
const ways = (value: number, description: string) =>
  ({ type: "integer", default: value, minimum: 1, maximum: 128, description }) as const;

const options = {
  dcachesize: bytes(16_384, "Bytes of the data cache"),
  dassoc: ways(8, "Ways of the data cache"),
  dblksize: bytes(64, "Bytes of a block of the data cache"),
  icachesize: bytes(16_384, "Bytes of the instruction cache"),
  iassoc: ways(8, "Ways of the instruction cache"),
  iblksize: bytes(64, "Bytes of a block of the instruction cache"),
  l2: { type: "boolean", default: false, description: "Model a second level for what both miss" },
  l2cachesize: bytes(2 << 20, "Bytes of the second level"),
  l2assoc: ways(16, "Ways of the second level"),
  l2blksize: bytes(64, "Bytes of a block of the second level"),
  evict: {
    type: "string",
    default: "lru",
    choices: ["lru", "fifo", "rand"],
    description: "Who goes when a set is full",
  },
  limit: { type: "integer", default: 32, minimum: 1, description: "Instructions to show" },
} as const;

type Values = { readonly [Name in Exclude<keyof typeof options, "l2" | "evict">]: number } & {
  readonly l2: boolean;
  readonly evict: Eviction;
};

function shapes(values: Values): { data: CacheShape; code: CacheShape; second: CacheShape } {
  return {
    data: { size: values.dcachesize, ways: values.dassoc, block: values.dblksize },
    code: { size: values.icachesize, ways: values.iassoc, block: values.iblksize },
    second: { size: values.l2cachesize, ways: values.l2assoc, block: values.l2blksize },
  };
}

/** By number of the instruction. */
interface Misses {
  readonly data: Float64Array;
  readonly code: Float64Array;
  readonly second: Float64Array;
  /** Accesses to the second level. */
  readonly secondAccesses: number;
}

/** The fields of a record: the first byte's block, and 2 * the instruction's number, + 1 for a fetch. */
const fields = { line: "u32", what: "u32" } as const;

export default definePlugin({
  name: "cache",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Misses of data, instruction and second-level caches",
  options,
  analyses: {
    misses: (values) => {
      const { data, code, second } = shapes(values);
      const dataCache = new CacheModel(data, values.evict);
      const codeCache = new CacheModel(code, values.evict);
      const secondCache = values.l2 ? new CacheModel(second, values.evict) : undefined;
      const ratio = { data: data.block / second.block, code: code.block / second.block };
      let size = 1024;
      let misses = { data: new Float64Array(size), code: new Float64Array(size), second: new Float64Array(size) };
      let secondAccesses = 0;
      const grow = (needed: number) => {
        const before = misses;
        size = Math.max(2 * size, needed);
        misses = { data: new Float64Array(size), code: new Float64Array(size), second: new Float64Array(size) };
        for (const name of ["data", "code", "second"] as const) misses[name].set(before[name]);
      };
      return {
        deliver({ length, columns }) {
          const { line, what } = columns as { line: Uint32Array; what: Uint32Array };
          for (let i = 0; i < length; i++) {
            const isFetch = (what[i] & 1) !== 0;
            if ((isFetch ? codeCache : dataCache).access(line[i])) continue;
            const insn = what[i] >>> 1;
            if (insn >= size) grow(insn + 1);
            (isFetch ? misses.code : misses.data)[insn]++;
            if (!secondCache) continue;
            secondAccesses++;
            const scaled = Math.floor(line[i] * (isFetch ? ratio.code : ratio.data));
            if (!secondCache.access(scaled)) misses.second[insn]++;
          }
        },
        result: (): Misses => ({ ...misses, secondAccesses }),
      };
    },
  },
  install(vm, values) {
    const { data, code, second } = shapes(values);
    for (const [name, shape] of Object.entries({
      "data cache": data,
      "instruction cache": code,
      "second level": second,
    })) {
      const fault = shapeFault(shape);
      if (fault) throw new Error(`${name}: ${fault}`);
    }
    const { address } = vm.values;
    const accesses = vm.counter("data accesses");
    const fetches = vm.counter("instruction fetches");
    const lastData = vm.array("last line of a data set", data.size / data.block / data.ways);
    const lastCode = vm.array("last line of a code set", code.size / code.block / code.ways);
    lastData.fill(~0n);
    lastCode.fill(~0n);
    const records = vm.buffer("accesses", { fields, capacity: 1 << 17, analysis: "misses" });

    const numbers = new Map<bigint, number>();
    const instructions: { pc: bigint; disassembly: string; where: string }[] = [];
    const dataLine = address.shr(Math.log2(data.block));
    const lastDataLine = lastData.at(dataLine);
    const isOtherData = lastDataLine.ne(dataLine);
    const codeShift = BigInt(Math.log2(code.block));

    vm.onTranslate((tb) => {
      let lastLine: bigint | undefined;
      for (const insn of tb.instructions) {
        const pc = insn.vaddr;
        let number = numbers.get(pc);
        if (number === undefined) {
          number = instructions.length;
          numbers.set(pc, number);
          const { file, line, symbol } = insn.source;
          instructions.push({
            pc,
            disassembly: insn.disassembly,
            where: file === undefined ? (symbol?.replace(/\+0x[0-9a-f]+$/, "") ?? "") : `${file}:${line}`,
          });
        }
        insn.inline.add(fetches, 1);
        const line = pc >> codeShift;
        if (line !== lastLine) {
          const last = lastCode.at(line);
          const isOther = last.ne(line);
          insn.inline.append(records, { line, what: 2 * number + 1 }, { when: isOther });
          insn.inline.set(last, line);
          lastLine = line;
        }
        insn.memoryInline.add(accesses, 1);
        insn.memoryInline.append(records, { line: dataLine, what: 2 * number }, { when: isOtherData });
        insn.memoryInline.set(lastDataLine, dataLine);
      }
    });

    const misses = () => records.result<Misses>() as Misses;
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
    const rate = (missed: number, of: bigint | number) => (Number(of) === 0 ? 0 : (100 * missed) / Number(of));
    vm.views.table(
      "Caches",
      () => {
        const { data, code, second, secondAccesses } = misses();
        const row = (cache: string, of: bigint | number, missed: number) => ({
          cache,
          accesses: of,
          misses: missed,
          "miss rate": rate(missed, of),
        });
        return [
          row("data", accesses.value, sum(data)),
          row("instruction", fetches.value, sum(code)),
          ...(values.l2 ? [row("second level", secondAccesses, sum(second))] : []),
        ];
      },
      { columns: { cache: "text", accesses: "integer", misses: "integer", "miss rate": "percent" } },
    );
    const worst = (by: "data" | "code" | "second") => () => {
      const counts = misses()[by];
      return instructions
        .map((insn, number) => ({ ...insn, misses: counts[number] ?? 0 }))
        .sort((a, b) => b.misses - a.misses)
        .slice(0, values.limit)
        .map(({ pc, misses: missed, disassembly }) => ({ pc, misses: missed, disassembly }));
    };
    const columns = { pc: "address", misses: "integer", disassembly: "text" } as const;
    vm.views.table("Data misses by instruction", worst("data"), { columns });
    vm.views.table("Fetch misses by instruction", worst("code"), { columns });
    if (values.l2) vm.views.table("Second-level misses by instruction", worst("second"), { columns });
    vm.views.bars("Data misses by source line", () => {
      const counts = misses().data;
      const lines = new Map<string, { value: number; address: bigint }>();
      instructions.forEach(({ pc, where }, number) => {
        if (!counts[number]) return;
        const line = lines.get(where) ?? { value: 0, address: pc };
        line.value += counts[number];
        lines.set(where, line);
      });
      return [...lines].map(([where, { value, address: pc }]) => ({ label: where || "?", value, address: pc }));
    });
    vm.views.series("Misses", () => ({ data: sum(misses().data), code: sum(misses().code) }), {
      unit: "misses",
      rate: true,
    });
  },
});
