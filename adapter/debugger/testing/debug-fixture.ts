// A debugger on a fixture, and where the fixture's source says `BREAK: name`.
import { readFileSync } from "node:fs";
import path from "node:path";
import { inflateSync } from "node:zlib";
import { parseElf } from "../../../emulator/elf/elf.ts";
import { fixturePath, readFixture } from "../../../test-fixtures/fixtures.ts";
import { openSymbols } from "../../symbols/index.ts";
import { Debugger, type Stop } from "../debugger.ts";
import type { Frame } from "../unwind.ts";
import { LocalTarget } from "./local-target.ts";

/** The line that is marked `// BREAK: name`, from 1. */
export function markedLine(source: string, name: string): number {
  const lines = readFileSync(fixturePath(source), "utf8").split("\n");
  const index = lines.findIndex((text) => text.includes(`// BREAK: ${name}`));
  if (index < 0) throw new Error(`${source} has no line marked ${name}`);
  return index + 1;
}

export interface Fixture {
  dbg: Debugger;
  target: LocalTarget;
  source: string;
  output: string[];
  log: string[];
  /** Sets breakpoints on marked lines, and no others. */
  breakAt(...markers: string[]): Promise<void>;
}

export function debugFixture(program: string, source: string, args: readonly string[] = []): Fixture {
  const output: string[] = [];
  const log: string[] = [];
  let dbg: Debugger | undefined;
  const target = new LocalTarget(program, {
    args,
    events: {
      stopped: (reason) => dbg?.notify(reason),
      output: (_stream, data) => output.push(new TextDecoder().decode(data)),
      log: (_level, _source, text) => log.push(text),
      views: () => {},
    },
  });
  const elf = parseElf(readFixture(program), program);
  const symbols = openSymbols(elf, program, { inflate: (data) => inflateSync(data) });
  dbg = new Debugger(target, symbols, { log: (text) => log.push(text), unexpectedStop: () => {} });
  const fixture: Fixture = {
    dbg,
    target,
    source,
    output,
    log,
    breakAt: async (...markers) => {
      const lines = markers.map((marker) => ({ line: markedLine(source, marker) }));
      await dbg.setSourceBreakpoints(fixturePath(source), lines);
    },
  };
  return fixture;
}

/** `breakpoint structs.c:72 in add`: why and where. */
export function describeStop({ dbg }: Fixture, { reason }: Stop): string {
  if (reason.kind === "exited") return `exited ${reason.status}`;
  const why = reason.kind === "signal" ? reason.signal : reason.kind;
  return `${why} ${describeFrame(dbg.frames(0, 1)[0])}`;
}

export function describeFrame(frame: Frame): string {
  const line = frame.line ? `${path.posix.basename(frame.line.path)}:${frame.line.line} ` : "";
  return `${line}in ${frame.name}`;
}
