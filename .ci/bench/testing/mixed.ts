// A short workload and what QEMU's plugins count of it (test-fixtures/reference/mixed.qemu.txt).
import { fixturePath } from "../../../test-fixtures/fixtures.ts";

export const mixed = { name: "mixed", subject: "all sorts", elf: fixturePath("reference/mixed.elf"), args: [] };
export const mixedRecorded = { stdout: "00000001265e6949\n", instructions: 11397248 };
export const mixedEvents = { block: 2061809, instruction: 11397248, access: 2824109 };
