// What came through a door, in order: enough to give the same answers again.
import type { HostStat } from "../api.ts";

export type Answer = bigint | number | string | Uint8Array | string[] | HostStat | undefined;

/** One question to the door. Questions without an answer (a write, a close) stand here too, for their errors. */
export type JournalEntry = { call: string; answer: Answer } | { call: string; error: string };

export interface Journal {
  entries: JournalEntry[];
  /** Did the recorded door have files at all? */
  hasFiles: boolean;
}
