// The ELF reader against readelf, on every fixture.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fixturePath, fixturePrograms, readFixture } from "../../test-fixtures/fixtures.ts";
import { parseElf } from "./elf.ts";

function readelf(...args: string[]): string | undefined {
  const result = spawnSync("riscv64-linux-gnu-readelf", ["-W", ...args], { encoding: "utf8", maxBuffer: 64 << 20 });
  return result.error ? undefined : result.stdout;
}

const hex = (value: number | bigint, digits = 0) => value.toString(16).padStart(digits, "0");

for (const name of fixturePrograms()) {
  test(name, (context) => {
    const sections = readelf("-S", fixturePath(name));
    if (sections === undefined) {
      if (process.env.CI_REFERENCES === "1") assert.fail("riscv64-linux-gnu-readelf is not installed");
      return context.skip("riscv64-linux-gnu-readelf is not installed");
    }
    const elf = parseElf(readFixture(name), name);
    // "  [ 1] .text  PROGBITS  0000000000010120 000120 000123 00 ..."
    const theirs = [
      ...sections.matchAll(/^ +\[ *(\d+)\] (\S*) +\S+ +([0-9a-f]{16}) ([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+)/gm),
    ];
    assert.deepEqual(
      elf.sections
        .slice(1)
        .map((s) => [s.name, hex(s.address, 16), hex(s.offset, 6), hex(s.size, 6), hex(s.entrySize, 2)]),
      theirs.filter((match) => match[1] !== "0").map((match) => match.slice(2, 7)),
    );
    const segments = [
      ...readelf("-l", fixturePath(name))!.matchAll(
        /^ {2}\S+ +0x([0-9a-f]+) 0x([0-9a-f]+) 0x[0-9a-f]+ 0x([0-9a-f]+) 0x([0-9a-f]+) /gm,
      ),
    ];
    assert.deepEqual(
      elf.segments.map((s) => [s.offset, s.address, s.fileSize, s.memorySize].map(BigInt)),
      segments.map((match) => match.slice(1, 5).map((text) => BigInt(`0x${text}`))),
    );
    // "     1: 0000000000010120  0 SECTION LOCAL DEFAULT 1 .text"
    const symbols = [
      ...readelf("-s", fixturePath(name))!.matchAll(
        /^ +(\d+): ([0-9a-f]{16}) +(\S+) (\S+) +\S+ +\S+ +(?:\[.*?\] +)?\S+(?: (\S*))?/gm,
      ),
    ];
    const functions = symbols
      .filter((match) => match[4] === "FUNC")
      .map((match) => `${match[5]} ${match[2]} ${Number(match[3])}`);
    const ours = elf.symbols.filter((symbol) => symbol.type === 2);
    assert.deepEqual(
      ours.map((symbol) => `${symbol.name} ${hex(symbol.address, 16)} ${symbol.size}`),
      functions,
    );
  });
}
