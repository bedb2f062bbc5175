// Numbers under which the client asks for what is inside a scope or a value. The same thing has the same number as
// long as the guest stands still.
import type { Value } from "../debugger/value.ts";

/** Something with parts. Values are found anew each time, so that they are right after something was written. */
export type Container =
  | { kind: "variables"; frame: number; list: "locals" | "arguments" | "globals" }
  | { kind: "registers"; frame: number }
  | { kind: "registerGroup"; frame: number; group: number }
  | { kind: "value"; find: () => Value | undefined; expression: string | undefined };

export class VariableReferences {
  private readonly containers: Container[] = [];
  private readonly numbers = new Map<string, number>();

  /** The number of a container; `key` tells it from all others. */
  reference(key: string, container: Container): number {
    const known = this.numbers.get(key);
    if (known !== undefined) {
      this.containers[known - 1] = container;
      return known;
    }
    const number = this.containers.push(container);
    this.numbers.set(key, number);
    return number;
  }

  get(reference: number): Container | undefined {
    return this.containers[reference - 1];
  }

  key(reference: number): string {
    for (const [key, number] of this.numbers) if (number === reference) return key;
    return "";
  }

  clear(): void {
    this.containers.length = 0;
    this.numbers.clear();
  }
}
