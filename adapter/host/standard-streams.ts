// Synchronous standard streams and sleep, for a guest that runs on the process's main thread.
import { readSync, writeSync } from "node:fs";

/** Retries a call that a non-blocking stream refuses for the moment. */
function patiently<T>(call: () => T): T {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      waitNanoseconds(2e6);
    }
  }
}

/** Blocks until there is input; empty at its end. */
export function readAllInput(max: number): Uint8Array {
  const buffer = new Uint8Array(Math.min(max, 65536));
  try {
    return buffer.subarray(
      0,
      patiently(() => readSync(0, buffer)),
    );
  } catch (error) {
    if (["EOF", "EBADF"].includes((error as NodeJS.ErrnoException).code ?? "")) return new Uint8Array(0);
    throw error;
  }
}

/** Writes everything, waiting where a pipe is full. A reader that has gone away is no error of ours. */
export function writeAll(descriptor: 1 | 2, data: Uint8Array): void {
  for (let at = 0; at < data.length; ) {
    try {
      at += patiently(() => writeSync(descriptor, data, at));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EPIPE") return;
      throw error;
    }
  }
}

const never = new Int32Array(new SharedArrayBuffer(4));

export function waitNanoseconds(nanoseconds: number): void {
  Atomics.wait(never, 0, 0, nanoseconds / 1e6);
}
