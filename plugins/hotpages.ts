// Which pages of memory are accessed most, and when?
//
// Price: some ten machine operations per access, and a call when a page is accessed for the first time (see
// support/page-counts.ts; that takes two thirds of the time of records, and a thirtieth of that of callbacks). The heat
// map takes a comparison per executed block, and a look at the counts at the end of each of its intervals. Figures as in
// QEMU's plugin of this name, which leaves out the last row of its table.
import { definePlugin } from "@terrarium/api";
import { PageCounts } from "./support/page-counts.ts";

/** The first intervals of the heat map, in instructions. */
const FIRST_INTERVAL = 100_000n;

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
      minimum: 1,
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
            nextSample.value = history.sample(instructionCount, pages.takeRecent());
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
        cells: history.cells(pages.recent()),
      }));
  },
});

/**
 * What was accessed in each interval of the run. Intervals are as long as they have to be for there to be less than
 * twice as many as asked for: then two become one.
 */
class History {
  #interval = FIRST_INTERVAL;
  /** By interval: accesses by page. */
  #past: Map<bigint, bigint>[] = [];

  constructor(private readonly intervals: number) {}

  /** The current interval ends, now or a little ago. Gives the end of the next one. */
  sample(now: bigint, recent: Map<bigint, bigint>): bigint {
    // The plugin may have been switched on late.
    while (BigInt(this.#past.length + 2) * this.#interval <= now) this.#put(new Map());
    this.#put(recent);
    return BigInt(this.#past.length + 1) * this.#interval;
  }

  *cells(recent: Map<bigint, bigint>): Iterable<{ x: bigint; y: bigint; value: bigint }> {
    for (const [i, accesses] of [...this.#past, recent].entries())
      for (const [y, value] of accesses) yield { x: BigInt(i) * this.#interval, y, value };
  }

  #put(accesses: Map<bigint, bigint>): void {
    this.#past.push(accesses);
    if (this.#past.length >= 2 * this.intervals) this.#halve();
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
