// How long a program takes that does nothing: a statically linked hello world, beside what Node and QEMU take.
import path from "node:path";
import { medianTimes } from "./compare.ts";
import { measure, type Times } from "./measure.ts";
import { root, runTerrarium } from "./terrarium-run.ts";
import { figure } from "./text-table.ts";

export interface Startup {
  /** `node -e 0` */
  node: Times;
  qemu?: Times;
  terrarium: Times;
}

const hello = path.join(root, "test-fixtures/hello/hello-O2.elf");

export function measureStartup(pairs: number, qemu: boolean): Startup {
  const times: Record<keyof Startup, Times[]> = { node: [], qemu: [], terrarium: [] };
  for (let pair = 0; pair < pairs; pair++) {
    times.node.push(measure(process.execPath, ["-e", "0"], root));
    if (qemu) times.qemu.push(measure("qemu-riscv64", [hello], root));
    times.terrarium.push(runTerrarium([], hello, [], root));
  }
  return {
    node: medianTimes(times.node),
    qemu: qemu ? medianTimes(times.qemu) : undefined,
    terrarium: medianTimes(times.terrarium),
  };
}

export function startupLine({ node, qemu, terrarium }: Startup, time: keyof Times): string {
  const [whole, bare, other] = [terrarium[time], node[time], qemu?.[time]];
  const parts = `${figure(whole, 3)} s; node -e 0 ${figure(bare, 3)} s, qemu ${figure(other, 3)} s`;
  if (whole === undefined || bare === undefined || other === undefined) return `hello world: ${parts}`;
  return `hello world: ${parts}: ${(whole / (bare + other)).toFixed(2)} x the sum of both`;
}
