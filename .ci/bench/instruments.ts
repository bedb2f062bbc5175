// The instruments whose cost `npm run bench -- --plugins` measures, ours and QEMU's.
import path from "node:path";
import { fixturePath } from "../../test-fixtures/fixtures.ts";
import { root } from "./terrarium-run.ts";

export type Event = "block" | "instruction" | "access";

export interface Instrument {
  name: string;
  /** What it is paid for. */
  per: Event;
  /** `--plugin` of terrarium run. */
  plugin: string;
  /** Why it cannot be run. */
  missing?: string;
  /** It calls JavaScript for each event. */
  callback?: boolean;
  /** Its views say how many events it saw, in this column. */
  counted?: string;
  /** `-plugin` of QEMU: the file and its arguments. */
  qemu: string;
}

const ownPlugin = (name: string) => path.join(root, ".ci/bench/plugins", `${name}.ts`);

export const instruments: readonly Instrument[] = [
  { name: "bb, inline", per: "block", plugin: "bb", counted: "bb's", qemu: "libbb.so,inline=on" },
  { name: "insn, inline", per: "instruction", plugin: "insn", counted: "insns", qemu: "libinsn.so,inline=on" },
  { name: "mem, inline", per: "access", plugin: "mem", counted: "mem accesses", qemu: "libmem.so,inline=on" },
  ...(
    [
      ["block", "libbb.so"],
      ["instruction", "libinsn.so"],
      ["access", "libmem.so,callback=on"],
    ] as const
  ).map(([per, qemu]) => ({
    name: `callback per ${per}`,
    per,
    plugin: ownPlugin(`each-${per}`),
    callback: true,
    counted: "calls",
    qemu,
  })),
  { name: "hotblocks", per: "block", plugin: "hotblocks", qemu: "libhotblocks.so,inline=on" },
  {
    name: "cache",
    per: "instruction",
    plugin: "cache",
    qemu: "libcache.so",
  },
  {
    name: "execlog",
    per: "instruction",
    plugin: "execlog",
    qemu: "libexeclog.so",
  },
];

export interface Workload {
  name: string;
  subject: string;
  elf: string;
  /** The number of rounds, for a benchmark program at a reduced size. */
  args: readonly string[];
}

const reduced = (name: string, subject: string, rounds: number): Workload => ({
  name,
  subject,
  elf: fixturePath(`bench/${name}.elf`),
  args: [String(rounds)],
});

/** About 300 million instructions each: long blocks, short ones, much memory. */
export const workloads: readonly Workload[] = [
  { name: "mixed", subject: "all sorts", elf: fixturePath("reference/mixed-60.elf"), args: [] },
  reduced("sha256", "hashing", 50),
  reduced("switch", "jump tables", 300),
  reduced("sort", "sorting", 17),
];
