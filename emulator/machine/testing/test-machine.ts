// A machine for tests: a fixture in a world in memory.
import { readFixture } from "../../../test-fixtures/fixtures.ts";
import { riscv64 } from "../../guest/riscv/index.ts";
import { compileWith } from "../../jit/testing/host-compiler.ts";
import type { Door, MachineOptions } from "../api.ts";
import { MemoryDoor } from "../door/memory-door.ts";
import { Machine } from "../machine.ts";

export function testMachine(program: string | Uint8Array, options: Partial<MachineOptions> = {}): Machine {
  const door: Door = options.door ?? new MemoryDoor();
  return new Machine({
    guest: riscv64,
    program: typeof program === "string" ? readFixture(program) : program,
    programName: typeof program === "string" ? program : "program",
    args: [],
    env: [],
    root: door.files && "/",
    writable: true,
    cwd: "/",
    engine: "interpreter",
    stopOnSignals: false,
    compileModule: compileWith(true),
    ...options,
    door,
  });
}
