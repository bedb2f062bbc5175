// The disassembler against binutils' objdump: all 16-bit words, random 32-bit words, and the text of every fixture.
//
// Where we differ by intention, and the test allows it:
// - objdump knows privileged instructions, and others of the extensions it is told of, that we have not: unknown to us.
// - This objdump does not know Zicond.
// - A reserved rounding mode is an undefined instruction to us; objdump decodes it with the mode "unknown". Likewise the
//   reserved c.addi16sp of 0.
// - fence and fence.i ignore their reserved fields, as the ISA asks of implementations; objdump does not decode them.
// - The conversions that are always exact are decoded with every rounding mode; this objdump knows 0 only.
// - CSRs that user mode has not are printed by number; objdump names them.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Random } from "../../testing/random.ts";
import type { FetchHalf } from "../guest.ts";
import { riscv64 } from "./index.ts";
import { isa } from "./isa.ts";
import { randomWord } from "./random.ts";
import { rows } from "./table-parser.ts";

const OBJDUMP = "riscv64-linux-gnu-objdump";
const found = spawnSync(OBJDUMP, ["--version"]).status === 0;
const skip = found || process.env.CI_REFERENCES ? false : `${OBJDUMP} is not installed`;
const seed = Number(process.env.TERRARIUM_FUZZ_SEED ?? 1);
const RANDOM_WORDS = 100_000;
const folder = mkdtempSync(path.join(tmpdir(), "disassemble-"));
after(() => rmSync(folder, { recursive: true }));

interface Line {
  address: bigint;
  /** As a fetch would give them, lowest first. */
  halves: number[];
  text: string;
}

/** objdump's lines: comments, symbols and the prefix of addresses cut away. */
function objdump(args: string[]): Line[] {
  const output = execFileSync(OBJDUMP, ["-z", "-M", "no-aliases", ...args], { maxBuffer: 2 ** 30 }).toString();
  const lines: Line[] = [];
  for (const match of output.matchAll(/^ *([0-9a-f]+):\t([0-9a-f]+) *\t(.*)$/gm)) {
    const [, address, word, text] = match;
    const bits = Number.parseInt(word, 16);
    lines.push({
      address: BigInt(`0x${address}`),
      halves: word.length > 4 ? [bits & 0xffff, bits >>> 16] : [bits],
      text: text
        .replace(/ # .*$/, "")
        .replace(/ <.*>$/, "")
        .replace(/\t/g, " ")
        .trim(),
    });
  }
  return lines;
}

/** Does objdump find no instruction? */
function isData(text: string): boolean {
  return /^\.\dbyte|^\.insn/.test(text);
}

function isAllowedDifference(theirs: string, ours: string, known: boolean): boolean {
  if (isData(theirs))
    return /^(fence|czero)/.test(ours) || /^fcvt\.(d\.(w|wu|s|h)|s\.h) .*,(rtz|rdn|rup|rmm|dyn)$/.test(ours);
  if (!known) return /,unknown$/.test(theirs) || theirs === "c.addi16sp sp,0" || !isOurs(theirs);
  const csr = /^(csrr\w+ \w+),0x[0-9a-f]+,(\w+)$/.exec(ours);
  return csr !== null && new RegExp(`^${csr[1]},[a-z]\\w+,${csr[2]}$`).test(theirs);
}

const mnemonics = new Set(rows.map((row) => row.mnemonic));

/** Is it an instruction that we have? */
function isOurs(text: string): boolean {
  return mnemonics.has(text.split(" ")[0].replace(/\.(aq|rl|aqrl)$/, ""));
}

interface Comparison {
  same: number;
  /** Neither finds an instruction. */
  undefined: number;
  intended: number;
  /** The differences that are not intended. */
  different: string[];
}

function compare(lines: readonly Line[]): Comparison {
  const result: Comparison = { same: 0, undefined: 0, intended: 0, different: [] };
  for (const { address, halves, text } of lines) {
    const fetch: FetchHalf = (at) => halves[Number(at - address) >> 1];
    const decoded = riscv64.decode(fetch, address);
    const ours = `${decoded.mnemonic} ${decoded.operands}`.trim();
    // Without symbols objdump prints targets with a prefix.
    const theirs = decoded.target === undefined ? text : text.replace(/0x(?=[0-9a-f]+$)/, "");
    if (ours === theirs) result.same++;
    else if (isData(theirs) && decoded.kind === "unknown") result.undefined++;
    else if (isAllowedDifference(theirs, ours, decoded.kind !== "unknown")) result.intended++;
    else result.different.push(`${decoded.bits.toString(16)}: ours "${ours}", objdump "${theirs}"`);
  }
  return result;
}

/** An object file without a symbol whose attributes name every extension of ours that the assembler knows. */
function objectOf(data: Uint8Array): string {
  const run = (tool: string, ...args: string[]) => execFileSync(`riscv64-linux-gnu-${tool}`, args, { cwd: folder });
  const unknown = ["zicond", "zicntr", "zaamo", "zalrsc", "zca", "zcd"];
  const known = isa.split("_").filter((name) => !unknown.includes(name));
  writeFileSync(path.join(folder, "empty.s"), `.attribute arch, "${known.join("_")}"\n.text\n.byte 0\n`);
  writeFileSync(path.join(folder, "words.bin"), data);
  run("as", "empty.s", "-o", "empty.o");
  run("objcopy", "--update-section", ".text=words.bin", "--strip-all", "empty.o", "words.o");
  return path.join(folder, "words.o");
}

function compareWords(words: readonly number[], bytes: 2 | 4): Comparison {
  const data = Buffer.alloc(bytes * words.length);
  for (const [i, word] of words.entries()) data.writeUIntLE(word, bytes * i, bytes);
  const lines = objdump(["-D", "-j", ".text", objectOf(data)]);
  assert.equal(lines.length, words.length);
  return compare(lines);
}

function assertNoDifference(t: { diagnostic(text: string): void }, result: Comparison): void {
  t.diagnostic(
    `${result.same} the same, ${result.undefined} undefined in both, ${result.intended} different by intention`,
  );
  assert.deepEqual(result.different.slice(0, 20), []);
}

test("every 16-bit word", { skip }, (t) => {
  const words = Array.from({ length: 0x10000 }, (_, word) => word).filter((word) => (word & 3) !== 3);
  assertNoDifference(t, compareWords(words, 2));
});

test(`random 32-bit words, seed ${seed}`, { skip }, (t) => {
  const random = new Random(seed).source();
  const full = rows.filter((row) => row.length === 4);
  const words: number[] = [];
  while (words.length < 2 * RANDOM_WORDS) {
    const word = words.length % 2 ? (random() | 3) >>> 0 : randomWord(random, full[random() % full.length]);
    // objdump takes xxx11111 for the start of a longer instruction and would lose step.
    if ((word & 0x1f) !== 0x1f) words.push(word);
  }
  assertNoDifference(t, compareWords(words, 4));
});

const fixtures = fileURLToPath(new URL("../../../test-fixtures", import.meta.url));
const programs = readdirSync(fixtures, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".elf"))
  .sort();
for (const program of programs)
  test(`text of ${program}`, { skip }, (t) =>
    assertNoDifference(t, compare(objdump(["-d", path.join(fixtures, program)]))),
  );
