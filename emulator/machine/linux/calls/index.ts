// Every system call that is carried out, by name.
import type { SyscallHandlers } from "../process.ts";
import { directoryCalls } from "./directories.ts";
import { fileCalls } from "./files.ts";
import { memoryCalls } from "./memory.ts";
import { pollCalls } from "./poll.ts";
import { processCalls } from "./process.ts";
import { signalCalls } from "./signals.ts";
import { timeCalls } from "./time.ts";

export const syscallHandlers: SyscallHandlers = {
  ...fileCalls,
  ...directoryCalls,
  ...memoryCalls,
  ...processCalls,
  ...signalCalls,
  ...timeCalls,
  ...pollCalls,
};
