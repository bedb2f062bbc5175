// A door whose clock can be steered: guest time is then what somebody says, instead of the world's.
import type { Clock, Door, HostFiles } from "../api.ts";

export interface SteerableDoor extends Door {
  steerClock(nanoseconds: (() => bigint) | undefined): void;
  readonly clockIsSteered: boolean;
}

/**
 * The door itself when its clock can be steered already, else one around it. A recording door steers the clock behind
 * it, so that its journal has what the guest was told.
 */
export function steerable(door: Door): SteerableDoor {
  return "steerClock" in door ? (door as SteerableDoor) : new SteeredClockDoor(door);
}

export class SteeredClockDoor implements SteerableDoor {
  readonly files: HostFiles | undefined;
  private steered: (() => bigint) | undefined;
  /** Nanoseconds steered so far, since steering began. */
  private passed = 0n;
  /** What the clocks showed when steering began. */
  private begun: Record<Clock, bigint> = { realtime: 0n, monotonic: 0n };
  /** How far guest time is ahead of the world's: what past steering has left. */
  private ahead = 0n;

  constructor(private readonly door: Door) {
    this.files = door.files;
  }

  get clockIsSteered(): boolean {
    return this.steered !== undefined;
  }

  /** Guest time goes on from where it stands, by the function or, without one, as the world's does. */
  steerClock(nanoseconds: (() => bigint) | undefined): void {
    const [realtime, monotonic] = [this.clock("realtime"), this.clock("monotonic")];
    if (!nanoseconds) this.ahead = monotonic - this.door.clock("monotonic");
    this.begun = { realtime, monotonic };
    this.passed = 0n;
    this.steered = nanoseconds;
  }

  clock(which: Clock): bigint {
    if (!this.steered) return this.door.clock(which) + this.ahead;
    const now = this.steered();
    if (now > this.passed) this.passed = now;
    return this.begun[which] + this.passed;
  }

  random(length: number): Uint8Array {
    return this.door.random(length);
  }

  readInput(max: number): Uint8Array | undefined {
    return this.door.readInput(max);
  }

  writeOutput(stream: "stdout" | "stderr", data: Uint8Array): void {
    this.door.writeOutput(stream, data);
  }

  log(level: "info" | "warning" | "error", text: string): void {
    this.door.log(level, text);
  }
}
