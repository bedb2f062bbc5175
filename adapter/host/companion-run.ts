// A second run of the session's program, told what the first one was told: for plugins that compare the two.

import { PluginMemoryAccess } from "../../emulator/instrument/memory-access.ts";
import { RegisterLookup } from "../../emulator/instrument/register-lookup.ts";
import type { EngineKind, MachineLike, MachineOptions } from "../../emulator/machine/api.ts";
import type { Journal } from "../../emulator/machine/door/journal.ts";
import { ReplayingDoor } from "../../emulator/machine/door/replaying.ts";
import { Machine } from "../../emulator/machine/machine.ts";
import type { CompanionRun } from "../../plugins/api/index.ts";

/** A run comes back up to a few blocks past its budget: so many instructions before the goal are gone one by one. */
const MARGIN = 20_000;
/** Instructions of one slice: budgets are numbers of 32 bits. */
const MOST = 1_000_000_000;

const cannotWrite = () => {
  throw new Error("a companion's memory is only read");
};

/** `first`: the run whose answers the journal has; the companion goes no further than it has gone. */
export function makeCompanionRun(
  options: Omit<MachineOptions, "door" | "engine">,
  engine: EngineKind,
  journal: Journal,
  first: Pick<MachineLike, "instructionCount" | "exited">,
): CompanionRun {
  const door = new ReplayingDoor(journal);
  // What ends the first run by a signal ends this one; nobody is there to be stopped for.
  const machine = new Machine({ ...options, engine, stopOnSignals: false, door });
  const registers = new RegisterLookup(machine.guest);
  const memory = new PluginMemoryAccess(machine.memory, cannotWrite);
  const gone = () => machine.instructionCount();

  const check = (instructions: bigint) => {
    if (instructions < gone())
      throw new RangeError(`the companion has run ${gone()} instructions, and cannot go back to ${instructions}`);
    const limit = first.instructionCount();
    if (instructions > limit)
      throw new RangeError(`the companion cannot go to ${instructions}: the first run has come to ${limit}`);
  };

  return Object.freeze({
    get instructionCount() {
      return gone();
    },
    get ended() {
      return machine.exited !== undefined;
    },
    runTo: (instructions: bigint) => {
      check(instructions);
      let waits = false;
      for (;;) {
        const left = Number(instructions - gone());
        // A call that waited in the first run, and was answered there at last, waits here for as many answers.
        const more = left > 0 || (waits && door.position < journal.entries.length);
        if (machine.exited || !more) return;
        const stop = left > MARGIN ? machine.run(Math.min(left - MARGIN, MOST)) : machine.step(left);
        waits = stop.kind === "sleep" || stop.kind === "input";
      }
    },
    register: (name) => machine.readRegister(registers.index(name)),
    read: (vaddr, length) => memory.read(vaddr, length),
  } satisfies CompanionRun);
}
