// Collects what is wrong with debug information, so that the rest goes on working.

/** More of one binary's problems than this help nobody. */
const LIMIT = 200;

export class Warnings {
  private readonly seen = new Set<string>();
  readonly list: string[] = [];

  add(text: string): void {
    if (this.seen.has(text)) return;
    if (this.list.length > LIMIT) return;
    this.seen.add(text);
    this.list.push(this.list.length === LIMIT ? "More problems with the debug information are not listed." : text);
  }

  /** Runs `action`; when it throws, `consequence` (what is missing now) is recorded with the error and `fallback` is given. */
  guard<T>(consequence: string, fallback: T, action: () => T): T {
    try {
      return action();
    } catch (error) {
      this.add(`${describe(error)}; ${consequence}`);
      return fallback;
    }
  }
}

function describe(error: unknown): string {
  if (error instanceof RangeError && /call stack/i.test(error.message)) return "entries are nested too deeply";
  return error instanceof Error ? error.message : String(error);
}
