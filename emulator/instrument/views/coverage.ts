// Coverage: which code has run. Functions and lines are found by whoever shows it.
import type { CoverageData } from "../view-data.ts";
import { keepFirst, omission } from "./bounds.ts";
import { addressText, type Given } from "./given.ts";

const MAX_BLOCKS = 1_000_000;

/** Bytes of one block: no translation block is near that. */
const MAX_SIZE = 2 ** 32;

export function coverageData(given: Given, value: unknown): Pick<CoverageData, "blocks" | "omitted"> {
  const { items, omitted } = keepFirst(given.iterable(value), MAX_BLOCKS);
  const part = given.part("block");
  const executions = new Map<bigint, Map<number, number>>();
  for (const item of items) {
    const block = part.object(item);
    part.address("vaddr", block.vaddr);
    const vaddr = block.vaddr as bigint;
    const size = Number(part.whole("size", block.size));
    if (size > MAX_SIZE) part.part("size").fail("less than 4 GiB", size);
    const ran = Number(part.amount("executions", block.executions));
    let sizes = executions.get(vaddr);
    if (!sizes) executions.set(vaddr, (sizes = new Map()));
    sizes.set(size, (sizes.get(size) ?? 0) + ran); // code that was translated again is one block
  }
  const addresses = BigUint64Array.from(executions.keys()).sort();
  const blocks: [string, number, number][] = [];
  for (const address of addresses)
    for (const [size, ran] of [...executions.get(address)!].sort(([a], [b]) => a - b))
      blocks.push([addressText(address), size, ran]);
  return { blocks, ...omission(omitted) };
}
