// What a region imports of the host's own: each function it calls by itself, which V8 calls faster than what is found by
// number, and the values it calls them with, as constant globals. A region holds on to all of it as long as it lives.
import type { HostCall } from "../ir/host-call.ts";
import { type FunctionBody, type ModuleBuilder, Type } from "./wasm-encoder.ts";

export class HostImports {
  /** What is to be imported, by name. */
  readonly byName: Record<string, unknown> = {};
  private readonly functions = new Map<HostCall["run"], number>();
  private readonly values = new Map<unknown, number>();

  constructor(private readonly module: ModuleBuilder) {}

  /** Emits a call. */
  call(f: FunctionBody, { run, values }: HostCall): void {
    for (const value of values) f.getGlobal(this.global(value));
    f.call(this.function(run, values.length));
  }

  /** The index of a function; all calls of one have as many arguments. */
  private function(run: HostCall["run"], args: number): number {
    let index = this.functions.get(run);
    if (index === undefined) {
      const params = new Array<Type>(args).fill(Type.ExternRef);
      index = this.module.importFunction("env", this.name(run), { params, results: [] });
      this.functions.set(run, index);
    }
    return index;
  }

  /** The index of the global that holds a value. */
  private global(value: unknown): number {
    let index = this.values.get(value);
    if (index === undefined) {
      index = this.module.importGlobal("env", this.name(value), Type.ExternRef);
      this.values.set(value, index);
    }
    return index;
  }

  private name(value: unknown): string {
    const name = `host${this.functions.size + this.values.size}`;
    this.byName[name] = value;
    return name;
  }
}
