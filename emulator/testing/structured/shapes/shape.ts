import type { ProgramBuilder } from "../program-builder.ts";

/** A kind of code. What it emits begins at its top and ends by falling through, whatever it jumped to meanwhile. */
export interface Shape {
  readonly name: string;
  /** `room`: address of a MiB that belongs to this part, nothing mapped there at first. */
  emit(p: ProgramBuilder, room: number): void;
}
