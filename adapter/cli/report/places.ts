// Where addresses are, in the words of reports.
import type { CoverageData } from "../../../emulator/instrument/view-data.ts";
import type { CoverageSummary } from "../../debugger/coverage-summary.ts";

/** What a report asks about the program. */
export interface Places {
  /** `main+0x12 at src/main.c:34`, or what is known of that. */
  describe(address: bigint): string | undefined;
  coverage(blocks: CoverageData["blocks"]): CoverageSummary | undefined;
}

export function whereIs(address: string | undefined, places: Places): string {
  return address === undefined || !/^0x[0-9a-f]+$/.test(address) ? "" : (places.describe(BigInt(address)) ?? "");
}
