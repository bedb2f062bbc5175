// Which pages of memory are accessed most, and when?
//
// Price: some ten machine operations per access, and a call when a page is accessed for the first time (see
// support/page-counts.ts: 84 million accesses to 47 pages made 93 calls with a table for reads and one for writes, and
// took a third less time than records, and less than a thirtieth of what a callback per access takes). The heat map
// costs a comparison per executed block. Figures as in QEMU's plugin of this name.
import { definePlugin } from "@terrarium/api";
import { PageCounts } from "./support/page-counts.ts";

/** The first intervals of the heat map, in instructions. */
const FIRST_INTERVAL = 10_000n;

const [READS, WRITES] = [0, 1];

export default definePlugin({
  name: "hotpages",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "The pages of memory that are accessed most, and when",
  options: {
    sortby: {
      type: "string",
      default: "accesses",
      choices: ["accesses", "reads", "writes", "address"],
      description: "The order of the table: the largest first",
    },
    pagesize: {
      type: "integer",
      default: 4096,
      minimum: 16,
      maximum: 1 << 30,
      description: "Bytes of a page: a power of two",
    },
    limit: { type: "integer", default: 50, minimum: 1, maximum: 100_000, description: "Rows to show" },
    intervals: {
      type: "integer",
      default: 100,
      minimum: 0,
      maximum: 1000,
      description: "How finely the heat map divides the run: into so many intervals at least; 0: no heat map",
    },
  },
  install(vm, { sortby, pagesize, limit, intervals }) {
    if ((pagesize & (pagesize - 1)) !== 0) throw new RangeError(`\`pagesize\` must be a power of two, not ${pagesize}`);
    const pages = new PageCounts(vm, "accesses", { pageSize: pagesize, kinds: 2 });
    const history = new History(intervals);
    const nextSample = vm.counter("next sample");
    nextSample.value = FIRST_INTERVAL;

    vm.onTranslate((tb) => {
      if (intervals > 0)
        tb.onExecute(
          ({ instructionCount }) => {
            nextSample.value = history.sample(instructionCount, pages.entries());
          },
          { when: vm.values.instructions.ge(nextSample) },
        );
      for (const insn of tb.instructions) {
        pages.watch(insn, READS, "loads");
        pages.watch(insn, WRITES, "stores");
      }
    });

    vm.views.table(
      "Hot pages",
      () =>
        pages
          .entries()
          .map(([address, [reads, writes]]) => ({ address, reads, writes, accesses: reads + writes }))
          .sort((a, b) => (a[sortby] < b[sortby] ? 1 : a[sortby] > b[sortby] ? -1 : 0))
          .slice(0, limit),
      { columns: { address: "address", reads: "integer", writes: "integer" } },
    );
    if (intervals > 0)
      vm.views.heatMap("Pages over time", () => ({
        x: { title: "instructions", type: "instructions" },
        y: { title: "page", type: "address" },
        cells: history.cells(pages.entries()),
      }));
  },
});

/**
 * What was accessed in each interval of the run. Intervals are as long as they have to be for there to be no more than
 * twice as many as asked for: then two become one.
 */
class History {
  #interval = FIRST_INTERVAL;
  /** By interval: accesses by page. */
  #past: Map<bigint, bigint>[] = [];
  /** What each page had at the end of the last interval. */
  #before = new Map<bigint, bigint>();

  constructor(private readonly intervals: number) {}

  /** The current interval ends, now or a little ago. Gives the end of the next one. */
  sample(now: bigint, pages: [bigint, bigint[]][]): bigint {
    this.#past.push(this.#since(pages));
    for (const [page, [reads, writes]] of pages) this.#before.set(page, reads + writes);
    while (BigInt(this.#past.length) * this.#interval < now - this.#interval) this.#past.push(new Map());
    while (this.#past.length >= 2 * this.intervals) this.#halve();
    return BigInt(this.#past.length + 1) * this.#interval;
  }

  *cells(pages: [bigint, bigint[]][]): Iterable<{ x: bigint; y: bigint; value: bigint }> {
    for (const [i, accesses] of [...this.#past, this.#since(pages)].entries())
      for (const [y, value] of accesses) yield { x: BigInt(i) * this.#interval, y, value };
  }

  #since(pages: [bigint, bigint[]][]): Map<bigint, bigint> {
    const accesses = new Map<bigint, bigint>();
    for (const [page, [reads, writes]] of pages) {
      const value = reads + writes - (this.#before.get(page) ?? 0n);
      if (value > 0n) accesses.set(page, value);
    }
    return accesses;
  }

  #halve(): void {
    const halved: Map<bigint, bigint>[] = [];
    for (let i = 0; i < this.#past.length; i += 2) {
      const both = this.#past[i];
      for (const [page, value] of this.#past[i + 1] ?? []) both.set(page, (both.get(page) ?? 0n) + value);
      halved.push(both);
    }
    this.#past = halved;
    this.#interval *= 2n;
  }
}
