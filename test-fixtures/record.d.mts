import type { FixtureRun } from "./fixtures.ts";

/** Output and exit status of a run under the reference emulator; undefined when that is not installed. */
export function runReference(run: FixtureRun): FixtureRun["expected"] | undefined;
