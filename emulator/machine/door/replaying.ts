// A door that gives the answers of a journal again. Nothing reaches the world: output and logs are dropped.
import { type Clock, type Door, HostError, type HostFiles } from "../api.ts";
import { filesThrough } from "./file-calls.ts";
import type { Answer, Journal } from "./journal.ts";

/** The guest asked something else than it did when the journal was written. */
export class ReplayError extends Error {}

export class ReplayingDoor implements Door {
  readonly files: HostFiles | undefined;
  /** Index of the next answer. */
  private next: number;

  /** Starts at entry `position` of the journal. */
  constructor(
    private readonly journal: Journal,
    position = 0,
  ) {
    this.next = position;
    this.files = journal.hasFiles ? filesThrough((call) => this.recall(call)) : undefined;
  }

  /** How many entries have been given back: where a snapshot would have to go on. */
  get position(): number {
    return this.next;
  }

  clock(which: Clock): bigint {
    return this.recall(`clock ${which}`);
  }

  random(length: number): Uint8Array {
    return this.recall(`random ${length}`);
  }

  readInput(max: number): Uint8Array | undefined {
    return this.recall(`input ${max}`);
  }

  writeOutput(): void {}

  log(): void {}

  /** The next answer. The journal was written by this call's namesake, so the type is the one it was kept with. */
  private recall<T extends Answer>(call: string): T {
    const entry = this.journal.entries[this.next];
    if (!entry) throw new ReplayError(`replay: "${call}" asked after the last of ${this.next} recorded answers`);
    if (entry.call !== call)
      throw new ReplayError(`replay: "${call}" asked where "${entry.call}" was recorded (entry ${this.next})`);
    this.next++;
    if ("error" in entry) throw new HostError(entry.error);
    return entry.answer as T;
  }
}
