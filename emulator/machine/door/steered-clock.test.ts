// Guest time in the hands of whoever steers it: as the door's user sees it, and as a program does.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MachineOptions } from "../api.ts";
import { ClockId } from "../linux/abi.ts";
import { syscallName } from "../linux/syscall-table.ts";
import type { Machine } from "../machine.ts";
import { SyscallProgram } from "../testing/syscall-program.ts";
import { testMachine } from "../testing/test-machine.ts";
import { MemoryDoor } from "./memory-door.ts";
import { RecordingDoor } from "./recording.ts";
import { ReplayingDoor } from "./replaying.ts";
import { SteeredClockDoor, steerable } from "./steered-clock.ts";

const SECOND = 1_000_000_000n;

test("steered clocks go on from where they stood, and never back", () => {
  const world = new MemoryDoor();
  world.advance(5e9);
  const door = new SteeredClockDoor(world);
  const [realtime, monotonic] = [door.clock("realtime"), door.clock("monotonic")];
  let now = 0n;
  door.steerClock(() => now);
  const begun = door.clock("monotonic");
  assert.ok(begun > monotonic && begun < monotonic + 10_000n);
  world.advance(60e9);
  assert.equal(door.clock("monotonic"), begun);
  now = 3n * SECOND;
  assert.equal(door.clock("monotonic"), begun + now);
  assert.ok(door.clock("realtime") >= realtime + now && door.clock("realtime") < realtime + now + 10_000n);
  now = 2n * SECOND;
  assert.equal(door.clock("monotonic"), begun + 3n * SECOND);

  // Steered by somebody else, and by nobody, it goes on from there.
  door.steerClock(() => 7n);
  assert.equal(door.clock("monotonic"), begun + 3n * SECOND + 7n);
  door.steerClock(undefined);
  const free = door.clock("monotonic");
  assert.ok(free > begun + 3n * SECOND && free < begun + 3n * SECOND + 10_000n);
  world.advance(1e9);
  assert.ok(door.clock("monotonic") >= free + SECOND);
  assert.ok(door.clock("realtime") >= realtime + 4n * SECOND && door.clock("realtime") < realtime + 5n * SECOND);
});

test("what can be steered is not wrapped again", () => {
  const door = steerable(new MemoryDoor());
  assert.equal(steerable(door), door);
  const recording = new RecordingDoor(door);
  assert.equal(steerable(recording), recording);
  recording.steerClock(() => 0n);
  assert.ok(door.clockIsSteered && recording.clockIsSteered);
});

/** Looks at both clocks, sleeps five seconds, and looks again. */
function sleeper(): Uint8Array {
  const asm = new SyscallProgram();
  const place = asm.words(0, 0);
  const look = () => {
    asm.systemCall("clock_gettime", ClockId.Monotonic, place);
    asm.systemCall("clock_gettime", ClockId.Realtime, place);
  };
  look();
  asm.systemCall("nanosleep", asm.words(5, 0));
  look();
  asm.systemCall("exit", 0);
  return asm.elf();
}

/** The times that the guest is told. */
function times(machine: Machine): bigint[] {
  const seen: bigint[] = [];
  machine.hooks.push({
    syscallReturn(number, [, at]) {
      if (syscallName(number) !== "clock_gettime") return;
      const view = new DataView(machine.memory.read(at, 16).slice().buffer);
      seen.push(view.getBigInt64(0, true) * SECOND + view.getBigInt64(8, true));
    },
  });
  return seen;
}

for (const engine of ["interpreter", "jit"] satisfies MachineOptions["engine"][])
  test(`a guest sleeps by the steered clock, and a replay is told the same (${engine})`, () => {
    const world = new MemoryDoor();
    const recording = new RecordingDoor(world);
    const elf = sleeper();
    const machine = testMachine(elf, { engine, door: recording });
    const seen = times(machine);
    let now = 0n;
    machine.steerClock(() => now);
    for (let runs = 0; runs < 5; runs++) {
      // However much time passes outside: asked again soon, it sleeps on.
      assert.deepEqual(machine.run(1000), { kind: "sleep", nanoseconds: 10_000_000 });
      world.advance(60e9);
    }
    now = 5n * SECOND - 1000n;
    assert.deepEqual(machine.run(1000), { kind: "sleep", nanoseconds: 1000 });
    now += 1000n;
    assert.deepEqual(machine.run(1000), { kind: "exited", status: 0 });
    assert.equal(seen[2] - seen[0], 5n * SECOND);
    assert.equal(seen[3] - seen[1], 5n * SECOND);

    const replayed = testMachine(elf, { engine, door: new ReplayingDoor(recording.journal) });
    const again = times(replayed);
    while (!replayed.exited) replayed.run(1000);
    assert.deepEqual(again, seen);
  });

test("a sleep begun by the world's clock ends by the steered one, and the other way round", () => {
  const world = new MemoryDoor();
  const machine = testMachine(sleeper(), { door: world });
  const seen = times(machine);
  const begun = machine.run(1000);
  assert.ok(begun.kind === "sleep" && begun.nanoseconds > 4.9e9 && begun.nanoseconds <= 5e9);
  machine.steerClock(() => 2n * SECOND);
  assert.deepEqual(machine.run(1000), { kind: "sleep", nanoseconds: 10_000_000 });
  machine.steerClock(undefined);
  const left = machine.run(1000);
  assert.ok(left.kind === "sleep" && left.nanoseconds > 2.9e9 && left.nanoseconds <= 3e9);
  world.advance(left.nanoseconds);
  assert.deepEqual(machine.run(1000), { kind: "exited", status: 0 });
  assert.ok(seen[2] - seen[0] >= 5n * SECOND && seen[2] - seen[0] < 6n * SECOND);
});
