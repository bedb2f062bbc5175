// What the instruction table amounts to, as RISC-V names it: the ISA string.
import { rows } from "./table-parser.ts";

/** Extensions that others are made of, or that have no instructions of their own. */
const implied: Readonly<Record<string, readonly string[]>> = {
  A: ["Zaamo", "Zalrsc"],
  C: ["Zca", "Zcd"],
  Zfh: ["Zfhmin"],
  // The counters of csr.ts.
  Zicsr: ["Zicntr"],
};

/** The order of letters in an ISA string, and of groups by their second letter. */
const letters = "imafdqlcbkjtpvh";

/** `rv64imafdc_zicbom_...`: single letters, then the others by group and, within one, by name. */
function isaString(): string {
  const tables = [...new Set(rows.map((row) => row.extension))];
  const names = tables.flatMap((name) => [name, ...(implied[name] ?? [])]).map((name) => name.toLowerCase());
  const rank = (name: string) => letters.indexOf(name.length === 1 ? name : name[1]);
  names.sort((a, b) => Math.min(a.length, 2) - Math.min(b.length, 2) || rank(a) - rank(b) || (a < b ? -1 : 1));
  return `rv64${names.map((name) => (name.length === 1 ? name : `_${name}`)).join("")}`;
}

export const isa = isaString();
