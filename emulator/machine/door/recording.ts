// A door that keeps every answer that another door gives.
import type { Clock, Door, HostFiles } from "../api.ts";
import { HostError } from "../api.ts";
import { filesThrough } from "./file-calls.ts";
import type { Answer, Journal } from "./journal.ts";
import { type SteerableDoor, steerable } from "./steered-clock.ts";

export class RecordingDoor implements SteerableDoor {
  /** Grows while the guest runs; a ReplayingDoor may follow it at once. */
  readonly journal: Journal;
  readonly files: HostFiles | undefined;
  private readonly door: SteerableDoor;

  constructor(door: Door) {
    const { files } = door;
    this.door = steerable(door);
    this.journal = { entries: [], hasFiles: files !== undefined };
    this.files = files && filesThrough((call, ask) => this.keep(call, () => ask(files)));
  }

  get clockIsSteered(): boolean {
    return this.door.clockIsSteered;
  }

  steerClock(nanoseconds: (() => bigint) | undefined): void {
    this.door.steerClock(nanoseconds);
  }

  clock(which: Clock): bigint {
    return this.keep(`clock ${which}`, () => this.door.clock(which));
  }

  random(length: number): Uint8Array {
    return this.keep(`random ${length}`, () => this.door.random(length).slice());
  }

  readInput(max: number): Uint8Array | undefined {
    return this.keep(`input ${max}`, () => this.door.readInput(max)?.slice());
  }

  writeOutput(stream: "stdout" | "stderr", data: Uint8Array): void {
    this.door.writeOutput(stream, data);
  }

  log(level: "info" | "warning" | "error", text: string): void {
    this.door.log(level, text);
  }

  private keep<T extends Answer>(call: string, ask: () => T): T {
    try {
      const answer = ask();
      this.journal.entries.push({ call, answer });
      return answer;
    } catch (error) {
      if (error instanceof HostError) this.journal.entries.push({ call, error: error.code });
      throw error;
    }
  }
}
