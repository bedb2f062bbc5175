import type { FixtureRun } from "./fixtures.ts";

/** Options of qemu-riscv64: the processor that it is to be. */
export const referenceOptions: readonly string[];

/** Output and exit status of a run under the reference emulator; undefined when that is not installed. */
export function runReference(run: FixtureRun): FixtureRun["expected"] | undefined;
