// For tests of views: registers some as a plugin would, and gives their data.
import type { SourceLocation, Views } from "../../../../plugins/api/index.ts";
import type { ViewData, ViewKind } from "../../view-data.ts";
import { FunctionNames } from "../function-names.ts";
import { PluginViews, type RegisteredView } from "../plugin-views.ts";

/** `main` covers 0x100 to 0x1ff, `work` 0x200 to 0x2ff. */
function locate(pc: bigint): SourceLocation | undefined {
  const name = { 1: "main", 2: "work" }[String(pc >> 8n)];
  const offset = pc & 0xffn;
  return name === undefined ? undefined : { symbol: offset === 0n ? name : `${name}+0x${offset.toString(16)}` };
}

/** The function collects them anew each time. */
export function registerViews(register: (views: Views) => void): (instructions?: bigint) => ViewData[] {
  const views: RegisteredView[] = [];
  register(new PluginViews({ name: "test", views }, () => {}));
  const functions = new FunctionNames(locate);
  return (instructions = 1000n) => views.map((view) => view.collect({ instructions, functions }));
}

type Fields<Kind extends ViewKind> = Omit<Extract<ViewData, { kind: Kind }>, "plugin" | "title" | "kind">;

/** The data of one view titled "T", given by its function. Values of other types than the API's may be tried. */
export function collectView<Kind extends ViewKind>(kind: Kind, give: () => unknown, options = {}): Fields<Kind> {
  const [data] = registerViews((views) => views[kind]("T", give as never, options as never))();
  const { plugin, title, kind: ofData, ...fields } = data;
  if (plugin !== "test" || title !== "T" || ofData !== kind) throw new Error(`${plugin}: ${ofData} "${title}"`);
  return fields as unknown as Fields<Kind>;
}

/** Values of a kind that are not what the API says, and what is said of them. */
export type Fault = readonly [value: unknown, message: string];

/** Goes on without end, and notes how far it was read and whether it was told to stop. */
export class Endless implements Iterable<unknown> {
  read = 0;
  closed = false;

  constructor(private readonly make: (i: number) => unknown) {}

  *[Symbol.iterator](): Generator<unknown> {
    try {
      for (;;) yield this.make(this.read++);
    } finally {
      this.closed = true;
    }
  }
}
