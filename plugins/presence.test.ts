// The presence of a plugin never changes what the guest computes, its instruction count or its clock: every fixture
// under every plugin that ships. Long programs go as far as LIMIT.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { makeCompanionRun } from "../adapter/host/companion-run.ts";
import { riscv64 } from "../emulator/guest/riscv/index.ts";
import type { AnyPlugin } from "../emulator/instrument/definition-check.ts";
import { type LoadedDefinition, PluginHost } from "../emulator/instrument/plugin-host.ts";
import type { AnalysisThread } from "../emulator/instrument/trace-buffer.ts";
import { RecordingDoor } from "../emulator/machine/door/recording.ts";
import type { Machine } from "../emulator/machine/machine.ts";
import { fixtureMachine } from "../emulator/machine/testing/fixture-machine.ts";
import { type FixtureRun, fixtureRuns, readFixture } from "../test-fixtures/fixtures.ts";

const LIMIT = 30_000;
/** The last so many instructions are gone one by one, so that all runs end at the same. */
const STEPS = 1000;

/** Options without which a plugin does nothing, or is not installed. */
const needed: Record<string, Record<string, unknown>> = {
  stoptrigger: { icount: Number.MAX_SAFE_INTEGER },
  registers: { every: 50 },
  inline: { every: 10 },
  lockstep: { interval: 5000 },
  mem: { log: 100 },
  syscall: { print: true },
  insn: { sizes: true, match: "c." },
};
/** Those whose purpose it is to change the guest's clock. */
const steering = ["ips"];

const here = path.dirname(fileURLToPath(import.meta.url));
const names = readdirSync(here)
  .filter((file) => file.endsWith(".ts") && !/\.(test|test-d|d)\.ts$/.test(file))
  .map((file) => path.basename(file, ".ts"));
const shipped = new Map<string, AnyPlugin>();
before(async () => {
  for (const name of names) shipped.set(name, ((await import(`./${name}.ts`)) as { default: AnyPlugin }).default);
});

/** A plugin after those that it uses. */
function withUsed(name: string): string[] {
  const uses = Object.keys(shipped.get(name)?.uses ?? {});
  return [...new Set([...uses.flatMap(withUsed), name])];
}

/** An analysis on this thread. */
function analysisHere({ definition }: LoadedDefinition, name: string, options: unknown): AnalysisThread {
  const make = (definition as AnyPlugin).analyses?.[name];
  assert.ok(make, `no analysis ${name}`);
  const analysis = make(options as never);
  return { deliver: (batch) => analysis.deliver(batch), result: () => analysis.result(), close: () => {} };
}

function checksum(bytes: Uint8Array): number {
  return new Uint32Array(bytes.buffer).reduce((hash, word) => Math.imul(hash ^ word, 0x01000193), 0x811c9dc5);
}

function state(machine: Machine) {
  return {
    exited: machine.exited,
    instructions: machine.instructionCount(),
    registers: machine.guest.registers.map(({ name }, i) => `${name} ${machine.readRegister(i).toString(16)}`),
    memory: machine.memory
      .mappings()
      .map(({ start, end }) => [start, checksum(machine.memory.read(BigInt(start), end - start))]),
  };
}

/** Where a run stands at LIMIT or at its end. */
function runUnder(run: FixtureRun, name: string | undefined) {
  let recording: RecordingDoor | undefined;
  const { machine, door } = fixtureMachine(run, { engine: "auto", tuning: { hot: 100 } }, (inner) => {
    recording = new RecordingDoor(inner);
    return recording;
  });
  const log: string[] = [];
  if (name !== undefined) {
    const host = new PluginHost(machine, {
      programPath: run.program,
      log: (level, source, text) => level === "error" && log.push(`${source}: ${text}`),
      openFile: () => {
        let size = 0;
        return {
          write: (data) => void (size += data.length),
          get size() {
            return size;
          },
        };
      },
      startAnalysis: analysisHere,
      makeCompanion: (engine) =>
        makeCompanionRun(
          {
            guest: riscv64,
            program: readFixture(run.program),
            programName: run.program,
            args: run.args,
            env: Object.entries(run.env),
            root: door.files && "/",
            writable: true,
            cwd: "/",
            stopOnSignals: false,
          },
          engine,
          (recording as RecordingDoor).journal,
          machine,
        ),
    });
    const requests = withUsed(name).map((each) => ({
      loaded: { definition: shipped.get(each) },
      options: needed[each] ?? {},
      source: each,
    }));
    assert.ok(
      host.installAll(requests).every((isInstalled) => isInstalled),
      log.join("\n"),
    );
    go(machine, door);
    host.finish();
    host.views();
  } else go(machine, door);
  return {
    state: state(machine),
    output: [door.output("stdout"), door.output("stderr")],
    asked: recording?.journal.entries.map(({ call }) => call),
    clock: door.clock("monotonic"),
    log,
  };
}

function go(machine: Machine, door: { advance(nanoseconds: number): void }): void {
  for (;;) {
    const left = LIMIT - Number(machine.instructionCount());
    const stop = left > STEPS ? machine.run(left - STEPS) : machine.step(left);
    if (stop.kind === "sleep") door.advance(stop.nanoseconds);
    if (stop.kind === "exited" || machine.instructionCount() >= LIMIT) return;
  }
}

const plain = new Map<FixtureRun, ReturnType<typeof runUnder>>();

for (const name of names)
  test(`nothing changes under ${name}`, () => {
    for (const run of fixtureRuns) {
      let expected = plain.get(run);
      if (!expected) plain.set(run, (expected = runUnder(run, undefined)));
      const title = [run.program, ...run.args].join(" ");
      const found = runUnder(run, name);
      if (steering.includes(name)) assert.deepEqual([found.output, found.log], [expected.output, []], title);
      else assert.deepEqual(found, expected, title);
    }
  });

test("there are plugins that ship", () => assert.ok(names.length > 10));
