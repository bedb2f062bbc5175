// A machine about to run a fixture as the reference ran it: its input, arguments, environment and files.
import { readdirSync, readFileSync } from "node:fs";
import { type FixtureRun, fixturePath } from "../../../test-fixtures/fixtures.ts";
import type { Door, MachineOptions } from "../api.ts";
import { MemoryDoor } from "../door/memory-door.ts";
import { MemoryFiles, type MemoryTree } from "../door/memory-files.ts";
import type { Machine } from "../machine.ts";
import { testMachine } from "./test-machine.ts";

function tree(folder: string): MemoryTree {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const path = `${folder}/${entry.name}`;
      return [entry.name, entry.isDirectory() ? { folder: tree(path) } : readFileSync(path)];
    }),
  );
}

/** `through`: a door around the fixture's. */
export function fixtureMachine(
  run: FixtureRun,
  options: Partial<MachineOptions>,
  through: (door: MemoryDoor) => Door = (door) => door,
): { machine: Machine; door: MemoryDoor } {
  const files = run.files === undefined ? undefined : new MemoryFiles(tree(fixturePath(run.files)));
  const door = new MemoryDoor({ input: run.stdin, files });
  const machine = testMachine(run.program, {
    programName: run.program,
    args: run.args,
    env: Object.entries(run.env),
    door: through(door),
    ...options,
  });
  return { machine, door };
}
