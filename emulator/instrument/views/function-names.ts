// Names of the functions that addresses are in. The program's symbols do not change: what was found is kept.
import type { SourceLocation } from "../../../plugins/api/index.ts";
import { addressText } from "./given.ts";

export type Locate = (pc: bigint) => SourceLocation | undefined;

export interface FunctionName {
  name: string;
  /** Where the function begins; the address itself when no symbol covers it. */
  start: bigint;
}

/** Names that are kept at most. */
const MAX_KEPT = 100_000;

export class FunctionNames {
  private readonly known = new Map<bigint, FunctionName>();

  constructor(private readonly locate: Locate) {}

  at(pc: bigint): FunctionName {
    let name = this.known.get(pc);
    if (!name) {
      if (this.known.size >= MAX_KEPT) this.known.clear();
      this.known.set(pc, (name = functionOf(pc, this.locate(pc)?.symbol)));
    }
    return name;
  }

  /** `main+0x12`, or the address. */
  label(pc: bigint): string {
    const { name, start } = this.at(pc);
    return pc === start ? name : `${name}+0x${(pc - start).toString(16)}`;
  }
}

function functionOf(pc: bigint, symbol: string | undefined): FunctionName {
  if (!symbol) return { name: addressText(pc), start: pc };
  const [, name, offset] = /^(.*?)(?:\+0x([0-9a-f]+))?$/s.exec(symbol) as unknown as [
    string,
    string,
    string | undefined,
  ];
  return { name, start: pc - BigInt(offset === undefined ? 0 : `0x${offset}`) };
}
