// The tables of what instruments cost.
import type { Times } from "./measure.ts";
import type { Cost, WorkloadCosts } from "./plugin-cost.ts";
import { geometricMean, ratio } from "./statistics.ts";
import { type Column, figure } from "./text-table.ts";

export interface CostRow {
  name: string;
  events: number;
  /** Why there are no figures of ours. */
  missing?: string;
  ours?: Added;
  qemu?: Added;
  /** Ours per event, in empty calls; of callbacks only. */
  emptyCalls?: number;
}

export interface Added {
  seconds: number;
  /** Of the time without the instrument. */
  percent: number;
  nanoseconds: number;
}

function added(whole: number | undefined, none: number | undefined, events: number): Added | undefined {
  if (whole === undefined || none === undefined) return undefined;
  const seconds = whole - none;
  return { seconds, percent: (100 * seconds) / none, nanoseconds: (seconds * 1e9) / events };
}

export function costRow(workload: WorkloadCosts, cost: Cost, time: keyof Times): CostRow {
  const { instrument, events } = cost;
  const ours = added(cost.terrarium?.[time], workload.terrarium[time], events);
  return {
    name: instrument.name,
    events,
    missing: instrument.missing,
    ours,
    qemu: added(cost.qemu?.[time], workload.qemu?.[time], events),
    emptyCalls: instrument.callback ? ratio(ours?.nanoseconds, workload.emptyCall) : undefined,
  };
}

export const costColumns: readonly Column<CostRow>[] = [
  { title: "instrument", width: 24, left: true, cell: (row) => row.name },
  { title: "M events", width: 8, cell: (row) => figure(row.events / 1e6, 1) },
  { title: "added s", width: 8, cell: (row) => figure(row.ours?.seconds, 3) },
  { title: "%", width: 6, cell: (row) => figure(row.ours?.percent, 0) },
  { title: "ns/event", width: 8, cell: (row) => figure(row.ours?.nanoseconds, 2) },
  { title: "/empty call", width: 11, cell: (row) => figure(row.emptyCalls, 2) },
  { title: "qemu: added s", width: 13, cell: (row) => figure(row.qemu?.seconds, 3) },
  { title: "%", width: 6, cell: (row) => figure(row.qemu?.percent, 0) },
  { title: "ns/event", width: 8, cell: (row) => figure(row.qemu?.nanoseconds, 2) },
];

export function workloadLine(workload: WorkloadCosts, time: keyof Times): string {
  const { name, instructions, terrarium, qemu, emptyCall } = workload;
  return `${name}: ${figure(instructions / 1e6, 0)} M instructions, none ${figure(terrarium[time], 3)} s, qemu ${figure(qemu?.[time], 3)} s, empty call ${figure(emptyCall, 2)} ns`;
}

export interface InstrumentMean {
  name: string;
  missing?: string;
  /** Time with the instrument by time without it: geometric means over the workloads. */
  ours?: number;
  qemu?: number;
  /** All added time by all events: in nanoseconds, and for callbacks in empty calls. */
  nanoseconds?: number;
  emptyCalls?: number;
}

const known = (values: readonly (number | undefined)[]) => values.filter((value) => value !== undefined);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export function instrumentMeans(workloads: readonly WorkloadCosts[], time: keyof Times): InstrumentMean[] {
  const instruments = workloads[0]?.costs.map(({ instrument }) => instrument) ?? [];
  return instruments.map(({ name, missing, callback }, i) => {
    const of = workloads.map((workload) => costRow(workload, workload.costs[i], time));
    const ran = of
      .map((row, k) => ({ row, emptyCall: workloads[k].emptyCall }))
      .filter(({ row }) => row.ours !== undefined);
    const spent = ran.length > 0 ? sum(ran.map(({ row }) => (row.ours?.seconds ?? 0) * 1e9)) : undefined;
    const factor = (one: Added | undefined) => one && 1 + one.percent / 100;
    return {
      name,
      missing,
      ours: geometricMean(known(of.map((row) => factor(row.ours)))),
      qemu: geometricMean(known(of.map((row) => factor(row.qemu)))),
      nanoseconds: ratio(spent, sum(ran.map(({ row }) => row.events))),
      emptyCalls: callback ? ratio(spent, sum(ran.map(({ row, emptyCall }) => row.events * emptyCall))) : undefined,
    };
  });
}

export const meanColumns: readonly Column<InstrumentMean>[] = [
  { title: "in the mean", width: 24, left: true, cell: (row) => row.name },
  { title: "time/none", width: 9, cell: (row) => figure(row.ours, 2) },
  { title: "ns/event", width: 8, cell: (row) => figure(row.nanoseconds, 2) },
  { title: "/empty call", width: 11, cell: (row) => figure(row.emptyCalls, 2) },
  { title: "qemu: time/none", width: 15, cell: (row) => figure(row.qemu, 2) },
  { title: "", width: 40, left: true, cell: (row) => (row.missing ? `(-: ${row.missing})` : "") },
];
