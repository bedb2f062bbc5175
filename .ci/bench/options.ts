// The benchmark's command line.
import { parseArgs } from "node:util";

export const usage = `npm run bench [-- OPTION...]: guest programs under Terrarium, qemu-riscv64 and natively
  --pairs N          runs of each, in alternation; medians are shown (default: 3)
  --filter TEXT      only the programs whose name or subject holds TEXT
  --engine NAME      auto, jit or interpreter (default: auto)
  --time wall|cpu    which time the table is about: elapsed, or user and system of all threads, for a machine that is
                     busy with other work (default: wall)
  --json             everything as JSON
  --plugins          what plugins cost instead; beside QEMU's own where QEMU_PLUGINS names the folder of their .so files`;

export interface Options {
  pairs: number;
  filter: string;
  engine: "auto" | "jit" | "interpreter";
  time: "wall" | "cpu";
  json: boolean;
  plugins: boolean;
}

/** A command line that cannot be understood, or asks for nothing: exit status 2. */
export class UsageError extends Error {}

function oneOf<T extends string>(option: string, value: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new UsageError(`--${option} must be ${known.join(" or ")}, not "${value}"`);
  return found;
}

export function parseOptions(args: readonly string[]): Options {
  let values: { pairs: string; filter: string; engine: string; time: string; json: boolean; plugins: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        pairs: { type: "string", default: "3" },
        filter: { type: "string", default: "" },
        engine: { type: "string", default: "auto" },
        time: { type: "string", default: "wall" },
        json: { type: "boolean", default: false },
        plugins: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { filter, json, plugins } = values;
  if (!/^[1-9][0-9]{0,3}$/.test(values.pairs))
    throw new UsageError(`--pairs must be a whole number from 1 to 9999, not "${values.pairs}"`);
  return {
    pairs: Number(values.pairs),
    filter,
    engine: oneOf("engine", values.engine, ["auto", "jit", "interpreter"]),
    time: oneOf("time", values.time, ["wall", "cpu"]),
    json,
    plugins,
  };
}

/** Those whose name or subject holds the text. */
export function chosen<T extends { name: string; subject: string }>(all: readonly T[], filter: string): readonly T[] {
  const wanted = filter.toLowerCase();
  const some = all.filter(({ name, subject }) => `${name}\n${subject}`.toLowerCase().includes(wanted));
  if (some.length === 0)
    throw new UsageError(`no program matches --filter ${filter}: known are ${all.map(({ name }) => name).join(", ")}`);
  return some;
}
